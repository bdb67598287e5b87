"""A query that is composed of clauses: each error points to its clause."""

from __future__ import annotations

import pytest

from queryexpr.gate.engine import run

SCHEMA = "CREATE TABLE concert (id INTEGER PRIMARY KEY, title TEXT, year INTEGER)"
GOOD = {"from": "concert", "select": "title", "where": "year = 2014", "order_by": "title"}


def issues(**changed: str) -> list[dict[str, object]]:
    answer = run("compose", {"clauses": {**GOOD, **changed}, "target": "sqlite", "schema": SCHEMA})
    return list(answer.get("refused") or answer["issues"])


@pytest.mark.parametrize(
    ("clause", "text", "message"),
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
def test_an_error_points_to_its_clause(clause: str, text: str, message: str) -> None:
    (issue,) = issues(**{clause: text})
    assert issue["pointer"] == f"/query/{clause}"
    assert message in str(issue["message"])
    assert "sqlglot" not in str(issue["message"])
    assert not {"line", "column"} & issue.keys(), "no one sees the text that they count in"


def test_errors_in_two_clauses_are_both_reported() -> None:
    errors = issues(where="year =", order_by="title dsc x")
    assert [issue["pointer"] for issue in errors] == ["/query/where", "/query/order_by"]


def test_one_row_is_singular() -> None:
    body = {"clauses": {**GOOD, "order_by": "", "limit": "1"}, "target": "sqlite"}
    explanation = run("compose", {**body, "schema": SCHEMA})["explanation"]
    assert explanation[-1] == "Keep at most 1 row, no matter which."
