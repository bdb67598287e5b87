"""
A grammar for small models: one query block, in which only existing names can be written.

There is one shape for each table, and for each pair of tables that a foreign key joins. It has the
join, and only the columns of these tables. A model chooses what to show, count, filter and sort by,
and how many rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.schema.catalogue import Catalogue, Column, ForeignKey, Table

Schema = dict[str, Any]
MAX_SHAPES = 24
MAX_TEXT_LENGTH = 60  # small models may never end a text without a limit
_COMPARISONS = ["=", "<>", "<", "<=", ">", ">="]


def simple_schema(catalogue: Catalogue) -> Schema:
    """Return the schema of a reply: `{"query": …}` with one block over at most two tables."""
    shapes = list(_shapes(catalogue))[:MAX_SHAPES]
    return _object({"query": {"anyOf": shapes}})


def _shapes(catalogue: Catalogue) -> Iterator[Schema]:
    for table in catalogue.tables:
        yield _block([table], None)
    for table in catalogue.tables:
        for key in table.foreign_keys:
            other = catalogue.table(key.table)
            if other is not None and other is not table:
                yield _block([table, other], key)


def _block(tables: list[Table], key: ForeignKey | None) -> Schema:
    """Return the shape of a query over one table, or over two that `key` joins."""
    first, *others = tables
    joins: list[Any] = [_join(first, other, key) for other in others if key]
    columns = [_column(table, column) for table in tables for column in table.columns]
    value = {"anyOf": [*columns, _object({"agg": {"const": "count"}}), _aggregate(tables)]}
    sort = _object({"by": {"anyOf": columns}, "dir": {"enum": ["asc", "desc"]}})
    return _object(
        {
            "from": {"const": {"table": first.name}},
            "joins": {"const": joins},
            "where": {"anyOf": [{"type": "null"}, *_conditions(tables)]},
            "select": _list(_object({"expr": value}), 1, 4),
            "order_by": _list(sort, 0, 1),
            "limit": {"enum": [None, 1, 3, 5, 10, 100]},
        }
    )


def _list(items: Schema, minimum: int, maximum: int) -> Schema:
    return {"type": "array", "items": items, "minItems": minimum, "maxItems": maximum}


def _join(first: Table, other: Table, key: ForeignKey | None) -> Schema:
    assert key is not None
    pairs = [
        {"op": "=", "args": [_named(first, own), _named(other, its)]}
        for own, its in zip(key.columns, key.references, strict=True)
    ]
    on = pairs[0] if len(pairs) == 1 else {"op": "and", "args": pairs}
    return {"join": "inner", "source": {"table": other.name}, "on": on}


def _column(table: Table, column: Column) -> Schema:
    return {"const": _named(table, column.name)}


def _named(table: Table, column: str) -> Schema:
    return {"column": column, "table": table.name}


def _aggregate(tables: list[Table]) -> Schema:
    numbers = [_column(t, c) for t in tables for c in t.columns if c.family == "number"]
    every = [_column(table, column) for table in tables for column in table.columns]
    operands = _list({"anyOf": numbers or every}, 1, 1)
    return _object({"agg": {"enum": ["sum", "avg", "min", "max"]}, "args": operands})


def _conditions(tables: list[Table]) -> Iterator[Schema]:
    """Yield comparisons of a column with a value of the same kind."""
    for table in tables:
        for family, value in _VALUES.items():
            columns = [_column(table, c) for c in table.columns if c.family == family]
            if columns:
                yield _comparison({"anyOf": columns}, value)


def _comparison(column: Schema, value: Schema) -> Schema:
    args = {"type": "array", "prefixItems": [column, value], "minItems": 2, "maxItems": 2}
    return _object({"op": {"enum": _COMPARISONS}, "args": args})


_VALUES: dict[str, Schema] = {
    "number": {"type": "integer"},
    "text": {"type": "string", "maxLength": MAX_TEXT_LENGTH},
    "time": {"type": "string", "maxLength": 10},
}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object", "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }  # fmt: skip
