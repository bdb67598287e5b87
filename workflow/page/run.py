"""
POST /workflow/run: run the query that the page shows, on the data source that it is about.

The page sends the query expression, never SQL: the SQL that runs is what the gate writes now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_noop

from core.http.body import check_types
from core.http.envelope import header_lines
from queryexpr.gate.operations import Document
from workflow import bodies
from workflow.page import fragments
from workflow.running import run_ir
from workflow.sources.loaded import sources
from workflow.sources.result.export import to_csv
from workflow.sources.result.plot import suggest_plot
from workflow.sources.result.svg import to_svg

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from workflow.sources.result.result import Result
    from workflow.sources.result.table import Cell
    from workflow.sources.source import Source

POLICIES = gettext_noop(
    "Rules of the database decide which rows the portal sees. It may have more than these."
)
MAX_EXACT, MAX_PLAIN = 1e9, 1e15  # below: has digits to spare; is shown without an exponent


class RunRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A query expression to run on `source`. A chart of its rows is titled `question`."""

    source: str
    ir: Document
    question: bodies.Question = ""


async def run_query(exchange: Exchange) -> None:
    """Answer `{"html", "csv", "name"}`: a table, a plot where the rows suggest one, and the CSV.

    Where there are more rows, the name of the CSV has how many are in it, and so has X-First-Rows.
    """
    body = check_types(await exchange.json(), RunRequest)
    result = await run_ir(body.source, body.ir, exchange.principal)
    count = len(result.rows)
    name = f"rows-first-{count}.csv" if result.more else "rows.csv"
    lines = header_lines({"X-First-Rows": f"{count}"} if result.more else {})
    html = _html(result, body.question, sources().get(body.source, exchange.principal.access))
    answer = {"html": html, "csv": to_csv(result, bom=True), "name": name}
    await exchange.answer(answer, lines=lines)


def _html(result: Result, question: str, source: Source) -> str:
    plot = suggest_plot(result)
    title = question or (plot.title if plot else "")
    svg = mark_safe(to_svg(plot, name="rows")) if plot else ""  # noqa: S308 — its texts are escaped
    rows = [list(zip(map(as_shown, row), result.kinds, strict=True)) for row in result.rows]
    headers = zip(result.columns, result.kinds, strict=True)
    context = {"result": result, "plot": svg, "title": title, "headers": headers, "rows": rows}
    return fragments.render("_rows", {**context, "lacks": _lacks(result, source)})


def _lacks(result: Result, source: Source) -> list[str]:
    """Return sentences about the rows that a query on the source never gives."""
    sentences = [source.lacks, POLICIES if result.restricted else ""]
    return [gettext(sentence) for sentence in sentences if sentence]


def as_shown(cell: Cell) -> Cell:
    """Return a cell as people read it: a float without the digits that rounding added.

    The CSV has all of them.
    """
    if not isinstance(cell, float):
        return cell
    digits = 12 if abs(cell) < MAX_EXACT else 15
    short = f"{cell:.{digits}g}"
    return f"{cell:.0f}" if "e+" in short and abs(cell) < MAX_PLAIN else short
