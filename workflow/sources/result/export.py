"""A result as CSV that spreadsheets show and do not run."""

from __future__ import annotations

import csv
import io
import re

from core.spreadsheets import BOM, safe
from workflow.sources.result.result import Result
from workflow.sources.result.table import Cell

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def to_csv(result: Result, *, bom: bool = False) -> str:
    """Return the table as RFC 4180 has it, with a first line of column names.

    An apostrophe precedes text that a spreadsheet would read as a formula. All text is in quotes:
    otherwise a semicolon in it would begin a new cell where semicolons separate cells.
    """
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([safe(name) for name in result.columns])
    for row in result.rows:
        pairs = zip(row, result.kinds, strict=True)
        writer.writerow([_written(cell, kind) for cell, kind in pairs])
    return (BOM if bom else "") + target.getvalue()


def _written(cell: Cell, kind: str) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if not isinstance(cell, str):
        return cell
    return cell if kind == "number" and _NUMBER.fullmatch(cell) else safe(cell)
