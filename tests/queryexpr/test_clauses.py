"""A query that is put together from clauses: what is wrong is told of the clause."""

from __future__ import annotations

import pytest

from queryexpr.gate.engine import run
from tests.workflow.portal import SCHEMA

GOOD = {"from": "concert", "select": "title", "where": "year = 2014", "order_by": "title"}


def issues(**changed: str) -> list[dict[str, object]]:
    found = run("compose", {"clauses": {**GOOD, **changed}, "target": "sqlite", "schema": SCHEMA})
    return list(found.get("refused") or found["issues"])


@pytest.mark.parametrize(
    ("clause", "text", "said"),
    [
        ("where", "(year = 3", "A ( is not closed."),
        ("where", "year = 3)", "A ) was never opened."),
        ("where", "title = 'x", "a ' is missing"),
        ("where", "year =", "This is not finished"),
        ("order_by", "title dsc x", "look at “dsc”"),
        ("select", "title year x", "look at “x”"),
        ("from", "concert JOIN", "This is not finished"),
        ("where", "year = @@x", "@@x"),
        ("where", "foo(year)", "Did you mean 'FLOOR'?"),
        ("limit", "many", "Write a whole number"),
    ],
)
def test_a_mistake_is_told_of_its_clause(clause: str, text: str, said: str) -> None:
    (issue,) = issues(**{clause: text})
    assert issue["pointer"] == f"/query/{clause}"
    assert said in str(issue["message"])
    assert "sqlglot" not in str(issue["message"])
    assert not {"line", "column"} & issue.keys(), "nobody sees the text that they count in"


def test_two_clauses_have_their_own_mistakes() -> None:
    found = issues(where="year =", order_by="title dsc x")
    assert [issue["pointer"] for issue in found] == ["/query/where", "/query/order_by"]


def test_one_row_is_no_plural() -> None:
    given = {"clauses": {**GOOD, "order_by": "", "limit": "1"}, "target": "sqlite"}
    told = run("compose", {**given, "schema": SCHEMA})["explanation"]
    assert told[-1] == "Keep at most 1 row, no matter which."
