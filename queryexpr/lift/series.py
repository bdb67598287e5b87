"""Functions that count: generate_series and its like → ours."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Interval, Series, Unnest
from queryexpr.lift.reader import Reader


def read_series(reader: Reader, node: exp.Anonymous) -> Series:
    """Read a call that makes an array, from a first to a last value."""
    operands = list(reader.values(node.expressions))
    form = reader.dialect.series_read[node.name.upper()]
    if form == "range" and len(operands) == 1:
        operands.insert(0, 0)
    if len(operands) not in (2, 3):
        raise reader.wrong("operands", f"{node.name} takes 2 or 3 operands.", node)
    if form == "range":
        operands[1] = _before(reader, node, operands)
    if form == "dates" and len(operands) == 2:
        operands.append(Interval(interval=1, unit="day"))
    return Series(series=tuple(operands))


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
