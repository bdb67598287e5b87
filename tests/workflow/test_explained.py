"""A model's query is judged by the database that is to run it, if the asker may run it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import build, says, sql, workflow_portal

SOURCE = {"schema": {"source": "concerts"}, "model": "fake:talker"}
OUTDATED = "SELECT count(*) AS n FROM concert WHERE year = 2014"
MAY_NOT = """
from django.contrib.auth.models import User
User.objects.get(username="ann").user_permissions.clear()
"""


@pytest.fixture(scope="module")
def portal(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = workflow_portal(portal_files, tmp_path_factory.mktemp("explained"), "uvicorn")
    yield portal
    portal.stop()


def test_a_refusal_goes_back_to_the_model_until_who_asks_may_not_run_it(
    portal: Portal, fake: FakeProvider
) -> None:
    says(fake, OUTDATED)
    assert build(portal, **SOURCE)["valid"]  # now the schema is known
    with closing(sqlite3.connect(portal.folder / "concerts.db")) as database:
        database.execute("ALTER TABLE concert RENAME COLUMN year TO held")
    says(fake, OUTDATED, "SELECT count(*) AS n FROM concert")
    answer = build(portal, **SOURCE)
    assert answer["valid"]
    assert "WHERE" not in answer["sql_preview"]["sql"]
    (issue,) = answer["attempts"][0]["issues"]
    assert (issue["code"], issue["message"]) == (
        "database", "SQLite would not run it: no such column: year",
    )  # fmt: skip
    assert "no such column: year" in str(fake.posts[-1].body["messages"])

    says(fake, OUTDATED, OUTDATED)
    refused = sql(portal, question="How many?", mode="model", **SOURCE)
    assert (refused["outcome"], refused["sql"]) == ("invalid", None)

    portal.manage("shell", "-c", MAY_NOT)
    says(fake, OUTDATED)
    assert build(portal, **SOURCE)["valid"]
