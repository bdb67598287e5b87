"""Checks of the clauses of a query block: which names each sees, and what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.checker import Place
from queryexpr.check.conditions import as_value
from queryexpr.check.grouping import result_at
from queryexpr.check.lacking import check_group, check_truth
from queryexpr.check.ordering import check_distinct, checked_sorts
from queryexpr.check.relations.stars import is_misplaced, items_of
from queryexpr.check.scope import Scope
from queryexpr.check.widths import check_width_of
from queryexpr.expression import Item, Select, Sort, Star

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def checked_clauses(checker: Checker, node: Select, scope: Scope, pointer: str) -> dict[str, Any]:
    """Return the clauses of a query block with exact names."""
    dialect, values = checker.dialect, checker.values
    items = _items(checker, node, scope, f"{pointer}/select")
    scope.columns = [item.expr for item in items if not item.alias]
    scope.results = {scope.key(item.alias): item for item in items if item.alias}
    having = Place("HAVING", "last" if dialect.alias_in_having else "expand")
    check_group(checker, node.group_by, f"{pointer}/group_by")
    check_truth(checker, node.having, scope, f"{pointer}/having")
    return {
        "select": items,
        "where": values.condition(node.where, scope, f"{pointer}/where", "WHERE"),
        "group_by": _groups(checker, node, items, scope, f"{pointer}/group_by"),
        "having": values.value(node.having, scope, f"{pointer}/having", having),
        "qualify": values.value(
            node.qualify, scope, f"{pointer}/qualify", Place("QUALIFY", "expand")
        ),
        "distinct_on": values.every(
            node.distinct_on, scope, f"{pointer}/distinct_on", Place("DISTINCT ON", "first")
        ),
        "order_by": _sorts(checker, node, scope, f"{pointer}/order_by"),
    }


def _groups(
    checker: Checker, node: Select, items: tuple[Item, ...], scope: Scope, pointer: str
) -> tuple[Any, ...]:
    """Return GROUP BY; a star there, which PIVOT makes, is the columns that it means."""
    results: Any = "last" if checker.dialect.alias_in_group_by else "expand"
    place = Place("GROUP BY", results, subject=True)
    match node.group_by:
        case (Star(except_=names) as star,) if names and node.group_by == (node.select[0].expr,):
            silent = [item.expr for item in items_of(checker, Item(expr=star), scope, pointer)]
            return tuple(silent)
    groups = checker.values.every(node.group_by, scope, pointer, place)
    if checker.dialect.positions_in_group_by:
        return groups
    return tuple(result_at(value, items) for value in groups)


def _sorts(checker: Checker, node: Select, scope: Scope, pointer: str) -> tuple[Sort, ...]:
    sorts = checked_sorts(checker, node.order_by, scope, pointer)
    if node.distinct:
        items = (Item(expr=one) for one in scope.columns)
        check_distinct(checker, (*scope.results.values(), *items), sorts, pointer)
    return sorts


def _items(checker: Checker, node: Select, scope: Scope, pointer: str) -> tuple[Item, ...]:
    """Return the items of SELECT; a star that leaves columns out is several."""
    items: list[Item] = []
    place_of = Place("SELECT", "expand", subject=True) if _sees_aliases(checker) else _SELECT
    for place, item in enumerate(node.select):
        at = f"{pointer}/{place}"
        if isinstance(item.expr, Star):
            expand = is_misplaced(checker, node, place)
            items += items_of(checker, item, scope, f"{at}/expr", expand=expand)
            continue
        value = checker.values.value(item.expr, scope, f"{at}/expr", place_of)
        check_width_of(checker, value, scope, f"{at}/expr")
        if checker.native and not checker.dialect.conditions_are_values:
            value = as_value(value)
        items.append(item.model_copy(update={"expr": value}))
        if item.alias and _sees_aliases(checker):
            scope.results[scope.key(item.alias)] = items[-1]
    if not items:
        checker.wrong("star", "* without these columns is nothing.", pointer)
    return tuple(items) or node.select


def _sees_aliases(checker: Checker) -> bool:
    """Does a value of SELECT see the aliases before it?"""
    return checker.native and checker.dialect.aliases_in_select


_SELECT = Place("SELECT", subject=True)
