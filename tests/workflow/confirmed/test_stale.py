"""A confirmation that is stale: never used, shown with why, confirmed again or withdrawn."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.servers.cluster import until
from tests.workflow.confirmed.portal import (
    built,
    confirm,
    confirmed,
    confirming_portal,
    execute,
    listed,
    prompt,
)
from tests.workflow.portal import says

MEANINGS = """
meanings:
  concerts:
    measures:
      early_shows:
        expr: COUNT(concert.id)
        filter: concert.year < 2015
    codes:
      concert.year: {2014: the first}
    never:
      - topics: [capacity]
        answer: The capacity is not public.
"""
QUESTION = "How many early shows were there?"
SQL = "SELECT MEASURE(early_shows) AS n FROM concert"
NEAR = "How many early shows were there in the hall?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stale")


@pytest.fixture(scope="module")
def _portal(portal_files: Portal, folder: Path) -> Iterator[Portal]:
    portal = confirming_portal(portal_files, folder, MEANINGS)
    yield portal
    portal.stop()


@pytest.fixture
def portal(_portal: Portal, folder: Path, fake: FakeProvider) -> Portal:
    execute(_portal, "DELETE FROM workflow_confirmation")
    return _portal


def edit(portal: Portal, folder: Path, text: str) -> Any:
    """Write the meanings, and wait until the one confirmation has another state."""
    before = listed(portal)[0]["stale"]
    (folder / "meanings.yaml").write_text(text)
    until(lambda: listed(portal)[0]["stale"] != before, 60)
    return listed(portal)[0]


def manage(portal: Portal, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "sql", "confirmed", *arguments]
    return subprocess.run(command, env=portal.environment, input=stdin, text=True,
                          capture_output=True, check=False, timeout=300)  # fmt: skip


def test_a_changed_meaning_makes_it_stale_until_it_is_confirmed_again(
    portal: Portal, folder: Path, fake: FakeProvider
) -> None:
    confirmed(portal, QUESTION, SQL)
    answer = built(portal, QUESTION)
    assert answer["basis"] == "confirmed"
    assert answer["meanings"][0]["name"] == "early_shows"
    row = edit(portal, folder, MEANINGS.replace("< 2015", "< 2016"))
    assert row["stale"] == ["The definition has changed: measure early_shows (meanings.yaml:5)."]
    says(fake, *[SQL] * 2)
    assert built(portal, QUESTION, model="fake:talker")["basis"] == "single"
    built(portal, NEAR, model="fake:talker")
    assert "Earlier questions" not in prompt(fake)
    confirmed(portal, QUESTION, SQL)
    assert [one["stale"] for one in listed(portal)] == [[]]
    answer = built(portal, QUESTION)
    assert "year < 2016" in answer["sql_preview"]["sql"]
    assert edit(portal, folder, MEANINGS)["stale"] != []


def test_codes_of_a_column_that_it_uses_count(portal: Portal, folder: Path) -> None:
    confirmed(portal, QUESTION, SQL)
    row = edit(portal, folder, MEANINGS.replace("the first", "the second"))
    assert row["stale"] == ["The definition has changed: codes concert.year (meanings.yaml:9)."]
    assert edit(portal, folder, MEANINGS)["stale"] == []
    assert built(portal, QUESTION)["basis"] == "confirmed"


def test_what_must_not_be_asked_cannot_be_confirmed(portal: Portal) -> None:
    refused = confirm(portal, question="Which capacity?", sql=SQL)
    assert refused.status_code == 400
    assert "not public" in refused.json()["error"]["message"]


def test_the_gate_checks_a_kept_query_before_it_is_used(portal: Portal, fake: FakeProvider) -> None:
    confirmed(portal, QUESTION, "SELECT COUNT(*) AS n FROM concert")
    ir = '{"query": {"from": {"table": "salaries"}, "select": [{"expr": {"agg": "count"}}]}}'
    execute(portal, f"UPDATE workflow_confirmation SET ir = '{ir}'")
    says(fake, *[SQL] * 2)
    assert built(portal, QUESTION, model="fake:talker")["basis"] == "single"
    built(portal, NEAR, model="fake:talker")
    assert "Earlier questions" not in prompt(fake)
    (row,) = listed(portal)
    assert row["stale"][0].startswith("The query is not valid any more: ")


def test_commands_confirm_list_and_withdraw(portal: Portal) -> None:
    added = manage(portal, "add", "concerts", QUESTION, "--by", "ann", stdin=SQL)
    number = added.stdout.split()[0]
    assert added.stdout == f"{number} is confirmed.\n"
    shown = manage(portal, "list", "concerts")
    assert f"{number}  {QUESTION}  (confirmed by ann on 20" in shown.stdout
    assert shown.returncode == 0
    execute(
        portal,
        'UPDATE workflow_confirmation SET parts = \'{"tables": {"tours": {}}, "meanings": {}}\'',
    )
    stale = manage(portal, "list", "concerts")
    assert (stale.returncode, "stale: There is no table tours any more." in stale.stdout) == (
        1,
        True,
    )
    refused = manage(portal, "withdraw", "concerts", number, "--by", "carl")
    assert refused.returncode == 1
    assert "workflow.confirm_questions" in refused.stderr
    assert (
        manage(portal, "withdraw", "concerts", number, "--by", "bert").stdout
        == f"{number} is withdrawn.\n"
    )
    assert manage(portal, "list", "concerts").stdout == ""


def test_a_changed_column_makes_it_stale(portal: Portal, folder: Path, fake: FakeProvider) -> None:
    """The last test: it changes the database."""
    confirmed(portal, QUESTION, SQL)
    with closing(sqlite3.connect(folder / "concerts.db")) as database:
        database.executescript("ALTER TABLE concert RENAME COLUMN year TO season;")
    until(lambda: listed(portal)[0]["stale"], 90)  # a schema is read again after a minute
    assert "There is no column concert.year any more." in listed(portal)[0]["stale"]
    says(fake, "SELECT COUNT(*) AS n FROM concert")
    assert built(portal, QUESTION, model="fake:talker")["basis"] == "single"
