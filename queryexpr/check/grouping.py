"""
Checks of groups: each column of the result must have one value for each group.

The standard requires each column in GROUP BY, or that a primary key there determines it. SQLite and
MySQL otherwise return the value of any row, which is rarely what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from queryexpr.check.scope import Scope
from queryexpr.expression import Aggregate, Column, Item, Node, Op, Select, Star, Subquery, Window
from queryexpr.walk import children, conjuncts, fields, walk

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

Key = tuple[Any, ...]


class Groups(NamedTuple):
    """The keys of what rows are grouped by, and of what is in all grouping sets."""

    keys: set[Key]
    firm: set[Key]


def check_groups(checker: Checker, node: Select, scope: Scope, pointer: str) -> None:
    """Add an issue for the columns that are missing in GROUP BY, with the fix."""
    parts = [(item.expr, f"{pointer}/select/{n}/expr") for n, item in enumerate(node.select)]
    parts += [(node.having, f"{pointer}/having")] if node.having is not None else []
    parts += [(node.qualify, f"{pointer}/qualify")] if node.qualify is not None else []
    sorts = enumerate(sort.by for sort in node.order_by)
    parts += [(by, f"{pointer}/order_by/{n}/by") for n, by in sorts if not _is_alias(by, scope)]
    parts += [(value, f"{pointer}/distinct_on/{n}") for n, value in enumerate(node.distinct_on)]
    if not node.group_by and node.having is None and not any(aggregates(p) for p, _ in parts):
        return
    keys = keys_of_groups(node, scope)
    groups = Groups(keys, _in_all_sets(node, scope) if node.grouping_sets else keys)
    if checker.dialect.groups_follow_joins and not node.grouping_sets:
        keys = _with_determined(keys, node, scope)
        groups = Groups(keys, keys)
    loose = [(column, at) for part, at in parts for column in _loose(part, groups, scope)]
    if loose:
        _report(checker, node, loose, pointer)


def _is_alias(value: Any, scope: Scope) -> bool:
    """Is it an alias of the result? In ORDER BY it comes before a column of that name."""
    return (
        isinstance(value, Column) and not value.table and scope.key(value.column) in scope.results
    )


def aggregates(value: Any) -> bool:
    """Is there an aggregate over the query's rows in the value?"""
    if isinstance(value, Aggregate):
        return True
    if isinstance(value, Subquery) or not isinstance(value, Node):
        return False
    if isinstance(value, Window):
        inner = [*children(value.window), *value.partition_by, *value.order_by]
        return any(aggregates(child) for child in inner)
    return any(aggregates(child) for child in children(value))


def check_distinct(checker: Checker, node: Select, scope: Scope, pointer: str) -> None:
    """Add an issue unless ORDER BY begins with the values of DISTINCT ON."""
    if node.distinct_on and node.distinct:
        message = "Use 'distinct' or 'distinct_on', not both."
        checker.wrong("shape", message, f"{pointer}/distinct")
    distinct = {key(_value_of(value, node, scope), scope) for value in node.distinct_on}
    sorts = [_value_of(sort.by, node, scope) for sort in node.order_by[: len(distinct)]]
    if any(isinstance(value, int | Star) for value in sorts):
        return  # a number that counts columns of a star
    first = {key(value, scope) for value in sorts}
    if first - distinct and checker.dialect.distinct_on_leads_order:
        message = "ORDER BY must begin with the values of DISTINCT ON, which keeps the first rows."
        checker.wrong("distinct_on", message, f"{pointer}/order_by")


def keys_of_groups(node: Select, scope: Scope) -> set[Key]:
    """Return the keys of what GROUP BY names."""
    return {key(_value_of(value, node, scope), scope) for value in node.group_by}


def _in_all_sets(node: Select, scope: Scope) -> set[Key]:
    numbers = set(range(len(node.group_by))).intersection(*node.grouping_sets)
    return {key(_value_of(node.group_by[number], node, scope), scope) for number in numbers}


def _with_determined(groups: set[Key], node: Select, scope: Scope) -> set[Key]:
    """Return the groups, and the columns that keys and equalities determine by them."""
    joined = [node.where, *(join.on for join in node.joins if join.join in ("inner", "left"))]
    tests = [test for condition in joined for test, _ in conjuncts(condition, "")]
    pairs = [
        [key(arg, scope) if isinstance(arg, Node) else None for arg in test.args]
        for test in tests
        if isinstance(test, Op) and test.op == "=" and len(test.args) == 2
    ]
    known, before = set(groups), -1
    while before != len(known):
        before = len(known)
        for one, other in pairs:  # None is a constant
            known |= {each for each in (one, other) if each and {one, other} & {None, *known}}
        for source in scope.sources.values():
            names = source.table.primary_key if source.table else ()
            alias = scope.key(source.alias)
            if names and all(("column", alias, scope.key(name)) in known for name in names):
                known |= {("column", alias, name) for name in source.columns or {}}
    return known


def _value_of(value: Any, node: Select, scope: Scope) -> Any:
    """Return the value in `select` that a number or an alias names; other values as they are."""
    value = result_at(value, node.select)
    item = scope.result(value.column, value.table) if isinstance(value, Column) else None
    return item.expr if item else value


def result_at(value: Any, items: tuple[Item, ...]) -> Any:
    """Return the value of the result whose number it is, from 1; other values as they are."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return items[value - 1].expr if is_number and 0 < value <= len(items) else value


def key(value: Any, scope: Scope) -> Key:
    """Return a key that two values share exactly if they are the same."""
    if isinstance(value, Column):
        matches = scope.own(value.column, value.table)
        source = scope.key(matches[0][0].alias if matches else value.table or "")
        return ("column", source, scope.key(value.column))
    if isinstance(value, tuple):
        return tuple(key(child, scope) for child in value)
    if isinstance(value, Node):
        return (type(value).__name__, *(key(child, scope) for _, child in fields(value)))
    return (type(value).__name__, value)


def _loose(value: Any, groups: Groups, scope: Scope) -> Iterator[Column]:
    """Yield the columns of `value` that no group determines."""
    if not isinstance(value, Node) or isinstance(value, Aggregate | Subquery):
        return
    if key(value, scope) in groups.keys:
        return
    if isinstance(value, Column):
        if _is_loose(value, groups, scope):
            yield value
    elif isinstance(value, Star):
        yield from _loose_star(value, groups, scope)
    elif isinstance(value, Window) and isinstance(value.window, Aggregate):
        for child in (*value.window.args, *value.partition_by, *value.order_by):
            yield from _loose(child, groups, scope)
    else:
        for child in children(value):
            yield from _loose(child, groups, scope)


def _is_loose(column: Column, groups: Groups, scope: Scope) -> bool:
    matches = scope.known(column.column, column.table)
    if len(matches) != 1:
        return False  # an alias, a column of an outer query, or an error already
    source = matches[0][0]
    primary = source.table.primary_key if source.table else ()
    determined = {("column", scope.key(source.alias), scope.key(name)) for name in primary}
    return not (determined and determined <= groups.firm)


def _loose_star(star: Star, groups: Groups, scope: Scope) -> Iterator[Column]:
    for source in scope.of_star(star.table):
        for output in (source.columns or {}).values():
            column = Column(column=output.name, table=source.alias)
            if key(column, scope) not in groups.keys and _is_loose(column, groups, scope):
                yield column


def _report(checker: Checker, node: Select, loose: list[tuple[Column, str]], pointer: str) -> None:
    missing = list(dict.fromkeys(column for column, _ in loose))
    names = ", ".join(repr(f"{c.table}.{c.column}" if c.table else c.column) for c in missing[:5])
    values = [column.model_dump(by_alias=True, exclude_defaults=True) for column in missing]
    fix: list[dict[str, Any]] = [{"op": "add", "path": f"{pointer}/group_by", "value": values}]
    if node.group_by:
        fix = [{"op": "add", "path": f"{pointer}/group_by/-", "value": value} for value in values]
    verb = "is" if len(missing) == 1 else "are"
    message = f"{names} {verb} neither in GROUP BY nor in an aggregate: which row's value is meant?"
    severity = "error" if checker.strict_groups else "warning"
    checker.wrong("group_by", message, loose[0][1], severity=severity, fix=tuple(fix))


def check_qualify(checker: Checker, node: Select, pointer: str) -> None:
    """Add an issue if QUALIFY has no window to judge rows by."""
    if node.qualify is None:
        return
    inside = walk((node.select, node.qualify))
    if not any(isinstance(part, Window) for part, _ in inside):
        message = "QUALIFY needs a window, there or in SELECT: use 'where' or 'having'."
        checker.wrong("window", message, f"{pointer}/qualify")
