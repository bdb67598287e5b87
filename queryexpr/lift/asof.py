"""ASOF JOIN of DuckDB, which joins each row with the nearest one: a query in FROM for each row."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Column, Derived, Item, Join, Op, Select, Sort, Star, TableName
from queryexpr.issues import Refused
from queryexpr.lift.reader import Reader
from queryexpr.walk import conjuncts, walk

_NEAREST: dict[str, Any] = {">=": "desc", ">": "desc", "<=": "asc", "<": "asc"}
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


def read_asof(reader: Reader, node: exp.Join) -> Join:
    """Read `a ASOF JOIN b ON a.x >= b.x AND a.k = b.k` as the row of b with the greatest x."""
    side = (node.args.get("side") or "").lower()
    source, on = reader.query(node.this), reader.maybe(node.args.get("on"))
    if side not in ("", "left") or not isinstance(source, TableName) or on is None:
        raise _refused(reader, node)
    name = (source.alias or source.table).lower()
    if any(isinstance(n, Column) and not n.table for n, _ in walk(on)):
        raise _refused(reader, node)
    sorts = [sort for test, _ in conjuncts(on, "") if (sort := _sort(test, name))]
    if len(sorts) != 1:
        raise _refused(reader, node)
    nearest = Select(
        select=(Item(expr=Star(star=True)),), from_=source, where=on, order_by=(sorts[0],), limit=1
    )
    row = Derived(query=nearest, alias=source.alias or source.table, lateral=True)
    return Join(join="left", source=row, on=True) if side else Join(join="cross", source=row)


def _sort(test: Any, name: str) -> Sort | None:
    """Return the order in which the nearest row is first; None for another test."""
    if not isinstance(test, Op) or test.op not in _NEAREST:
        return None
    left, right = test.args
    op: str = test.op
    if isinstance(left, Column) and (left.table or "").lower() == name:
        left, right, op = right, left, _TURNED[op]
    if not isinstance(right, Column) or (right.table or "").lower() != name:
        return None
    return Sort(by=right, dir=_NEAREST[op])


def _refused(reader: Reader, node: exp.Join) -> Refused:
    message = (
        "ASOF JOIN is read with a table, and ON with one comparison such as a.x >= b.x, whose"
        " columns name their tables."
    )
    return reader.wrong("not_supported", message, node)
