"""The alerts in Django's admin, where operators silence them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert, Delivery
from core.auth.principals import OPERATE
from registry.admin.record import RecordAdmin

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.db.models import QuerySet
    from django.http import HttpRequest

LISTED = ("began", "kind", "subject", "sent", "ended", "silent_until")
SHOWN = ("began", "kind", "subject", "text", "sent", "ended", "silent_until")


def _silence(
    model_admin: ModelAdmin[Alert], request: HttpRequest, alerts: QuerySet[Alert], days: int
) -> None:
    """Let others of the same kind and subject be silent for some days."""
    until = timezone.now() + timedelta(days=days) if days else None
    for alert in alerts:
        alert.silent_until = until
        alert.save(update_fields=["silent_until"])
        model_admin.log_change(
            request, alert, f"Silent for {days} days." if days else "Not silent."
        )
    count = len(alerts)
    text = ngettext("{count} alert was changed.", "{count} alerts were changed.", count)
    messages.success(request, text.format(count=count))


@admin.register(Alert)
class AlertAdmin(RecordAdmin):
    """Lists what needed attention, and what was sent. Operators may silence it."""

    list_display = LISTED
    fields = readonly_fields = SHOWN
    list_filter = ["kind", "subject"]
    date_hierarchy = "began"
    search_fields = ["subject", "text"]
    actions = ["silence_for_a_day", "silence_for_a_week", "end_silence"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).prefetch_related("deliveries")

    @admin.display(description=_("sent"))
    def sent(self, alert: Alert) -> str:
        """Return what became of each message."""
        return ", ".join(map(_state, alert.deliveries.all())) or gettext("not sent")

    @admin.action(description=_("Silence for a day"), permissions=["operate"])
    def silence_for_a_day(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        _silence(self, request, alerts, 1)

    @admin.action(description=_("Silence for a week"), permissions=["operate"])
    def silence_for_a_week(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        _silence(self, request, alerts, 7)

    @admin.action(description=_("End the silence"), permissions=["operate"])
    def end_silence(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        _silence(self, request, alerts, 0)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether the reader may use the actions."""
        return request.user.has_perm(OPERATE)


def _state(delivery: Delivery) -> str:
    event, state = delivery.get_event_display(), delivery.get_state_display()
    error = f": {delivery.error}" if delivery.error else ""
    return f"{delivery.target}, {event}: {state}{error}"
