"""Elements of arrays as rows → sqlglot's trees: one function for each way of writing them."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.parts import series_call
from queryexpr.expression import Column, Native, Series, Unnest
from queryexpr.walk import walk


def write_unnest(builder: Builder, node: Unnest) -> exp.Expr:
    write = _WAYS.get(builder.dialect.unnest)
    if write is None:
        raise builder.lacks("UNNEST, which makes rows of an array")
    if node.keep_empty and builder.dialect.unnest != "flatten":
        raise builder.lacks("UNNEST that keeps a row for an empty array")
    return write(builder, node)


def _value(builder: Builder, node: Unnest) -> exp.Expr:
    """Write UNNEST(a) AS x WITH OFFSET AS n."""
    if (node.position and node.first) or node.value not in (None, node.alias):
        raise builder.lacks("UNNEST with other names, or with positions from 1")
    columns = [builder.name(node.alias)] if node.alias else []
    offset = builder.name(node.position) if node.position else None
    alias = exp.TableAlias(columns=columns) if columns else None
    return exp.Unnest(expressions=[builder.value(node.unnest)], alias=alias, offset=offset)


def _table(builder: Builder, node: Unnest) -> exp.Expr:
    """Write UNNEST(a) WITH ORDINALITY AS t (x, n)."""
    if node.position and not node.first:
        raise builder.lacks("UNNEST with positions from 0")
    value = node.value or node.alias or "unnest"
    alias = exp.TableAlias(this=builder.name(node.alias or value), columns=[builder.name(value)])
    if isinstance(node.unnest, Series) and not node.position:
        return exp.Table(this=series_call(builder, node.unnest), alias=alias)
    is_call = isinstance(node.unnest, Native)
    if is_call and node.unnest.native in builder.dialect.row_calls:
        if node.position:
            raise builder.lacks(f"numbers of rows of {node.unnest.native}")
        return exp.Table(this=builder.value(node.unnest), alias=alias)
    offset = builder.name(node.position) if node.position else None
    return exp.Unnest(expressions=[builder.value(node.unnest)], alias=alias, offset=offset)


def _flatten(builder: Builder, node: Unnest) -> exp.Expr:
    """Write LATERAL FLATTEN(input => v) AS f, whose columns have names of their own."""
    _check_names(builder, node, "index")
    operands: list[exp.Expr] = [_named("input", builder.value(node.unnest))]
    if node.keep_empty:
        operands.append(_named("outer", exp.true()))
    call = exp.Anonymous(this="FLATTEN", expressions=operands)
    alias = exp.TableAlias(this=builder.name(node.alias or "flatten"))
    if not any(isinstance(part, Column) for part, _ in walk(node.unnest)):
        return exp.Table(this=exp.Anonymous(this="TABLE", expressions=[call]), alias=alias)
    return exp.Lateral(this=call, alias=alias)


def _named(name: str, value: exp.Expr) -> exp.Expr:
    return exp.Kwarg(this=exp.var(name), expression=value)


def _json_each(builder: Builder, node: Unnest) -> exp.Expr:
    _check_names(builder, node, "key")
    call = exp.Anonymous(this="JSON_EACH", expressions=[builder.value(node.unnest)])
    alias = exp.TableAlias(this=builder.name(node.alias or "json_each"))
    return exp.Table(this=call, alias=alias)


def _check_names(builder: Builder, node: Unnest, position: str) -> None:
    """Raise Refused for names that the columns do not have there."""
    value, number = (node.value or "value").lower(), (node.position or position).lower()
    if (value, number) != ("value", position) or node.first:
        what = f"names for the columns but 'value' and {position!r}, which counts from 0"
        raise builder.lacks(what)


_WAYS: dict[str, Writing] = {
    "value": _value, "table": _table, "flatten": _flatten, "json_each": _json_each,
}  # fmt: skip
