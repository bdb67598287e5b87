"""Who may run a query on a data source, and which query."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from core.errors import PortalError
from tests.workflow.sources.asking import APPS, ann, asked, refused
from tests.workflow.sqlite import file, on, sales
from workflow.models import Run
from workflow.sources.source import Source

__all__ = ["ann", "file", "sales"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)


def test_running_needs_the_permission(sales: Source, ann: User) -> None:
    ann.user_permissions.clear()
    assert refused(sales, ann, "SELECT 1").code == "permission_denied"


def test_running_needs_a_group_of_the_source(sales: Source, ann: User) -> None:
    ann.groups.clear()
    assert refused(sales, ann, "SELECT 1").code == "not_found"


def test_running_needs_a_source_that_runs(file: Path, ann: User) -> None:
    assert refused(on(file, "customer", run=False), ann, "SELECT 1").code == "permission_denied"


def test_a_query_for_another_dialect_or_table_is_not_run(sales: Source, ann: User) -> None:
    assert refused(sales, ann, "SELECT 1", "staff").code == "permission_denied"
    with pytest.raises(PortalError, match="not checked for sales"):
        asked(sales, ann, "SELECT 1", dialect="postgres")
    assert not Run.objects.exists()


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_a_query_that_no_database_takes_is_not_run(
    sales: Source, ann: User, character: str
) -> None:
    assert refused(sales, ann, f"SELECT '{character}'").code == "invalid_request"
