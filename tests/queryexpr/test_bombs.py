"""What is large, deep or slow is refused, or answered soon."""

from __future__ import annotations

import asyncio
import json
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queryexpr.gate.operations import check_sql
from tests.queryexpr.attacks import SCHEMA, USERS, ir_judged, is_fixed, is_refused, judged
from tests.support.paths import ROOT
from workflow.sandbox import Sandbox

LARGEST = 16 * 1024
SECONDS = 10.0  # of processor time: what would take long is one that explodes
WAITING = 30.0  # for an answer, on a machine that has other things to do


def calls(sql: str) -> int:
    """How many functions run until the gate has an answer?"""
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        judged(sql, "sqlite")
    finally:
        sys.setprofile(None)
    return counted


def test_what_is_too_long_is_refused_before_anything_is_parsed():
    judged("SELECT id FROM users", "sqlite")
    long = calls("SELECT id FROM users WHERE " + "id = 1 AND " * 6_000 + "id = 1")
    assert long < 100 < calls("SELECT id FROM users")


@pytest.mark.parametrize("unit", ["(", "x", "AND ", "'", "SELECT ", "/*", "\n", "é", "\ud800"])
def test_64_kb_of_anything_are_too_long(unit):
    answer = judged(unit * (64 * 1024 // len(unit)), "postgres")
    assert [issue["code"] for issue in answer["issues"]] == ["too_long"]


def test_a_query_expression_of_over_64_kb_is_refused():
    document = {"query": {**USERS, "select": [{"expr": "x" * 70_000}]}}
    assert ir_judged(document, "sqlite")["issues"][0]["code"] == "too_long"


@pytest.mark.parametrize("depth", [59, 70, 100, 250, 900, 3_000])
def test_a_deep_query_expression_is_refused_or_passes_as_sql(depth):
    value: Any = {"column": "id"}
    for _ in range(depth):
        value = {"op": "neg", "args": [value]}
    answer = ir_judged({"query": {**USERS, "select": [{"expr": value}]}}, "sqlite")
    assert is_refused(answer) or is_fixed(answer, "sqlite")


# ── Bombs ───────────────────────────────────────────────────────────────────────────────────


def nested(start: str, before: str, after: str, times: int) -> str:
    return before * times + start + after * times


def of_ctes(first: str, step: str, times: int) -> str:
    """Queries of WITH, each made of the one before."""
    later = (f"c{n + 1} AS ({step.replace('PREVIOUS', f'c{n}')})" for n in range(times))
    return f"WITH c0 AS ({first}), {', '.join(later)} SELECT a FROM c{times}"


def of_recursion(times: int) -> str:
    query = "SELECT 1 AS a"
    for n in range(times):
        query = f"WITH RECURSIVE c{n} AS ({query}) SELECT a FROM c{n}"
    return query


def of_aliases(times: int, terms: int) -> str:
    """Conditions that write out what an alias stands for, in each other."""
    query = "id"
    for n in range(times):
        condition = " OR ".join([f"z{n} = 1"] * terms)
        query = f"(SELECT {query} AS z{n} FROM users WHERE {condition})"
    return f"SELECT {query} FROM users"


def listed(item: str, separator: str = ", ") -> str:
    """As many of `item` as 15 KB hold; `#` in it is their number."""
    each = (item.replace("#", str(n)) for n in range(15_000 // (len(item) + len(separator) + 3)))
    return separator.join(each)


GROWING = nested("'aaaaaaaaaaaa'", "REPLACE(", ", 'a', 'aaaaaaaaaaaa')", 14)
BOMBS = {
    "cross joins": ("sqlite", f"WITH u AS (SELECT 1 AS a) SELECT 1 FROM {listed('u a#')}"),
    "joins of users": ("postgres", f"SELECT 1 FROM {listed('users a#')}"),
    "natural joins": ("sqlite", f"SELECT 1 FROM users {listed('NATURAL JOIN users a#', ' ')}"),
    "joins with using": ("sqlite", f"SELECT 1 FROM users {listed('JOIN users a# USING (id)', ' ')}"),
    "doubling in with": ("sqlite", of_ctes("SELECT 1 AS a", "SELECT x.a FROM PREVIOUS x, PREVIOUS y", 30)),
    "doubling in duckdb": ("duckdb", of_ctes("SELECT 1 AS a", "SELECT x.a FROM PREVIOUS x, PREVIOUS y", 30)),
    "doubling subqueries": ("sqlite", of_ctes("SELECT 1 AS a", "SELECT (SELECT a FROM PREVIOUS) + (SELECT a FROM PREVIOUS) AS a", 30)),
    "recursion in recursion": ("sqlite", of_recursion(28)),
    "endless recursion": ("sqlite", "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"),
    "aliases in aliases": ("sqlite", of_aliases(8, 20)),
    "a long alias, often": ("sqlite", f"SELECT {listed('id', ' + ')[:300]} AS z FROM users WHERE {' OR '.join(['z = 1'] * 490)}"),
    "text that grows": ("duckdb", f"SELECT {GROWING}"),
    "text that grows in the stand-in": ("postgres", f"SELECT {GROWING}"),
    "columns that are unknown": ("sqlite", f"SELECT {listed('column_#')} FROM users"),
    "tables that are unknown": ("sqlite", f"SELECT 1 FROM {listed('table_#')}"),
    "many aliases": ("sqlite", f"SELECT {listed('1 a#')} FROM users"),
    "many columns": ("postgres", f"SELECT {listed('id')} FROM users"),
    "many groups": ("sqlite", f"SELECT id FROM users GROUP BY {listed('id + #')}"),
    "many sorts": ("sqlite", f"SELECT id FROM users ORDER BY {listed('id + #')}"),
    "many windows": ("sqlite", f"SELECT {listed('SUM(id) OVER (ORDER BY age)')} FROM users"),
    "many queries of with": ("sqlite", f"WITH {listed('c# AS (SELECT 1)')} SELECT 1"),
    "many subqueries": ("sqlite", f"SELECT {listed('(SELECT MAX(id) FROM users)')} FROM users"),
    "a long list": ("sqlite", f"SELECT 1 FROM users WHERE id IN ({listed('#')})"),
    "500 ands": ("postgres", f"SELECT 1 FROM users WHERE {' AND '.join(['id = 1'] * 500)}"),
    "500 pipes": ("sqlite", f"SELECT {'||'.join(['name'] * 500)} FROM users"),
    "a long sum": ("sqlite", f"SELECT {listed('1', '+')}"),
    "many unions": ("sqlite", f"SELECT 1 {listed('UNION SELECT #', ' ')}"),
    "many cases": ("sqlite", f"SELECT CASE {listed('WHEN id = # THEN 1', ' ')} END FROM users"),
    "nots": ("sqlite", f"SELECT {'NOT ' * 3_000} 1"),
    "signs": ("sqlite", f"SELECT {'- ' * 6_000} 1"),
    "parentheses hidden by a text": ("sqlite", f"SELECT '{')' * 5_000}', {nested('1', '(', ')', 2_000)}"),
    "tables in parentheses": ("sqlite", f"SELECT 1 FROM {nested('users', '(', ')', 50)}"),
    "a table in two parentheses": ("sqlite", "SELECT 1 FROM ((users))"),
    "queries in parentheses": ("postgres", nested("SELECT 1", "(", ")", 50)),
    "calls in calls": ("postgres", f"SELECT {nested('name', 'COALESCE(', ')', 50)} FROM users"),
    "lists in lists": ("sqlite", f"SELECT {nested('1', '1 IN (', ')', 50)}"),
    "brackets": ("duckdb", f"SELECT {nested('1', '[', ']', 4_000)}"),
    "braces": ("duckdb", "SELECT " + nested("1", "{'a': ", "}", 1_000)),
    "casts of casts": ("postgres", f"SELECT 1{'::INT' * 3_000}"),
    "arrows": ("postgres", f"SELECT {'a -> ' * 3_000} a"),
    "intervals": ("postgres", f"SELECT {'INTERVAL ' * 1_500} '1' DAY"),
    "dots": ("sqlite", f"SELECT {'a.' * 8_000}a"),
    "a long name": ("sqlite", f'SELECT "{"x" * 16_000}" FROM users'),
    "a long number": ("sqlite", f"SELECT {'9' * 16_000}"),
    "quotes": ("sqlite", f"SELECT {chr(39) * 16_001}"),
    "comments": ("sqlite", f"SELECT 1 {'/**/' * 3_900}"),
    "comments in comments": ("postgres", f"SELECT 1 {nested('', '/*', '*/', 3_900)}"),
    "semicolons": ("sqlite", f"SELECT 1{';' * 16_000}"),
    "strings side by side": ("mysql", "SELECT " + "'a' " * 3_900),
    "words": ("sqlite", "SELECT " * 2_300),
    "joins without end": ("sqlite", f"SELECT 1 FROM users {'JOIN ' * 3_000}"),
    "cases without end": ("sqlite", f"SELECT {'CASE WHEN ' * 60}"),
}  # fmt: skip


class Process:
    """A worker, as the portal starts it, and the processor time that it has used."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "queryexpr.gate.worker"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe)
        for dialect in ("sqlite", "postgres"):
            self.ask("SELECT id FROM users", dialect)

    def ask(self, sql: str, dialect: str, schema: Any = SCHEMA) -> dict[str, Any] | None:
        """Return the answer; None if there is none."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        arguments = {"sql": sql, "source": dialect, "target": dialect, "schema": schema}
        self.process.stdin.write(json.dumps(["sql", arguments]).encode() + b"\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], WAITING)[0]:
            return None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    @property
    def seconds(self) -> float:
        parts = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / 100

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Process]]:
    """The worker that is running, if any; one that does not answer is replaced."""
    running: list[Process] = []
    yield running
    for worker in running:
        worker.stop()


# What an engine's planner takes long for: the portal gives the query up.
GIVEN_UP = {
    "doubling subqueries",
    "doubling in with",
    "recursion in recursion",
    "aliases in aliases",
    "text that grows",
    "text that grows in the stand-in",
}


@pytest.mark.parametrize("name", sorted(GIVEN_UP))
def test_a_bomb_that_takes_long_is_given_up_and_the_next_query_is_answered(name, settings):
    settings.SQL_GATE_SECONDS = 1.0
    dialect, sql = BOMBS[name]

    async def both() -> list[Any]:
        sandbox = Sandbox()
        good, bomb = (check_sql(q, dialect, dialect, SCHEMA) for q in ("SELECT id FROM users", sql))
        await sandbox.run(good)  # started, and warm
        answers = [await sandbox.run(operation) for operation in (bomb, good)]
        await sandbox.close()
        return answers

    given_up, answered = asyncio.run(both())
    assert [issue.code for issue in given_up.issues] == ["too_slow"]
    assert answered.valid


@pytest.mark.parametrize("name", sorted(BOMBS.keys() - GIVEN_UP))
def test_a_bomb_is_answered_soon(name, workers):
    dialect, sql = BOMBS[name]
    assert len(sql.encode()) <= LARGEST
    answer, seconds = timed(workers, sql, dialect, SCHEMA)
    assert answer is not None
    assert "failed" not in answer
    assert seconds < SECONDS


def test_names_that_a_large_schema_lacks_are_looked_up_soon(workers):
    columns = ", ".join(f"column_name_{n} INTEGER" for n in range(1_000))
    sql = f"SELECT {listed('column_nam_#')} FROM users"
    answer, seconds = timed(workers, sql, "sqlite", f"CREATE TABLE users ({columns})")
    assert answer is not None
    assert seconds < SECONDS


def timed(workers: list[Process], sql: str, dialect: str, schema: Any) -> Any:
    """Return the answer and the processor time that it took."""
    if not workers:
        workers.append(Process())
    worker = workers[0]
    before = worker.seconds
    answer = worker.ask(sql, dialect, schema)
    if answer is None:
        workers.pop().stop()
        return None, float("inf")
    return answer, worker.seconds - before
