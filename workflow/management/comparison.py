"""manage.py sql compare: the small world that tells two queries apart."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from queryexpr.gate.operations import as_json, small_world
from workflow.readings.readings import Reading, Readings, of_found

if TYPE_CHECKING:
    from queryexpr.gate.operations import Judgement

MAX_SECONDS = 10.0
TITLES = ("the first returns", "the second returns")


def add_arguments(command: Any) -> None:
    command.add_argument("one", help="A query.")
    command.add_argument("other", help="A query that it is compared with.")
    command.add_argument("--seconds", type=float, default=2.0, help="How long to search.")
    command.add_argument("--json", action="store_true", help="Print JSON, as the API answers.")


def run(
    judge: Callable[[str], Judgement],
    options: dict[str, Any],
    dialect: str,
    schema: str,
    write: Callable[[str], object],
) -> None:
    """Print what tells two queries apart. `judge` raises for one that is not valid."""
    from queryexpr.gate.engine import answer  # which imports the parser

    one, other = (judge(options[name]) for name in ("one", "other"))
    began, seconds = time.monotonic(), min(options["seconds"], MAX_SECONDS)
    found = answer(
        small_world(one.ir or {}, other.ir or {}, dialect, schema, seconds=seconds, must_show=True,
                    today=timezone.localdate().isoformat())
    )  # fmt: skip
    readings = (Reading("one", one.sql or ""), Reading("other", other.sql or ""))
    told = of_found(found, readings, time.monotonic() - began)
    if options["json"]:
        write(json.dumps(as_json(told), indent=2, ensure_ascii=False))
    else:
        write("\n".join(_lines(told)))


def _lines(told: Readings) -> Iterator[str]:
    """Yield the sentence, the tables and both results; an asterisk marks what only one returns."""
    yield told.sentence
    for table in told.tables:
        yield from _table(table.name, table.columns, table.rows)
    if told.outcome == "different":
        for title, reading in zip(TITLES, told.queries, strict=True):
            yield from _table(title, reading.columns, reading.rows, reading.unmatched)
    yield f"\n{told.worlds:,} small worlds in {told.seconds:.1f} s."


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], marked: Sequence[int] = ()
) -> Iterator[str]:
    cells = [[*columns], *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield f"\n{title}:{'' if rows else ' no row'}"
    for number, row in enumerate(cells):
        mark = "*" if number - 1 in marked else " "
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{mark} {text}".rstrip()


def _cell(value: Any) -> str:
    return "null" if value is None else str(value)
