"""FROM, its joins and its tables → ours."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Derived, Item, Join, Joined, Select, Star, TableName, Unnest
from queryexpr.lift.asof import read_asof
from queryexpr.lift.pivots import read_pivot
from queryexpr.lift.reader import Reader
from queryexpr.lift.renamed import read_named
from queryexpr.lift.unnest import read_rows_of


def read_from(reader: Reader, node: exp.From | None, joins: list[exp.Join]) -> dict[str, Any]:
    if node is None:
        return {}
    reader.only(node, "this")
    source = reader.query(node.this)
    if not joins and _is_dual(reader, source):
        return {}
    read = _grouped(reader, joins)
    if isinstance(source, Joined):  # FROM (a JOIN b …) JOIN c: the first parentheses change nothing
        return {"from_": source.joined, "joins": (*source.joins, *read)}
    return {"from_": source, "joins": read}


def _grouped(reader: Reader, joins: list[exp.Join]) -> tuple[Join, ...]:
    """Read joins. What is joined after a comma belongs to the table there, in most dialects."""
    groups: list[list[Join]] = [[]]
    for join in joins:
        if join.meta.get("comma") and reader.dialect.comma_binds_less:
            groups.append([])
        groups[-1].append(_join(reader, join))
    first, *others = groups
    return (*first, *(join for after_comma in others for join in _after_comma(after_comma)))


def _after_comma(joins: list[Join]) -> list[Join]:
    """Return joins of what follows a comma: as one, but for what sees the tables before it."""
    inner = all(join.join in ("inner", "left", "cross") for join in joins)
    source = joins[0].source
    sees = isinstance(source, Unnest) or (isinstance(source, Derived) and source.lateral)
    return joins if inner and sees else [_one(joins)]


def _one(joins: list[Join]) -> Join:
    first, *others = joins
    if not others:
        return first
    inner = first.source
    if isinstance(inner, Joined):  # a, (b JOIN c …) JOIN d
        source = Joined(joined=inner.joined, joins=(*inner.joins, *others))
    else:
        source = Joined(joined=inner, joins=tuple(others))
    return first.model_copy(update={"source": source})


def _is_dual(reader: Reader, source: Any) -> bool:
    """Is it the table of one row that means no table?"""
    named = isinstance(source, TableName) and source.table.lower() == "dual" and not source.schema_
    return named and reader.dialect.reads_dual


def _join(reader: Reader, node: exp.Join) -> Join:
    reader.only(node, "this", "on", "using", "side", "kind", "method")
    if (applied := node.this.args.get("cross_apply")) is not None:  # CROSS or OUTER APPLY
        source = reader.query(node.this)
        return Join(
            join="cross" if applied else "left", source=source, on=None if applied else True
        )
    if reader.dialect.joins_asof and node.args.get("method") == "ASOF":
        return read_asof(reader, node)
    side, kind, method = ((node.args.get(k) or "").lower() for k in ("side", "kind", "method"))
    if kind not in ("", "inner", "cross", "outer") or method not in ("", "natural"):
        raise reader.refuse(node, f"{method} {side} {kind}".strip())
    on = reader.maybe(node.args.get("on"))
    using = tuple(column.name for column in node.args.get("using") or [])
    bare = on is None and not using and not method and not side
    return Join(
        join="cross" if kind == "cross" or bare else side or "inner",
        source=reader.query(node.this), on=on, using=using, natural=method == "natural",
    )  # fmt: skip


def read_table(reader: Reader, node: exp.Table) -> TableName | Derived | Joined | Unnest:
    reader.only(node, "this", "db", "catalog", "alias", "joins", "pivots")
    if isinstance(node.this, exp.Dot):
        raise reader.wrong("not_supported", "A table's name has at most three parts.", node)
    if not isinstance(node.this, exp.Identifier):
        reader.only(node, "this", "alias")
        return read_rows_of(reader, node, node.this, node.args.get("alias"))
    table: Any = _table(reader, node)
    if node.args.get("pivots"):
        table = read_pivot(reader, table, node)
    joins = read_joins(reader, node)
    return Joined(joined=table, joins=joins) if joins else table


def _table(reader: Reader, node: exp.Table) -> TableName | Derived:
    alias, place = node.args.get("alias"), _place(reader, node)
    if alias is None or not alias.columns:
        name = alias.name if alias else None
        return TableName(table=node.name, alias=name, **place)
    rows = Select(from_=TableName(table=node.name, **place), select=(Item(expr=Star(star=True)),))
    return read_named(reader, rows, node)


def _place(reader: Reader, node: exp.Table) -> dict[str, str | None]:
    """Return the schema and the database of a table, as far as they are named."""
    database, schema = node.catalog or None, node.db or None
    if database and not reader.dialect.databases:
        message = f"{reader.dialect.title} has no names of three parts: {node.catalog!r} is a"
        message += " database."
        raise reader.wrong("not_supported", message, node)
    if database and not schema:  # `db..t`
        schema = reader.dialect.main_schema or None
    return {"schema_": schema, "database": database}


def read_joins(reader: Reader, node: exp.Expr) -> tuple[Join, ...]:
    """Read what is joined to a table, or to a query, inside parentheses."""
    return tuple(_join(reader, join) for join in node.args.get("joins") or ())
