"""
Rows of a database → a table of plain JSON, which is never larger than its limits.

Numbers stay numbers as far as JSON's readers keep them exact; what is beyond that becomes text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

MOST_BYTES = 8 << 20  # of a whole result
LONGEST_TEXT = 10_000  # characters in a cell
LONGEST_BYTES = 64  # of a cell that is not text
LARGEST_EXACT = 1 << 53

Cell = str | int | float | bool | None


def collect(
    names: Sequence[str], kinds: Sequence[str] | None, rows: Iterable[Sequence[Any]], most: int
) -> dict[str, Any]:
    """Return `{columns, kinds, rows, truncated}` with at most `most` rows.

    `kinds` are number, text, time, boolean, or empty where that is not known; without them the
    values tell. `truncated`: rows were left out, or cells cut.
    """
    table: list[list[Cell]] = []
    seen: list[set[str]] = [set() for _ in names]
    size, truncated = 0, False
    for row in rows:
        cells = [as_cell(value) for value in row]
        size += len(json.dumps([cell for cell, _ in cells], ensure_ascii=False).encode())
        if len(table) == most or size > MOST_BYTES:
            truncated = True
            break
        truncated = truncated or any(cut for _, cut in cells)
        table.append([cell for cell, _ in cells])
        for kind, value in zip(seen, row, strict=True):
            kind.add(_KINDS.get(type(value), "text"))
    told = [*kinds] if kinds is not None else [_kind(found - {""}) for found in seen]
    return {"columns": [*names], "kinds": told, "rows": table, "truncated": truncated}


_KINDS = {type(None): "", int: "number", float: "number", bool: "boolean"}


def _kind(found: set[str]) -> str:
    return found.pop() if len(found) == 1 else "text" if found else ""


def as_cell(value: Any) -> tuple[Cell, bool]:
    """Return a value as JSON has it, and whether it was cut."""
    convert = _CELLS.get(type(value), _text)
    return convert(value)


def _same(value: Any) -> tuple[Cell, bool]:
    return value, False


def _integer(value: int) -> tuple[Cell, bool]:
    return (value if abs(value) <= LARGEST_EXACT else str(value)), False


def _float(value: float) -> tuple[Cell, bool]:
    if math.isfinite(value):
        return value, False
    return ("NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"), False


def _bytes(value: bytes) -> tuple[Cell, bool]:
    cut = len(value) > LONGEST_BYTES
    return f"\\x{value[:LONGEST_BYTES].hex()}{'…' if cut else ''}", cut


def _text(value: Any) -> tuple[Cell, bool]:
    text = str(value)
    if len(text) <= LONGEST_TEXT:
        return text, False
    return f"{text[:LONGEST_TEXT]}…", True


_CELLS: dict[type, Callable[[Any], tuple[Cell, bool]]] = {
    type(None): _same, bool: _same, int: _integer, float: _float, bytes: _bytes,
}  # fmt: skip
