"""Data sources and who asks them, for tests of what they show and run."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User

from core.errors import ConfigError, PortalError
from tests.support.permissions import grant
from workflow.sources import run
from workflow.sources.check import check_sources
from workflow.sources.result.result import Result
from workflow.sources.source import Source, Sources
from workflow.sources.url import resolve

# Runs are recorded in threads, which see only what was committed; on Postgres, tables that refer
# to users are emptied only where the apps are named.
APPS = [app.name for app in apps.get_app_configs()]


def source(url: str, *tables: str, **fields: Any) -> Source:
    """Return a source as the file would list it; it runs queries for `analysts`."""
    given = {"name": "sales", "title": "Sales", "groups": frozenset({"analysts"}), "run": True}
    return Source(tables=tables, address=resolve("${URL}", {"URL": url}), **{**given, **fields})


def checked(one: Source) -> list[str]:
    """Return the warnings of a start, or what it refuses."""
    try:
        return [found.message for found in check_sources(Sources({one.name: one}, "sources.yaml"))]
    except ConfigError as error:
        return str(error).splitlines()


@pytest.fixture
def ann(transactional_db: None) -> User:
    user = User.objects.create_user("ann")
    user.groups.add(Group.objects.create(name="analysts"))
    grant(user, "run_sql")
    return user


def asked(source: Source, user: User, sql: str, *tables: str, dialect: str = "") -> Result:
    """Run a query that was checked for `dialect`, else for the source's own."""
    query = run.CheckedSQL(sql, dialect or source.dialect, tables)
    return asyncio.run(run.run(source, query, user))


def refused(source: Source, user: User, sql: str, *tables: str) -> PortalError:
    with pytest.raises(PortalError) as caught:
        asked(source, user, sql, *tables)
    return caught.value
