"""The record of switches in Django's admin: read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.filters import AllValuesFieldListFilter
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.auth.principals import OPERATE
from registry.models import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = ("when", "username", "kind", "capability", "before", "after", "reason", "address")


class WithNames(AllValuesFieldListFilter):
    """A filter by value in which the empty value has a name, since a link needs one."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or gettext("none")}


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """A list that operators, and those who may view it, can read, and no one can edit."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return request.user.has_perm(OPERATE) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False


class ChangeAdmin(RecordAdmin):
    """Lists the changes of primaries and edits of the file. No one may edit the list."""

    list_display = fields = SHOWN
    readonly_fields = ["when"]
    list_filter = ["kind", ("capability", WithNames)]
    date_hierarchy = "at"
    search_fields = ["username", "before", "after", "reason"]

    @admin.display(description=_("at"), ordering="at")
    def when(self, change: Change) -> str:
        """Return the time to the second, so that changes within a minute have an order."""
        at = localtime(change.at)
        return f"{date_format(at, 'SHORT_DATE_FORMAT')} {at:%H:%M:%S}"
