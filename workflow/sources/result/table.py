"""
Rows of a database → a table of plain JSON, which is never larger than its limits.

Numbers stay numbers as far as readers of JSON keep them exact; others become text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 8 << 20  # of a whole result
MAX_TEXT = 10_000  # characters in a cell
MAX_BINARY = 64  # of a cell that is not text
MAX_EXACT = 1 << 53

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, their kinds and rows. `truncated`: there were `more` rows, or cells were cut.

    `restricted`: rules of the database for rows hide some of them from the portal's role.

    A kind is number, text, time, boolean, or empty if unknown. A number that readers of JSON would
    round is text, of kind number.
    """

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    more: bool = field(default=False, kw_only=True)
    restricted: bool = field(default=False, kw_only=True)


def collect(
    names: Sequence[str], kinds: Sequence[str] | None, rows: Iterable[Sequence[Any]], limit: int
) -> Table:
    """Return a table of at most `limit` rows. Without `kinds` the values decide them."""
    kept: list[tuple[Cell, ...]] = []
    seen: list[set[str]] = [set() for _ in names]
    size, more, truncated = 0, False, False
    for row in rows:
        cells = [as_cell(value) for value in row]
        size += len(json.dumps([cell for cell, _ in cells], ensure_ascii=False).encode())
        if len(kept) == limit or size > MAX_BYTES:
            more = truncated = True
            break
        truncated = truncated or any(cut for _, cut in cells)
        kept.append(tuple(cell for cell, _ in cells))
        for kind, value in zip(seen, row, strict=True):
            kind.add(_KINDS.get(type(value), "text"))
    known = kinds if kinds is not None else [_kind(kind - {""}) for kind in seen]
    return Table(tuple(names), tuple(known), tuple(kept), truncated, more=more)


_KINDS = {type(None): "", int: "number", float: "number", bool: "boolean"}


def _kind(kinds: set[str]) -> str:
    return kinds.pop() if len(kinds) == 1 else "text" if kinds else ""


def as_cell(value: Any) -> tuple[Cell, bool]:
    """Return a value as JSON has it, and whether it was cut."""
    convert = _CELLS.get(type(value), _text)
    return convert(value)


def _same(value: Any) -> tuple[Cell, bool]:
    return value, False


def _integer(value: int) -> tuple[Cell, bool]:
    return (value if abs(value) <= MAX_EXACT else str(value)), False


def _float(value: float) -> tuple[Cell, bool]:
    if math.isfinite(value):
        return value, False
    return ("NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"), False


def _bytes(value: bytes) -> tuple[Cell, bool]:
    cut = len(value) > MAX_BINARY
    return f"\\x{value[:MAX_BINARY].hex()}{'…' if cut else ''}", cut


def _text(value: Any) -> tuple[Cell, bool]:
    text = str(value)
    if len(text) <= MAX_TEXT:
        return text, False
    return f"{text[:MAX_TEXT]}…", True


_CELLS: dict[type, Callable[[Any], tuple[Cell, bool]]] = {
    type(None): _same, bool: _same, int: _integer, float: _float, bytes: _bytes,
}  # fmt: skip
