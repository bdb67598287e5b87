"""
The cost of the SQL workflow: the gate on SQL, compiling a query expression, refusing hostile text.

    bench/sql.py [--json]                            on the queries that the tests have
    bench/sql.py QUERIES.jsonl SCHEMA.sql DIALECT    the same on your own: {"sql": …} a line

Prints the median, the 95th percentile and the worst, in milliseconds of this process.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from queryexpr import DIALECTS, compile, judge, lift  # noqa: A004
from queryexpr.dialects.all import DEFAULT
from queryexpr.gate.engine import catalogue_of

ROOT = Path(__file__).resolve().parent.parent
Case = tuple[str, str, Any]  # SQL, dialect, schema
HOSTILE = "SELECT " + "(" * 30_000 + "1" + " AND 1=1" * 4_000


def ours() -> list[Case]:
    """Return the queries that the tests have, with their schemas."""
    data = yaml.safe_load((ROOT / "tests/data/triples.yaml").read_text())
    schemas = {name: schema["ddl"] for name, schema in data["schemas"].items()}
    return [(row["sql"], row["dialect"], schemas[row["schema"]]) for row in data["triples"]]


def given(queries: str, schema: str, dialect: str) -> list[Case]:
    """Return the queries of a file."""
    ddl = Path(schema).read_text()
    return [(json.loads(line)["sql"], dialect, ddl) for line in Path(queries).open()]


def measure(calls: list[Callable[[], object]]) -> list[float]:
    """Call each once to warm up, then three times; return the milliseconds of these, sorted."""
    times = []
    for call in calls:
        call()
        for _ in range(3):
            began = time.perf_counter()
            call()
            times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def measure_all(cases: list[Case]) -> dict[str, list[float]]:
    gate: list[Callable[[], object]] = []
    compiling: list[Callable[[], object]] = []
    for sql, name, schema in cases:
        dialect, catalogue = DIALECTS[name], catalogue_of(schema, name)[0]
        query = lift(sql, dialect).expression
        gate.append(partial(judge, sql, dialect, catalogue))
        compiling.append(partial(compile, query, dialect, catalogue))
    refusing = partial(judge, HOSTILE, DEFAULT)
    return {
        "gate": measure(gate),
        "compile": measure(compiling),
        "refuse 64 KB": measure([refusing]),
    }


def summary(times: list[float]) -> tuple[float, float, float]:
    """Return the median, the 95th percentile and the worst."""
    return statistics.median(times), times[int(len(times) * 0.95)], times[-1]


def show(durations: dict[str, list[float]], count: int) -> None:
    print(f"{count} queries, ms{'':<18}{'median':>8}{'95 %':>8}{'worst':>8}")
    for name, times in durations.items():
        print(f"{name:<32}" + "".join(f"{value:>8.2f}" for value in summary(times)))


def main(*given_files: str) -> None:
    cases = given(*given_files) if given_files else ours()
    show(measure_all(cases), len(cases))


if __name__ == "__main__":
    if "--json" in sys.argv:
        print(json.dumps({name: summary(times) for name, times in measure_all(ours()).items()}))
    else:
        main(*sys.argv[1:])
