"""Warnings about rows that are left out, or not found, because a value may be null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from queryexpr.dialects.operators import COMPARISONS, PATTERNS
from queryexpr.expression import Aggregate, Op, SetOperation, Star, Subquery
from queryexpr.issues import Issue
from queryexpr.lint.block import STRICT, Block, Name, warning
from queryexpr.lint.keys import Rows, Schema
from queryexpr.schema.catalogue import Table
from queryexpr.walk import walk

# Tests that are never true if their first operand is null.
_NO_NULLS = COMPARISONS | PATTERNS | {"between", "not between", "in", "not in", "is not null"}
_NO_NULLS -= {"is distinct from", "is not distinct from"}


def optional(table: Table | None, column: str) -> bool:
    """Does the schema say that the column of a table may be null? A key's never is."""
    declared = table.column(column) if table else None
    return declared is not None and declared.nullable and not declared.primary_key


# ── nullable_inner_join ─────────────────────────────────────────────────────────────────────


class _Result(NamedTuple):
    """What a block's result has: columns in `select`, and sources with all their columns.

    `chosen` are columns that rows are grouped by, or ordered by before LIMIT. `filtered` are
    sources and columns in conditions, except those of joins.
    """

    columns: set[Name]
    starred: set[str]
    chosen: set[Name]
    filtered: set[Any]


def left_out(block: Block, rows: Rows, schema: Schema) -> Iterator[Issue]:
    """Warn of rows that an inner join leaves out because their foreign key is null."""
    result = None
    for link in block.links:
        if link.join not in STRICT:
            continue
        for child, parent in ((link.one, link.other), (link.other, link.one)):
            if _may_miss(block, child, parent, schema):
                result = result or _result(block)
                if _misses(result, child, parent):
                    message = _left_out(block, child, parent)
                    yield warning("nullable_inner_join", message, link.pointer)


def _may_miss(block: Block, child: Name, parent: Name, schema: Schema) -> bool:
    table, target = block.table(child[0]), block.table(parent[0])
    if table is None or target is None or not optional(table, child[1]):
        return False
    if not table.primary_key and len(table.foreign_keys) > 1:
        return False  # it only connects others: a row without one of them has no meaning
    return schema.refers(table, child[1], target, parent[1])


def _misses(result: _Result, child: Name, parent: Name) -> bool:
    """Does the result show the child's rows, and would it show those without a parent?"""
    own = any(name[0] == child[0] and name != child for name in result.columns)
    chosen = any(name == child or name[0] == parent[0] for name in result.chosen)
    filtered = parent[0] in result.filtered or child in result.filtered
    return (own or child[0] in result.starred) and not chosen and not filtered


def _result(block: Block) -> _Result:
    node = block.node
    chosen = [block.value_of(value) for value in node.group_by]
    if node.limit is not None:
        chosen += [block.value_of(sort.by) for sort in node.order_by]
    filters = tuple(c.value for c in block.conditions if not block.equal(c.value))
    filtered: set[Any] = {*block.mentions(filters), *_names(filters, block)}
    starred = set(_starred(block))
    return _Result(_names(node.select, block), starred, _names(tuple(chosen), block), filtered)


def _names(values: tuple[Any, ...], block: Block) -> set[Name]:
    return {name for node, _ in walk(values) if (name := block.name(node))}


def _starred(block: Block) -> Iterator[str]:
    """Yield the sources whose columns are all selected, or whose rows are counted."""
    for node, _ in walk(block.node.select):
        if isinstance(node, Star) and node.table:
            yield node.table.lower()
        elif isinstance(node, Star) or _counts_rows(node):
            yield from block.members


def _counts_rows(node: Any) -> bool:
    return isinstance(node, Aggregate) and node.agg == "count" and not node.args


def _left_out(block: Block, child: Name, parent: Name) -> str:
    one, other = block.title(child[0]), block.title(parent[0])
    return (
        f"{block.full_name(child)} may be null: rows of {one} without a row of {other} are left"
        f" out. A left join that begins with {one} keeps them."
    )


# ── null_in_not_in ──────────────────────────────────────────────────────────────────────────


def not_in(block: Block, inner: dict[int, Block]) -> Iterator[Issue]:
    """Warn of NOT IN with a query that may return null. `inner` has the blocks of subqueries."""
    node, at = block.node, block.pointer
    parts = [(condition.value, condition.pointer) for condition in block.conditions]
    parts += [
        (node.select, f"{at}/select"),
        (node.having, f"{at}/having"),
        (node.qualify, f"{at}/qualify"),
    ]
    for value, pointer in parts:
        for test, place in walk(value, pointer):
            if (query := _excluded(test)) and (column := _null(query, inner)):
                yield warning("null_in_not_in", _not_in(column), f"{place}/args/1")


def _excluded(test: Any) -> Any:
    """Return the query of NOT IN, if `test` is one."""
    if isinstance(test, Op) and test.op == "not in" and len(test.args) == 2:
        right = test.args[1]
        return right.query if isinstance(right, Subquery) else None
    return None


def _null(query: Any, inner: dict[int, Block]) -> str | None:
    """Return the column of a query's result if it may be null by the schema."""
    while isinstance(query, SetOperation):
        query = query.left
    block = inner.get(id(query))
    name = block.name(block.node.select[0].expr) if block else None
    if block is None or name is None or name in set(_never_null(block)):
        return None
    return block.full_name(name) if optional(block.table(name[0]), name[1]) else None


def _never_null(block: Block) -> Iterator[Name]:
    """Yield the columns that are not null because of a condition."""
    for link in block.links:
        if link.join in STRICT:
            yield from (link.one, link.other)
    for condition in block.conditions:
        value = condition.value
        if condition.join in STRICT and isinstance(value, Op) and value.op in _NO_NULLS:
            yield from (name for arg in _strict(value) if (name := block.name(arg)))


def _strict(test: Op) -> tuple[Any, ...]:
    """Return the operands that are not null where `test` is true.

    A row may be NOT IN others although one of its values is null.
    """
    if test.op in COMPARISONS:
        return test.args
    return () if test.op == "not in" and len(test.args) > 2 else test.args[:1]


def _not_in(column: str) -> str:
    return (
        f"{column} may be null, and NOT IN returns no rows at all if one value in its list is null."
        f" Add the condition {column} IS NOT NULL to the query in parentheses."
    )
