"""What is large, deep or slow is refused, or answered soon."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.attacks import SCHEMA, USERS, ir_judged, is_fixed, is_refused, judged
from tests.queryexpr.bombs import BOMBS, COPIED, SLOW, listed, nested
from tests.support.paths import ROOT

LARGEST = 20 * 1024
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
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

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


@pytest.mark.parametrize("name", sorted(BOMBS.keys() - SLOW))
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


@pytest.mark.parametrize("name", COPIED)
def test_what_is_written_several_times_does_not_explode(name):
    source, target, start, before, after = COPIED[name]
    schema = read_ddl("CREATE TABLE users (id INTEGER PRIMARY KEY);", DIALECTS[source])[0]

    def answer(times):
        sql = f"SELECT {nested(start, before, after, times)} FROM users"
        return judge(sql, DIALECTS[target], schema, source=DIALECTS[source])

    assert answer(2).valid
    for times in (12, 25):
        assert {i.code for i in answer(times).issues if i.severity == "error"} == {"too_large"}
