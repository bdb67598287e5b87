from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from registry import auth
from registry.models import Change


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The record of switches: to be read, never edited."""

    list_display = ["at", "username", "kind", "capability", "before", "after", "reason", "address"]
    list_filter = ["kind", "capability"]
    date_hierarchy = "at"
    search_fields = ["username", "before", "after", "reason"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return request.user.has_perm(auth.OPERATE) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False
