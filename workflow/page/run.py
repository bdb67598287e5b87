"""
POST /workflow/run: run the query that the page shows, on the data source that it is about.

The page sends the query expression, never SQL: what is run is what the gate writes now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from core.errors import PortalError
from core.http.body import check_types
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources
from workflow.sources.result.export import to_csv
from workflow.sources.result.plot import suggest_plot
from workflow.sources.result.result import Judged
from workflow.sources.result.svg import to_svg
from workflow.sources.run import PERMISSION, run
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.access import Groups
    from core.auth import Principal
    from core.http.exchange import Exchange
    from workflow.sources.result.result import Result
    from workflow.sources.result.table import Cell
    from workflow.sources.source import Source

EXACT, LARGE = 1e9, 1e15  # below: has digits to spare; can be written out


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A query expression to be run on `source`."""

    source: str
    ir: dict[str, Any]


async def run_query(exchange: Exchange) -> None:
    """Answer `{"html", "csv"}`: the rows as a table, with a plot where they suggest one."""
    body = check_types(await exchange.json(), Wanted)
    source = sources().get(body.source, exchange.principal.groups)
    subject = await read_subject({"source": source.name}, source.dialect, exchange.principal)
    arguments = {"ir": body.ir, "target": source.dialect, "schema": subject.schema}
    judged = await sandbox.run("ir", arguments)
    if not judged.get("valid"):
        raise PortalError("invalid_request", "Mend the query before it is run.", param="ir")
    result = await run(source, Judged.of(judged, source.dialect), exchange.principal.user)
    await exchange.answer({"html": _html(result), "csv": to_csv(result, bom=True)})


def _html(result: Result) -> str:
    plot = suggest_plot(result)
    svg = mark_safe(to_svg(plot, name="rows")) if plot else ""  # noqa: S308 — its texts are escaped
    shown = {
        "result": result,
        "plot": svg,
        "headers": zip(result.columns, result.kinds, strict=True),
        "rows": [list(zip(map(as_shown, row), result.kinds, strict=True)) for row in result.rows],
    }
    return render_to_string("workflow/_rows.html", shown)[:]


def as_shown(cell: Cell) -> Cell:
    """Return a cell as people read it: of a float, the digits that its sum did not invent.

    The CSV has all of them.
    """
    if not isinstance(cell, float):
        return cell
    digits = 12 if abs(cell) < EXACT else 15
    short = f"{cell:.{digits}g}"
    return f"{cell:.0f}" if "e+" in short and abs(cell) < LARGE else short


def runnable(name: str, groups: Groups | None) -> Source | None:
    """Return the source of that name if members of `groups` see it, and queries run on it."""
    seen = {source.name: source for source in sources().visible(groups)}
    found = seen.get(name)
    return found if found and found.run else None


async def may_run(name: str, principal: Principal) -> Source | None:
    """Return the source of that name if the caller may run queries on it: the page offers to."""
    source = runnable(name, principal.groups)
    return source if source and await principal.user.ahas_perm(PERMISSION) else None
