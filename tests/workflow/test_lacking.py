"""What a dialect lacks is offered to the model in the words that the dialect has."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from queryexpr.dialects.all import TITLES
from queryexpr.gate.engine import answer, run
from queryexpr.gate.operations import Judgement, Operation, check_sql
from queryexpr.issues import Issue
from workflow.pipeline.author import SQLAuthor, Style
from workflow.pipeline.prompts import MAX_ISSUES
from workflow.pipeline.repair import Task
from workflow.pipeline.steps import Ask, Progress, Reply

DDL = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, status VARCHAR(20), total DECIMAL(10,2), placed DATE);
CREATE TABLE customer (id INTEGER, name VARCHAR(20));
"""
SPELLED = [
    ("sqlite", "SELECT id FROM orders WHERE status ILIKE 'a%'", "LOWER(status) LIKE LOWER('a%')"),
    ("sqlite", "SELECT YEAR(placed) FROM orders", "STRFTIME('%Y', placed)"),
    ("sqlite", "SELECT EXTRACT(MONTH FROM placed) FROM orders", "STRFTIME('%m', placed)"),
    ("sqlite", "SELECT CONCAT(status, 'x') FROM orders", "COALESCE(status, '') || 'x'"),
    ("sqlite", "SELECT ARG_MAX(id, total) FROM orders", "FIRST_VALUE"),
    ("sqlite", "SELECT id FROM orders WHERE placed >= CURRENT_DATE - INTERVAL '30 days'", "'-30 days'"),
    ("sqlite", "SELECT DATEDIFF(day, placed, CURRENT_DATE) FROM orders", "JULIANDAY"),
    ("sqlite", "SELECT id FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY status ORDER BY total) = 1", "ROW_NUMBER()"),
    ("postgres", "SELECT id FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY status ORDER BY total) = 1", "ROW_NUMBER()"),
    ("postgres", "SELECT id FROM orders WHERE status = \"open\"", "status = 'open'"),
    ("mysql", "SELECT COUNT(*) FILTER (WHERE status = 'a') FROM orders", "CASE WHEN status = 'a'"),
    ("mysql", "SELECT DATEDIFF(day, placed, CURRENT_DATE) FROM orders", "DATEDIFF("),
    ("tsql", "SELECT id FROM orders LIMIT 3 OFFSET 2", "FETCH"),
    ("tsql", "SELECT COUNT(*) FILTER (WHERE status = 'a') FROM orders", "IIF("),
]  # fmt: skip
INSTEAD = [
    ("sqlite", "SELECT DISTINCT ON (status) id FROM orders ORDER BY status, id", "DISTINCT ON", "ROW_NUMBER()"),
    ("sqlite", "SELECT MEDIAN(total) FROM orders", "MEDIAN", "ROW_NUMBER()"),
    ("sqlite", "SELECT status, SUM(total) FROM orders GROUP BY ROLLUP (status)", "ROLLUP", "UNION ALL"),
    ("sqlite", "SELECT id FROM orders WHERE total >= ALL (SELECT total FROM orders)", "ALL with a query", "MAX"),
    ("sqlite", "SELECT id FROM orders WHERE status REGEXP '^a'", "REGEXP", "LIKE"),
    ("mysql", "SELECT o.id FROM orders o FULL OUTER JOIN customer c ON c.id = o.id", "FULL JOIN", "NOT EXISTS"),
    ("tsql", "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY total) FROM orders", "PERCENTILE_CONT", "ROW_NUMBER()"),
]  # fmt: skip


def author(dialect: str) -> SQLAuthor:
    return SQLAuthor(Task("?", DDL, dialect, TITLES[dialect]), Style())


def judged(dialect: str, sql: str) -> Judgement:
    """Return how a reply is judged."""
    steps, result = author(dialect).judge(Reply(f"```sql\n{sql}\n```"), 1), None
    while True:
        try:
            step: Any = steps.send(result)
        except StopIteration as done:
            return msgspec.convert(done.value, Judgement)
        result = None if isinstance(step, Progress) else done_elsewhere(step)


def done_elsewhere(operation: Operation[Judgement]) -> Judgement:
    """Return an answer as a process of the gate sends it."""
    line = json.dumps(run(operation.name, operation.arguments))
    return msgspec.convert(json.loads(line), operation.answer)


def notes(judgement: Judgement) -> list[str]:
    return [issue.message for issue in judgement.issues if issue.code == "spelling"]


@pytest.mark.parametrize(("dialect", "sql", "spelled"), SPELLED)
def test_the_same_query_is_offered_as_the_dialect_spells_it(
    dialect: str, sql: str, spelled: str
) -> None:
    (note,) = notes(judged(dialect, sql))
    words, _, offered = note.partition(":\n")
    assert words.startswith(f"{TITLES[dialect]} spells what")
    assert spelled in offered
    assert answer(check_sql(offered, dialect, dialect, DDL)).valid, "what is offered can be used"


@pytest.mark.parametrize(("dialect", "sql", "lacks", "way"), INSTEAD)
def test_another_way_is_offered_for_what_the_dialect_does_not_have(
    dialect: str, sql: str, lacks: str, way: str
) -> None:
    (note,) = notes(judged(dialect, sql))
    assert note.startswith(f"Instead of {lacks}: ")
    assert way in note


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT custmer FROM orders",
        "SELECT id FROM order",
        "SELECT id, COUNT(*) FROM orders GROUP BY status",
        "SELECT NOSUCH(id) FROM orders",
    ],
)
def test_other_mistakes_have_no_other_spelling(sql: str) -> None:
    assert notes(judged("postgres", sql)) == []


def test_the_spelling_reaches_the_model_after_many_mistakes() -> None:
    issues = tuple(Issue("unknown_column", f"No column {n}.") for n in range(20))
    note = Issue("spelling", "Write it so.", "note")
    asked = author("sqlite").again(
        Ask(({"role": "user", "content": "?"},) * 2), "x", (*issues, note)
    )
    mistakes = [line for line in asked.messages[-1]["content"].splitlines() if line[0] == "-"]
    assert len(mistakes) == MAX_ISSUES
    assert mistakes[-1] == "- Write it so."


def test_the_spelling_reaches_a_model_that_completes_a_text() -> None:
    issues = tuple(Issue("unknown_column", f"No column {n}.") for n in range(5))
    note = Issue("spelling", "Write it\nso.", "note")
    asked = author("sqlite").again(Ask(prompt="SELECT"), "x", (*issues, note))
    assert asked.prompt.endswith("-- Mistake before: Write it so.\n")
