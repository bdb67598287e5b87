"""
POST /workflow/run: run the query that the page shows, on the data source that it is about.

The page sends the query expression, never SQL: the SQL that runs is what the gate writes now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.utils.safestring import mark_safe

from core.http.body import check_types
from queryexpr.gate.operations import Document
from workflow import bodies
from workflow.page import fragments
from workflow.running import run_ir
from workflow.sources.result.export import to_csv
from workflow.sources.result.plot import suggest_plot
from workflow.sources.result.svg import to_svg

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from workflow.sources.result.result import Result
    from workflow.sources.result.table import Cell

MAX_EXACT, MAX_PLAIN = 1e9, 1e15  # below: has digits to spare; is shown without an exponent


class RunRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A query expression to run on `source`. A chart of its rows is titled `question`."""

    source: str
    ir: Document
    question: bodies.Question = ""


async def run_query(exchange: Exchange) -> None:
    """Answer `{"html", "csv"}`: the rows as a table, with a plot where they suggest one."""
    body = check_types(await exchange.json(), RunRequest)
    result = await run_ir(body.source, body.ir, exchange.principal)
    await exchange.answer({"html": _html(result, body.question), "csv": to_csv(result, bom=True)})


def _html(result: Result, question: str) -> str:
    plot = suggest_plot(result)
    title = question or (plot.title if plot else "")
    svg = mark_safe(to_svg(plot, name="rows")) if plot else ""  # noqa: S308 — its texts are escaped
    rows = [list(zip(map(as_shown, row), result.kinds, strict=True)) for row in result.rows]
    headers = zip(result.columns, result.kinds, strict=True)
    context = {"result": result, "plot": svg, "title": title, "headers": headers, "rows": rows}
    return fragments.render("_rows", context)


def as_shown(cell: Cell) -> Cell:
    """Return a cell as people read it: a float without the digits that rounding added.

    The CSV has all of them.
    """
    if not isinstance(cell, float):
        return cell
    digits = 12 if abs(cell) < MAX_EXACT else 15
    short = f"{cell:.{digits}g}"
    return f"{cell:.0f}" if "e+" in short and abs(cell) < MAX_PLAIN else short
