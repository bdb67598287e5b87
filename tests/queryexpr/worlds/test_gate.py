"""The gate's confined process looks for small worlds."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from queryexpr.gate import engine
from queryexpr.gate.operations import Operation, as_json, small_world
from queryexpr.worlds.world import Found
from tests.support.paths import ROOT

DDL = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, day DATE)"
IR = {"query": {"from": {"table": "t"}, "select": [{"expr": {"column": "name"}}]}}
DISTINCT = "SELECT DISTINCT name FROM t"


def confined(*operations: Operation[Any]) -> list[Any]:
    """Run operations in one process, as the portal's is."""
    requests = "".join(json.dumps([one.name, one.arguments]) + "\n" for one in operations)
    command = [sys.executable, "-m", "queryexpr.gate.worker"]
    done = subprocess.run(command, cwd=ROOT, input=requests, capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_confined_process_finds_examples_on_both_engines():
    pytest.importorskip("duckdb")
    answers = confined(
        small_world(IR, DISTINCT, "postgres", DDL, seconds=10),
        small_world(f"{DISTINCT} WHERE REGEXP_MATCHES(name, '^A')", DISTINCT, "duckdb", DDL, seconds=10),
    )  # fmt: skip
    founds = [msgspec.convert(answer, Found) for answer in answers]
    assert [found.engine for found in founds] == ["SQLite", "DuckDB"]
    assert all(found.example for found in founds)


def test_an_answer_is_json_and_back():
    operation = small_world(IR, DISTINCT, "sqlite", DDL, seconds=30)
    found = engine.answer(operation)
    assert found.example
    assert msgspec.json.decode(json.dumps(as_json(found)), type=Found) == found


def test_today_is_the_callers():
    one, other = (f"SELECT id FROM t WHERE day {op} CURRENT_DATE" for op in (">=", ">"))
    found = engine.answer(small_world(one, other, "postgres", DDL, seconds=30, today="2025-03-01"))
    assert "day is exactly 2025-03-01" in found.sentence


def test_a_query_of_what_is_not_there_is_not_tried():
    found = engine.answer(small_world("SELECT id FROM nosuch", DISTINCT, "sqlite", DDL))
    assert found.example is None
    assert "'nosuch'" in found.sentence
