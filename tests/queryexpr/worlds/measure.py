"""
How many wrong queries are distinguished from right ones, and how fast: `python -m …worlds.measure [FILE]`.

Without a file it measures our own pairs. The lines of a file are JSON: `{"schema": DDL, "one": SQL,
"other": SQL}`, in SQLite's dialect, such as recorded answers of models beside the right ones.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import small_world
from queryexpr.issues import Refused
from queryexpr.worlds.world import Found
from tests.queryexpr.worlds.pairs import CASES, DIFFERENT, SAME, Pair

Queries = tuple[str, str, str]  # the schema, one, other


def main(arguments: list[str]) -> None:
    if arguments:
        lines = map(json.loads, Path(arguments[0]).read_text().splitlines())
        sets = {"recorded": [(line["schema"], line["one"], line["other"]) for line in lines]}
    else:
        sets = {"different": [*of(DIFFERENT)], "same": [*of(SAME)]}
    for name, queries in sets.items():
        for must_show in (False, True) if name != "same" else (False,):
            shown = "must show" if must_show else ""
            sys.stdout.write(f"{name} {shown}: {report(queries, must_show)}\n")


def of(pairs: Iterable[Pair]) -> Iterator[Queries]:
    for pair in pairs:
        yield CASES["schemas"][pair.schema]["ddl"], pair.one, pair.other


def report(queries: list[Queries], must_show: bool) -> str:
    times, rows, shown, tried = [], [], 0, 0
    for schema, one, other in queries:
        began = time.monotonic()
        found = search(schema, one, other, must_show)
        tried += found is not None and bool(found.engine)
        if found and found.example:
            times.append(1000 * (time.monotonic() - began))
            rows.append(sum(len(table.rows) for table in found.example.tables))
            shown += found.example.shown
    middle = statistics.median(times) if times else 0
    return (
        f"{len(queries)} pairs, {tried} tried, {len(times)} distinguished, {shown} with two results"
        f" that show something; median {middle:.0f} ms, {statistics.median(rows or [0]):.0f} rows"
    )


def search(schema: str, one: str, other: str, must_show: bool) -> Found | None:
    try:
        return answer(small_world(one, other, "sqlite", schema, must_show=must_show))
    except Refused:
        return None


if __name__ == "__main__":
    main(sys.argv[1:])
