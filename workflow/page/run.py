"""
POST /workflow/run: run the query that the page shows, on the data source that it is about.

The page sends the query expression, never SQL: the SQL that runs is what the gate writes now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.utils.safestring import mark_safe

from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import Document, check_ir
from workflow.page import fragments
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources
from workflow.sources.result.export import to_csv
from workflow.sources.result.plot import suggest_plot
from workflow.sources.result.svg import to_svg
from workflow.sources.run import PERMISSION, CheckedSQL, run
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.access import Groups
    from core.auth import Principal
    from core.http.exchange import Exchange
    from workflow.sources.result.result import Result
    from workflow.sources.result.table import Cell
    from workflow.sources.source import Source

MAX_EXACT, MAX_PLAIN = 1e9, 1e15  # below: has digits to spare; is shown without an exponent


class RunRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A query expression to run on `source`."""

    source: str
    ir: Document


async def run_query(exchange: Exchange) -> None:
    """Answer `{"html", "csv"}`: the rows as a table, with a plot where they suggest one."""
    body = check_types(await exchange.json(), RunRequest)
    source = sources().get(body.source, exchange.principal.groups)
    groups = exchange.principal.groups
    subject = await read_subject({"source": source.name}, source.dialect, groups)
    judgement = await sandbox.run(check_ir(body.ir, source.dialect, subject.schema))
    if not judgement.valid:
        raise PortalError("invalid_request", "Fix the query before it is run.", param="ir")
    query = CheckedSQL.of(judgement, source.dialect)
    result = await run(source, query, exchange.principal.user)
    await exchange.answer({"html": _html(result), "csv": to_csv(result, bom=True)})


def _html(result: Result) -> str:
    plot = suggest_plot(result)
    svg = mark_safe(to_svg(plot, name="rows")) if plot else ""  # noqa: S308 — its texts are escaped
    rows = [list(zip(map(as_shown, row), result.kinds, strict=True)) for row in result.rows]
    headers = zip(result.columns, result.kinds, strict=True)
    context = {"result": result, "plot": svg, "headers": headers, "rows": rows}
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


def runnable(name: str, groups: Groups | None) -> Source | None:
    """Return the source of that name if members of `groups` see it, and queries run on it."""
    visible = {source.name: source for source in sources().visible(groups)}
    source = visible.get(name)
    return source if source and source.run else None


async def may_run(name: str, principal: Principal) -> Source | None:
    """Return the source of that name if the caller may run queries on it."""
    source = runnable(name, principal.groups)
    return source if source and await principal.user.ahas_perm(PERMISSION) else None
