"""Comparisons with each value of a query, or of a list: `x >= ALL (SELECT …)`, `x = ANY (…)`."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Op, Subquery, Values
from queryexpr.lift.reader import Reader

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_LISTS = {"= any": "in", "<> all": "not in"}


def read_quantified(reader: Reader, node: exp.Binary, right: exp.Any | exp.All) -> Op:
    """Read `x = ANY (SELECT …)`, which is `x IN (SELECT …)`, and its like with ALL."""
    array, word = right.this.unnest(), "any" if isinstance(right, exp.Any) else "all"
    compared = _COMPARISONS.get(type(node))
    if compared is None:
        raise reader.refuse(node)
    if isinstance(array, exp.Array) and array.expressions:
        return _listed(reader, node, compared, array.expressions)
    if not isinstance(right.this, exp.Subquery | exp.Query):
        raise reader.refuse(node)
    if not reader.dialect.quantified:
        message = f"{reader.dialect.title} has no {word.upper()} with a query."
        raise reader.wrong("not_supported", message, node)
    name: Any = f"{compared} {word}"
    query = Subquery(query=reader.query(right.this))
    return Op(op=_LISTS.get(name, name), args=(reader.value(node.this), query))


def _listed(reader: Reader, node: exp.Binary, compared: str, values: list[exp.Expr]) -> Op:
    """Read an array with its values: `x > ANY (ARRAY[1, 2])` is `x > 1 OR x > 2`."""
    is_any = isinstance(node.expression, exp.Any)
    if name := _LISTS.get(f"{compared} {'any' if is_any else 'all'}"):
        listed = Values(values=reader.values(values))
        return Op(op=name, args=(reader.value(node.this), listed))
    if not isinstance(node.this, exp.Column | exp.Literal):  # which is written several times
        raise reader.refuse(node)
    op: Any = compared
    each = [Op(op=op, args=(reader.value(node.this), reader.value(value))) for value in values]
    return Op(op="or" if is_any else "and", args=tuple(each)) if each[1:] else each[0]
