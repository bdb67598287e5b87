"""Our queries and their clauses → sqlglot's: one function for each class, in QUERIES."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.aggregates import write_order
from queryexpr.build.builder import Builder, Writing
from queryexpr.build.groups import write_groups
from queryexpr.build.unnest import write_unnest
from queryexpr.check.conditions import as_value
from queryexpr.expression import (
    Derived,
    Item,
    Join,
    Joined,
    Select,
    SetOperation,
    TableName,
    Unnest,
    With,
)

_SETS = {"union": exp.Union, "intersect": exp.Intersect, "except": exp.Except}


def write_select(builder: Builder, node: Select) -> exp.Expr:
    source = builder.query(node.from_) if node.from_ else None
    select = exp.Select(
        with_=_with(builder, node),
        expressions=[_item(builder, item) for item in node.select],
        distinct=_distinct(builder, node),
        from_=exp.From(this=source) if source else None,
        joins=[_join(builder, join) for join in node.joins] or None,
        where=exp.Where(this=builder.value(node.where)) if node.where is not None else None,
        group=write_groups(builder, node),
        having=exp.Having(this=builder.value(node.having)) if node.having is not None else None,
        qualify=_qualify(builder, node),
    )
    return _tail(builder, node, select)


def _qualify(builder: Builder, node: Select) -> exp.Qualify | None:
    if node.qualify is None:
        return None
    if not builder.dialect.qualify:
        raise builder.lacks("QUALIFY")
    return exp.Qualify(this=builder.value(node.qualify))


def _distinct(builder: Builder, node: Select) -> exp.Distinct | None:
    if not node.distinct_on:
        return exp.Distinct() if node.distinct else None
    if not builder.dialect.distinct_on:
        raise builder.lacks("DISTINCT ON")
    return exp.Distinct(on=exp.Tuple(expressions=builder.values(node.distinct_on)))


def _with(builder: Builder, node: Select | SetOperation) -> exp.With | None:
    if not node.with_:
        return None
    ctes = [_cte(builder, cte) for cte in node.with_]
    return exp.With(
        expressions=ctes, recursive=node.recursive and builder.dialect.recursive != "none"
    )


def _cte(builder: Builder, node: With) -> exp.CTE:
    columns = [builder.name(column) for column in node.columns]
    alias = exp.TableAlias(this=builder.name(node.name), columns=columns or None)
    return exp.CTE(this=builder.query(node.query), alias=alias)


def _item(builder: Builder, node: Item) -> exp.Expr:
    values = builder.dialect.conditions_are_values
    value = builder.value(node.expr if values else as_value(node.expr))
    return exp.Alias(this=value, alias=builder.name(node.alias)) if node.alias else value


def _join(builder: Builder, node: Join) -> exp.Join:
    lateral = isinstance(node.source, Derived) and node.source.lateral
    if lateral and builder.dialect.lateral == "apply":
        return _apply(builder, node)
    if node.join == "full" and not builder.dialect.full_joins:
        raise builder.lacks("FULL JOIN")  # sqlglot would write two whole queries
    side = node.join.upper() if node.join in ("left", "right", "full") else None
    is_cross = node.join == "cross" and builder.dialect.cross_join_is_free
    return exp.Join(
        this=builder.query(node.source),
        side=side,
        kind="CROSS" if is_cross else None,
        method="NATURAL" if node.natural else None,
        on=builder.maybe(node.on),
        using=[builder.name(column) for column in node.using] or None,
    )


def _apply(builder: Builder, node: Join) -> exp.Join:
    """Write CROSS APPLY or OUTER APPLY, which have no condition."""
    is_outer = node.join == "left"
    condition = node.on not in (None, True) or node.using or node.natural
    if condition or (is_outer and node.on is None) or node.join not in ("left", "cross", "inner"):
        raise builder.lacks("lateral joins on a condition")
    source = builder.query(node.source)
    source.set("cross_apply", not is_outer)
    return exp.Join(this=source)


def write_table(builder: Builder, node: TableName) -> exp.Expr:
    if node.database and not builder.dialect.databases:
        raise builder.lacks(f"names of three parts, such as {node.name}")
    schema = node.schema_ or (builder.dialect.main_schema if node.database else None)
    return exp.Table(
        this=builder.name(node.table),
        db=builder.name(schema) if schema else None,
        catalog=builder.name(node.database) if node.database else None,
        alias=_alias(builder, node.alias),
    )


def _alias(builder: Builder, name: str | None) -> exp.TableAlias | None:
    return exp.TableAlias(this=builder.name(name)) if name else None


def write_derived(builder: Builder, node: Derived) -> exp.Expr:
    if node.lateral:
        if not builder.dialect.lateral:
            raise builder.lacks("LATERAL, which lets a query in FROM see the tables before it")
        query = exp.Subquery(this=builder.query(node.query))
        return exp.Lateral(this=query, alias=_alias(builder, node.alias))
    return exp.Subquery(this=builder.query(node.query), alias=_alias(builder, node.alias))


def write_joined(builder: Builder, node: Joined) -> exp.Expr:
    if isinstance(node.joined, Unnest) or getattr(node.joined, "lateral", False):
        raise builder.lacks("joins of a lateral source in parentheses")
    first = builder.query(node.joined)
    first.set("joins", [_join(builder, join) for join in node.joins])
    return exp.Subquery(this=first)


def write_set(builder: Builder, node: SetOperation) -> exp.Expr:
    name, _, every = node.set.partition(" ")
    whole = _SETS[name](
        with_=_with(builder, node),
        this=_side(builder, node.left, node.set, first=True),
        expression=_side(builder, node.right, node.set, first=False),
        distinct=not every,
    )
    return _tail(builder, node, whole)


def _side(builder: Builder, node: Any, operation: str, *, first: bool) -> exp.Expr:
    """Return one side of a set operation, in parentheses where its clauses would mix with it."""
    written = builder.query(node)
    own = node.with_ or node.order_by or node.limit is not None or node.offset is not None
    nests = builder.dialect.nested_sets
    is_read_first = first and (not nests or getattr(node, "set", "") == operation)
    nested = isinstance(node, SetOperation) and not is_read_first
    if not own and not nested:
        return written
    if not nests:
        return exp.select("*").from_(exp.Subquery(this=written))
    return exp.Subquery(this=written)


def _tail(builder: Builder, node: Select | SetOperation, query: exp.Query) -> exp.Expr:
    if node.order_by:
        query.set("order", write_order(builder, node.order_by))
    limit = node.limit
    if limit is None and node.offset is not None:
        limit = builder.dialect.most_rows or None
    if limit is not None:
        query.set("limit", exp.Limit(expression=exp.Literal.number(limit)))
    if node.offset is not None:
        query.set("offset", exp.Offset(expression=exp.Literal.number(node.offset)))
    return query


QUERIES: dict[type, Writing] = {
    Select: write_select,
    SetOperation: write_set,
    TableName: write_table,
    Derived: write_derived,
    Joined: write_joined,
    Unnest: write_unnest,
}
