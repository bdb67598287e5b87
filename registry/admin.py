from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from registry.models import Change


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The record of switches: to be read, never edited."""

    list_display = ["at", "username", "capability", "before", "after", "reason", "address"]
    list_filter = ["capability"]
    search_fields = ["username", "before", "after", "reason"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False
