"""
VALUES → queries: `VALUES (1, 'a'), (2, 'b')` means `SELECT 1, 'a' UNION ALL SELECT 2, 'b'`.

The query expression needs no node for rows, and every dialect can write them.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Derived, Item, Select, SetOperation
from queryexpr.lift.limits import read_tail
from queryexpr.lift.reader import Reader

MAX_ROWS = 50  # each is a level deeper
MAX_COLUMNS = 100  # each gets a name, which is far longer than `1,` in the SQL


def read_rows(reader: Reader, node: exp.Values) -> Any:
    """Read VALUES: in FROM as a source, elsewhere as the query that it is."""
    reader.only(node, "expressions", "alias", "order", "limit", "offset")
    alias = node.args.get("alias")
    query = _query(reader, node, [column.name for column in alias.columns] if alias else [])
    if not isinstance(node.parent, exp.From | exp.Join):
        _check(reader, node)
        return query.model_copy(update=read_tail(reader, node.args))
    return Derived(query=query, alias=alias.name or None if alias else None)


def _check(reader: Reader, node: exp.Values) -> None:
    """Refuse VALUES as a query where a dialect has none."""
    dialect, remedy = reader.dialect, "write SELECT 1, 'a' UNION ALL SELECT 2, 'b'."
    if not dialect.values:
        message = f"VALUES is no query in {dialect.title}: {remedy}"
        raise reader.wrong("not_supported", message, node)


def _is_row(row: exp.Expr) -> bool:
    call = row.expressions[0] if isinstance(row, exp.Tuple) and len(row.expressions) == 1 else row
    return isinstance(call, exp.Anonymous) and call.name.upper() == "ROW"


def _cells(reader: Reader, row: exp.Expr) -> list[exp.Expr]:
    if reader.dialect.values == "rows" and _is_row(row):
        row = row.expressions[0]
    return list(row.expressions) if isinstance(row, exp.Tuple | exp.Anonymous) else [row]


def _query(reader: Reader, node: exp.Values, names: list[str]) -> Select | SetOperation:
    rows = [_cells(reader, row) for row in node.expressions]
    if len(rows) > MAX_ROWS or len(rows[0]) > MAX_COLUMNS:
        message = f"VALUES has over {MAX_ROWS} rows, or over {MAX_COLUMNS} columns."
        raise reader.wrong("too_many_terms", message, node)
    if any(len(row) != len(rows[0]) for row in rows) or len(names) > len(rows[0]):
        raise reader.wrong("column_count", "Each row of VALUES needs as many values.", node)
    if reader.dialect.pairwise_types and any(map(_is_untyped, zip(*rows, strict=True))):
        raise reader.wrong("type", "VALUES begins with nulls: cast the first to its type.", node)
    begin, first_number = reader.dialect.values_named
    names += [f"{begin}{n + first_number}" for n in range(len(names), len(rows[0]))]
    first, *others = [_row(reader, row, names) for row in rows]
    whole: Select | SetOperation = first
    for other in others:
        whole = SetOperation(set="union all", left=whole, right=other)
    return whole


def _is_untyped(column: tuple[exp.Expr, ...]) -> bool:
    """Would UNION ALL make texts of its first two, and then fail? VALUES looks at all of them."""
    nulls = [isinstance(value, exp.Null) for value in column]
    return all(nulls[:2]) and len(nulls) > 2 and not all(nulls)


def _row(reader: Reader, row: list[exp.Expr], names: list[str]) -> Select:
    items = zip(reader.values(row), names, strict=True)
    return Select(select=tuple(Item(expr=value, alias=name) for value, name in items))
