"""What the tests of the workflow share: a portal with models for it, a schema, and replies."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.paths import DATA
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import completion, http

MODELS = DATA / "workflow.yaml"
SCHEMA = """
CREATE TABLE stadium (id INTEGER PRIMARY KEY, name TEXT NOT NULL, capacity INTEGER);
CREATE TABLE concert (
  id INTEGER PRIMARY KEY, stadium_id INTEGER NOT NULL REFERENCES stadium (id),
  title TEXT, year INTEGER
);
"""
ROWS = """
INSERT INTO stadium VALUES (1, '=Park', 5000), (2, 'Hall', 800);
INSERT INTO concert VALUES (1, 1, 'Spring', 2014), (2, 1, 'Summer', 2014), (3, 2, 'Autumn', 2015);
"""
SOURCES = """
sources:
  concerts: {url: "sqlite:///FOLDER/concerts.db", title: Our concerts, groups: [analysts], tables: [stadium, concert], run: true}
  quick: {url: "sqlite:///FOLDER/concerts.db", title: Quick concerts, groups: [analysts], tables: [stadium, concert], run: true, auto_run: true}
  private: {url: "sqlite:///FOLDER/concerts.db", groups: [analysts], tables: [stadium], local_only: true}
"""
ANALYST = """
from django.contrib.auth.models import Group, Permission, User
ann = User.objects.get(username="ann")
ann.groups.add(Group.objects.get_or_create(name="analysts")[0])
ann.user_permissions.add(Permission.objects.get(codename="run_sql"))
"""
QUESTION = "How many concerts were there in 2014?"
COUNT: dict[str, Any] = {
    "from": {"table": "concert"},
    "where": {"op": "=", "args": [{"column": "year"}, 2014]},
    "select": [{"expr": {"agg": "count"}, "as": "n"}],
}
WRONG: dict[str, Any] = {**COUNT, "from": {"table": "concerts"}}


def workflow_portal(
    files: Portal,
    folder: Path,
    server: str,
    sources: str = SOURCES,
    *,
    models: str = "",
    **variables: str,
) -> Portal:
    """Return a portal with models and data sources for the workflow, which runs.

    `models` are more sections of the file of models.
    """
    variables["SOURCES_FILE"] = str(folder / "sources.yaml")
    portal = copy_of(files, folder, server, **{**LONG_TIMEOUTS, **variables})
    portal.models.write_text(MODELS.read_text() + models)
    with closing(sqlite3.connect(folder / "concerts.db")) as database:
        database.executescript(SCHEMA + ROWS)
    (folder / "sources.yaml").write_text(sources.replace("FOLDER", str(folder)))
    portal.manage("shell", "-c", ANALYST)
    portal.start()
    return portal


@pytest.fixture(scope="module")
def _workflow(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = workflow_portal(portal_files, tmp_path_factory.mktemp("workflow"), "uvicorn")
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text(), portal.log.read_text()


@pytest.fixture
def works(_workflow: Portal, fake: FakeProvider) -> Portal:
    """A portal whose models answer questions; `fake` is their provider, fresh for each test."""
    return _workflow


def says(fake: FakeProvider, *replies: Any) -> None:
    """Let the next calls be answered with these texts; what is no text becomes JSON."""
    for reply in replies:
        text = reply if isinstance(reply, str) else json.dumps(reply)
        fake.script(http(200, completion(text)), "keep")


def build(portal: Portal, **body: Any) -> dict[str, Any]:
    """Return the answer of /v1/ir/build."""
    asked = {"question": QUESTION, "schema": SCHEMA, **body}
    answer = portal.post("/v1/ir/build", asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def sql(portal: Portal, **body: Any) -> dict[str, Any]:
    """Return the answer of /v1/sql."""
    answer = portal.post("/v1/sql", {"schema": SCHEMA, "dialect": "sqlite", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
