"""sqlglot's operators, comparisons and conditions → ours."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Native, Op, Subquery, Values
from queryexpr.lift.bits import BITS
from queryexpr.lift.containing import CONTAINING
from queryexpr.lift.quantified import of_all, read_like_any, read_quantified
from queryexpr.lift.reader import Reader, Reading
from queryexpr.lift.tuples import read_counted, read_row_in, read_same_row
from queryexpr.lift.unnest import elements


def read_chain(reader: Reader, node: exp.Connector | exp.DPipe) -> Op:
    """Read `a AND b AND c` as one operator, without recursion along the chain."""
    return Op(op=_BINARY[type(node)], args=reader.values(list(node.flatten())))


def read_binary(reader: Reader, node: exp.Binary) -> Op | Native:
    reader.only(node, "this", "expression", "typed", "safe")
    right = of_all(node.expression)
    if isinstance(right, exp.Any | exp.All):
        return read_quantified(reader, node, right)
    if isinstance(right, exp.Tuple) and isinstance(node.this, exp.Tuple):
        return read_same_row(reader, node, node.this.expressions, right.expressions)
    args = (reader.value(node.this), reader.value(right))
    if type(node) is exp.RegexpLike and reader.dialect.regexp_call:
        return Native(native=reader.dialect.regexp_call, args=args)
    return Op(op=_BINARY[type(node)], args=args)


def read_is(reader: Reader, node: exp.Is) -> Op:
    reader.only(node, "this", "expression", "negate")
    left, right = reader.value(node.this), node.expression
    word = {exp.Null: "null", exp.Boolean: "true" if right.this is True else "false"}.get(
        type(right)
    )
    if word:
        return Op(op=f"is {'not ' if node.args.get('negate') else ''}{word}", args=(left,))
    name = "is distinct from" if node.args.get("negate") else "is not distinct from"
    return Op(op=name, args=(left, reader.value(right)))


def read_distinct(reader: Reader, node: exp.NullSafeEQ | exp.NullSafeNEQ) -> Op:
    """Read `x IS [NOT] DISTINCT FROM y`. With NULL it is IS [NOT] NULL, as which it is written."""
    name = _BINARY[type(node)]
    if isinstance(node.expression.unnest(), exp.Null):
        name = "is null" if name == "is not distinct from" else "is not null"
        return Op(op=name, args=(reader.value(node.this),))
    return Op(op=name, args=(reader.value(node.this), reader.value(node.expression)))


def read_like(reader: Reader, node: exp.Like | exp.ILike) -> Op:
    reader.only(node, "this", "expression", "negate")
    right = of_all(node.expression)
    if isinstance(right, exp.Any | exp.All):
        return read_like_any(reader, node, right)
    return _like(reader, node, reader.value(node.expression))


def _like(reader: Reader, node: exp.Like | exp.ILike, *rest: Any) -> Op:
    name = "ilike" if isinstance(node, exp.ILike) else "like"
    if name == "like" and not reader.dialect.like_minds_case:
        name = "native like"
    negated = "not " if node.args.get("negate") else ""
    return Op(op=f"{negated}{name}", args=(reader.value(node.this), *rest))


def read_escape(reader: Reader, node: exp.Escape) -> Op:
    if not isinstance(node.this, exp.Like | exp.ILike) or isinstance(node.expression, exp.Null):
        raise reader.refuse(node)
    pattern = reader.value(node.this.expression)
    return _like(reader, node.this, pattern, reader.value(node.expression))


def read_between(reader: Reader, node: exp.Between) -> Op:
    reader.only(node, "this", "low", "high", "negate")
    parts = reader.values([node.this, node.args["low"], node.args["high"]])
    return Op(op="not between" if node.args.get("negate") else "between", args=parts)


def read_in(reader: Reader, node: exp.In) -> Op:
    reader.only(node, "this", "expressions", "query", "unnest", "negate")
    query = node.args.get("query")
    if isinstance(next(iter(node.expressions), None), exp.Values):
        query = node.expressions[0]
    if isinstance(node.this, exp.Tuple):
        return read_row_in(reader, node, query)
    right = (
        Subquery(query=reader.query(query))
        if query
        else elements(reader, node.args["unnest"].expressions[0])
        if node.args.get("unnest")
        else Values(values=reader.values(node.expressions))
        if node.expressions
        else None
    )
    if right is None:
        raise reader.wrong("empty_list", "IN needs at least one value.", node)
    name = "not in" if node.args.get("negate") else "in"
    return Op(op=name, args=(reader.value(node.this), right))


def read_exists(reader: Reader, node: exp.Exists) -> Op:
    reader.only(node, "this")
    return Op(op="exists", args=(Subquery(query=reader.query(node.this)),))


def read_not(reader: Reader, node: exp.Not) -> Op:
    value = reader.value(node.this)
    if isinstance(value, Op) and value.op in _NEGATED:
        return Op(op=_NEGATED[value.op], args=value.args)
    return Op(op="not", args=(value,))


_BINARY: dict[type[exp.Expr], Any] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "is not distinct from", exp.NullSafeNEQ: "is distinct from",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Mod: "%", exp.Div: "native /",
    exp.IntDiv: "native div",
    exp.RegexpLike: "native regexp", exp.RegexpILike: "native iregexp", exp.Glob: "native glob",
    exp.And: "and", exp.Or: "or", exp.DPipe: "||",
}  # fmt: skip
_OPPOSITES = {
    "in": "not in", "between": "not between", "exists": "not exists", "is null": "is not null",
    "is true": "is not true", "is false": "is not false", "like": "not like",
    "ilike": "not ilike", "native like": "not native like",
    "is not distinct from": "is distinct from",
}  # fmt: skip
_NEGATED: dict[str, Any] = _OPPOSITES | {value: key for key, value in _OPPOSITES.items()}
CONDITIONS: dict[type[exp.Expr], Reading] = {
    **dict.fromkeys(_BINARY, read_binary),
    **dict.fromkeys((exp.And, exp.Or, exp.DPipe), read_chain),
    **dict.fromkeys((exp.Like, exp.ILike), read_like),
    **dict.fromkeys((exp.NullSafeEQ, exp.NullSafeNEQ), read_distinct),
    exp.Is: read_is, exp.Escape: read_escape, exp.Between: read_between, exp.In: read_in,
    exp.Tuple: read_counted, exp.Exists: read_exists, exp.Not: read_not,
    **BITS, **CONTAINING,
}  # fmt: skip
