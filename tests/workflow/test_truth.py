"""The workflow with the embedded model: it is small, but what is called valid is valid."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.portal import Portal
from tests.workflow.portal import SCHEMA

pytestmark = pytest.mark.long

QUESTIONS = ["Show the titles of the concerts in 2014.", "How many stadiums are there?"]


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO stadium VALUES (1, 'Park', 5000)")
        connection.execute("INSERT INTO concert VALUES (1, 1, 'Spring', 2014)")
        yield connection


@pytest.mark.timeout(300)
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_called_valid_runs_and_is_never_more_than_a_demonstration(
    shipped: Portal, database: sqlite3.Connection, question: str
) -> None:
    body = {"question": question, "schema": SCHEMA, "dialect": "sqlite"}
    answer = shipped.post("/v1/ir/build", body, timeout=120).json()
    assert answer["basis"] == "demo"
    assert answer["valid"] == (answer["outcome"] == "ok")
    if answer["valid"]:
        database.execute(answer["sql_preview"]["sql"]).fetchall()


@pytest.mark.timeout(300)
def test_whatever_it_writes_nothing_invalid_is_called_valid(
    shipped: Portal, database: sqlite3.Connection
) -> None:
    body = {"question": QUESTIONS[0], "schema": SCHEMA, "dialect": "sqlite", "repairs": 1}
    answer = shipped.post("/v1/sql", body, timeout=240).json()
    assert answer["valid"] == (answer["sql"] is not None)
    assert answer["attempts"]
    if answer["valid"]:
        database.execute(answer["sql"]).fetchall()
    else:
        assert answer["outcome"] in ("invalid", "unanswerable")
