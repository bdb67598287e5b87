from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import ApiToken, Event
from accounts.sign_in import link_admin  # noqa: F401 — registers the page of users
from core.http.decorators import user_of

admin.site.unregister(Group)


@admin.register(Group)
class GroupsAdmin(GroupAdmin):
    """Django's page of groups. They decide what people may do: only superusers change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return user_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return user_of(request).is_superuser


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Tokens can be listed and revoked (deleted), not created: that would show a secret."""

    list_display = (
        "name", "token_key", "user", "scopes", "local_only", "model_ids", "networks", "created",
        "expiry", "last_used", "last_address",
    )  # fmt: skip
    list_select_related = ["user"]
    fields = list_display
    search_fields = ["name", "user__username"]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Log it in the history of the person, by whom it is found when they are erased."""
        return [entry for token in queryset for entry in _log_deletion(request, token)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False


def _log_deletion(request: HttpRequest, token: ApiToken) -> list[LogEntry]:
    what = [{"deleted": {"name": "API token", "object": str(token)}}]
    actor = user_of(request).pk
    return LogEntry.objects.log_actions(actor, [token.user], CHANGE, what) or []


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Lists sign-ins, refusals, links and tokens. No one may edit the list."""

    list_display = ("at", "username", "kind", "by", "detail", "address", "count", "last")
    fields = list_display
    list_filter = ["kind"]
    date_hierarchy = "at"
    search_fields = ["username", "by", "address", "detail"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
