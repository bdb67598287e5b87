"""
VALUES → queries: `VALUES (1, 'a'), (2, 'b')` means `SELECT 1, 'a' UNION ALL SELECT 2, 'b'`.

The query expression needs no node for rows, and every dialect can write them.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Derived, Item, Select, SetOperation
from queryexpr.lift.reader import Reader

MAX_ROWS = 50  # each is a level deeper
MAX_COLUMNS = 100  # each gets a name, which is far longer than `1,` in the SQL


def read_rows(reader: Reader, node: exp.Values) -> Any:
    """Read VALUES: in FROM as a source, elsewhere as the query that it is."""
    reader.only(node, "expressions", "alias")
    alias = node.args.get("alias")
    query = _query(reader, node, [column.name for column in alias.columns] if alias else [])
    if not isinstance(node.parent, exp.From | exp.Join):
        return query
    return Derived(query=query, alias=alias.name or None if alias else None)


def _query(reader: Reader, node: exp.Values, names: list[str]) -> Select | SetOperation:
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    if len(rows) > MAX_ROWS or len(rows[0]) > MAX_COLUMNS:
        message = f"VALUES has over {MAX_ROWS} rows, or over {MAX_COLUMNS} columns."
        raise reader.wrong("too_many_terms", message, node)
    if any(len(row) != len(rows[0]) for row in rows) or len(names) > len(rows[0]):
        raise reader.wrong("column_count", "Each row of VALUES needs as many values.", node)
    if reader.dialect.pairwise_types and any(map(_is_untyped, zip(*rows, strict=True))):
        raise reader.wrong("type", "VALUES begins with nulls: cast the first to its type.", node)
    names += [f"column{n + 1}" for n in range(len(names), len(rows[0]))]  # as the engines do
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
