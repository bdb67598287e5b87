"""Functions that count: generate_series and its like → ours."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from queryexpr.expression import Interval, Series, Unnest
from queryexpr.lift.lengths import length, parts_of
from queryexpr.lift.reader import Reader


def read_series(reader: Reader, node: exp.Anonymous) -> Series:
    """Read a call that makes an array, from a first to a last value."""
    operands = list(reader.values(node.expressions))
    form = reader.dialect.series_read[node.name.upper()]
    if form == "range" and len(operands) == 1:
        operands.insert(0, 0)
    if len(operands) not in (2, 3):
        raise reader.wrong("operands", f"{node.name} takes 2 or 3 operands.", node)
    operands = _typed(operands)
    if form == "range":
        operands[1] = _before(reader, node, operands)
    if form == "dates" and len(operands) == 2:
        operands.append(Interval(interval=1, unit="day"))
    return Series(series=tuple(operands))


def _typed(operands: list[Any]) -> list[Any]:
    """Return the operands with texts as what they are beside the others: '1 day', or '1'."""
    if any(isinstance(operand, int | float) for operand in operands):
        is_whole = re.compile(r"-?\d{1,9}").fullmatch
        return [int(o) if isinstance(o, str) and is_whole(o) else o for o in operands]
    parts = parts_of(operands[2]) if operands[2:] and isinstance(operands[2], str) else ()
    return [*operands[:2], length(parts)] if parts else operands


def _before(reader: Reader, node: exp.Anonymous, operands: list[Any]) -> int:
    """Return the last number of a range that leaves it out."""
    if not all(type(number) is int for number in operands):
        raise reader.wrong("operands", "RANGE takes whole numbers here.", node)
    falls = operands[2:] and operands[2] < 0
    return int(operands[1]) + (1 if falls else -1)


def read_series_rows(reader: Reader, call: exp.Anonymous, alias: Any) -> Unnest:
    """Read generate_series(…) AS t (n) in FROM: rows of an array."""
    columns = [column.name for column in alias.columns] if alias else []
    if len(columns) > 1:
        raise reader.wrong("column_count", f"{call.name} has one column.", call)
    name = (alias.name if alias else "") or call.name.lower()
    # Postgres names the column by the alias, and DuckDB by the function.
    own = name if reader.dialect.series == "table" else call.name.lower()
    value = columns[0] if columns else own
    return Unnest(unnest=read_series(reader, call), alias=name, value=value, first=1)
