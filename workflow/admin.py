from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from registry.admin.site import add_page
from registry.admin.views import show_page
from workflow.meanings.current import current
from workflow.meanings.table import rows
from workflow.models import Confirmation, Run
from workflow.sources.loaded import current as current_sources


@require_safe
def meanings(request: HttpRequest) -> HttpResponse:
    """Show the meanings in use with their lines, and the mistakes of an edit that is not."""
    known = current.known
    return show_page(
        request, "meanings", gettext("Meanings"), rows=rows(known), source=known,
        rejected=current.rejected,
    )  # fmt: skip


@require_safe
def data_sources(request: HttpRequest) -> HttpResponse:
    """Show the data sources in use with their lines, and the mistakes of an edit that is not."""
    known = current_sources.known
    rows = [source for source in known.all.values() if not source.permissions]
    return show_page(
        request, "sources", gettext("Data sources"), rows=rows, source=known,
        rejected=current_sources.rejected,
    )  # fmt: skip


add_page("sources", gettext_lazy("Data sources"), data_sources)
add_page("meanings", gettext_lazy("Meanings"), meanings)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Rows to be read, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    """The confirmed questions, also those that were replaced or withdrawn."""

    list_display = ["question", "source", "username", "at", "ended", "ended_by", "replaced"]
    list_filter = ["source", "replaced"]
    date_hierarchy = "at"
    search_fields = ["question", "username", "sql"]
    exclude = ["vector", "digest"]


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """The record of queries that were run."""

    list_display = ["at", "username", "source", "rows", "milliseconds", "error"]
    list_filter = ["source"]
    date_hierarchy = "at"
    search_fields = ["username", "sql", "error"]
