"""Comparisons with each value of a query, or of a list: `x >= ALL (SELECT …)`, `x = ANY (…)`."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from queryexpr.expression import Op, Subquery, Values
from queryexpr.lift.reader import Reader

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_LISTS = {"= any": "in", "<> all": "not in"}


def of_all(right: exp.Expr) -> exp.Expr:
    """Return ALL (…) as such: sqlglot takes it for a call where there is no query and no ARRAY."""
    if isinstance(right, exp.Anonymous) and right.name.upper() == "ALL" and right.expressions:
        return exp.All(this=right.expressions[0])
    return right


def read_quantified(reader: Reader, node: exp.Binary, right: exp.Any | exp.All) -> Op:
    """Read `x = ANY (SELECT …)`, which is `x IN (SELECT …)`, and its like with ALL."""
    word = "any" if isinstance(right, exp.Any) else "all"
    compared = _COMPARISONS.get(type(node))
    if compared is None:
        raise reader.refuse(node)
    if values := written_out(reader, right):
        return _listed(reader, node, compared, right, values)
    if not isinstance(right.this, exp.Subquery | exp.Query):
        raise reader.refuse(node)
    if not reader.dialect.quantified:
        message = f"{reader.dialect.title} has no {word.upper()} with a query."
        raise reader.wrong("not_supported", message, node)
    name: Any = f"{compared} {word}"
    query = Subquery(query=reader.query(right.this))
    return Op(op=_LISTS.get(name, name), args=(reader.value(node.this), query))


def written_out(reader: Reader, right: exp.Any | exp.All) -> list[exp.Expr]:
    """Return the values of an array that is written out, ARRAY['a', 'b'] or '{a,b}'::TEXT[]."""
    array = right.this.unnest()
    if isinstance(array, exp.Array):
        return list(array.expressions)
    if not isinstance(array, exp.Cast) or not array.to.is_type("array"):
        return []
    is_text = array.this.is_string and reader.dialect.nested_types == "squares"
    text = array.this.name if is_text else ""
    words = [word.strip() for word in text[1:-1].split(",")] if _WRITTEN.fullmatch(text) else []
    if "null" in map(str.lower, words):
        return []
    is_number = all(map(str.isdigit, words)) and not array.to.expressions[0].is_type(*_TEXTS)
    return [exp.Literal(this=word, is_string=not is_number) for word in words]


_WRITTEN = re.compile(r"\{ *[\w%.-]+(?: [\w%.-]+)* *(?:, *[\w%.-]+(?: [\w%.-]+)* *)*\}")
_TEXTS = exp.DataType.TEXT_TYPES


def read_like_any(reader: Reader, node: exp.Like | exp.ILike, right: exp.Any | exp.All) -> Op:
    """Read `x LIKE ANY (ARRAY['a%', 'b%'])`, which is `x LIKE 'a%' OR x LIKE 'b%'`."""
    patterns = written_out(reader, right)
    if not patterns or not isinstance(node.this, exp.Column):  # which is written several times
        raise reader.refuse(right)
    negate = node.args.get("negate")
    kind = type(node)
    tests = [kind(this=node.this, expression=each, negate=negate) for each in patterns]
    args = reader.values(list(tests))
    return Op(op="or" if isinstance(right, exp.Any) else "and", args=args) if args[1:] else args[0]


def _listed(
    reader: Reader,
    node: exp.Binary,
    compared: str,
    right: exp.Any | exp.All,
    values: list[exp.Expr],
) -> Op:
    """Read an array with its values: `x > ANY (ARRAY[1, 2])` is `x > 1 OR x > 2`."""
    is_any = isinstance(right, exp.Any)
    if name := _LISTS.get(f"{compared} {'any' if is_any else 'all'}"):
        listed = Values(values=reader.values(values))
        return Op(op=name, args=(reader.value(node.this), listed))
    if not isinstance(node.this, exp.Column | exp.Literal):  # which is written several times
        raise reader.refuse(node)
    op: Any = compared
    each = [Op(op=op, args=(reader.value(node.this), reader.value(value))) for value in values]
    return Op(op="or" if is_any else "and", args=tuple(each)) if each[1:] else each[0]
