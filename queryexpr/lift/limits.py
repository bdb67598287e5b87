"""ORDER BY, LIMIT, FETCH and OFFSET → ours."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from queryexpr.lift.aggregates import read_order
from queryexpr.lift.reader import Reader
from queryexpr.lift.ties import with_ties


def read_tail(reader: Reader, args: dict[str, Any]) -> dict[str, Any]:
    """Read ORDER BY, LIMIT and OFFSET, as parts of a query."""
    order, offset = args.get("order"), args.get("offset")
    return {
        "order_by": read_order(reader, order) if order else (),
        "limit": _limit(reader, args.get("limit")),
        "offset": _number(reader, offset, offset.expression) if offset else None,
    }


def _limit(reader: Reader, node: exp.Limit | exp.Fetch | None) -> int | None:
    if node is None:
        return None
    if isinstance(node, exp.Fetch):
        reader.only(node, "direction", "count", "limit_options")
        if options := node.args.get("limit_options"):
            of_select = isinstance(node.parent, exp.Select)  # `ties` reads them
            reader.only(options, "rows", *(("with_ties",) if of_select else ()))
        return _number(reader, node, node.args.get("count"))
    ties = isinstance(node.parent, exp.Select) and with_ties(node)
    reader.only(node, "expression", *(("limit_options",) if ties else ()))
    if isinstance(node.expression, exp.Null) or node.expression.name.upper() == "ALL":
        return None
    negative = isinstance(node.expression, exp.Neg)
    if negative and reader.dialect.negative_limits and node.expression.this.is_int:
        return None
    return _number(reader, node, node.expression)


def _number(reader: Reader, node: exp.Expr, value: exp.Expr | None) -> int:
    if value is None:
        return 1  # FETCH FIRST ROW ONLY
    number = _computed(value) if reader.dialect.computed_limits else _written(value)
    if number is None or number < 0:
        raise reader.wrong("limit", "LIMIT and OFFSET take a whole number.", node)
    return number


def _written(value: exp.Expr) -> int | None:
    """Return the whole number that a value is; None for another."""
    value = value.unnest()
    is_whole = isinstance(value, exp.Literal) and str(value.this).isdigit()
    return int(value.this) if is_whole else None


def _computed(value: exp.Expr) -> int | None:
    """Return the number that a sum or product of whole numbers is; None for another value."""
    value = value.unnest()
    combine = _OPERATORS.get(type(value))
    if combine is None:
        return _written(value)
    one, other = _computed(value.this), _computed(value.expression)
    return None if one is None or other is None else combine(one, other)


_OPERATORS: dict[type[exp.Expr], Callable[[int, int], int]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
}
