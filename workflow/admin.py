from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from workflow.models import Run


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The record of queries that were run: to be read, never edited."""

    list_display = ["at", "username", "source", "rows", "milliseconds", "error"]
    list_filter = ["source"]
    date_hierarchy = "at"
    search_fields = ["username", "sql", "error"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False
