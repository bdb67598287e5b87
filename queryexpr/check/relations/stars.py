"""Checks of stars: the columns that they mean, where some are left out or replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from queryexpr.check.checker import Place
from queryexpr.check.columns import unknown_alias
from queryexpr.check.growth import check_width
from queryexpr.check.relations.merged import columns_of
from queryexpr.check.scope import Scope, Source
from queryexpr.expression import Column, Item, Select, Star, Unnest
from queryexpr.issues import did_you_mean

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def is_misplaced(checker: Checker, node: Select, place: int) -> bool:
    """May the dialect not have the star of SELECT there? `id, *` is no SELECT in MySQL."""
    item, stars = node.select[place].expr, checker.dialect.stars
    plain = isinstance(item, Star) and item.table is None
    late = place > 0 if stars == "first" else stars == "alone" and len(node.select) > 1
    return plain and late


def items_of(
    checker: Checker, item: Item, scope: Scope, pointer: str, *, expand: bool = False
) -> list[Item]:
    """Return the items of the result that a star is: itself, or the columns that it means."""
    star = _exact(checker, item.expr, scope, pointer)
    if not (star.except_ or star.replace or expand or checker.expand_stars):
        return [item.model_copy(update={"expr": star})]
    sources = scope.of_star(star.table)
    if any(source.columns is None or isinstance(source.node, Unnest) for source in sources):
        message = "The columns that * means are not known here: name those that you need."
        checker.wrong("star", message, pointer)
        return [Item(expr=Star(star=True, table=star.table))]
    return _expanded(checker, star, scope, sources, pointer)


def _exact(checker: Checker, star: Any, scope: Scope, pointer: str) -> Star:
    exact: Star = star
    if not star.star:
        checker.wrong("shape", "'star' must be true.", pointer)
    if star.table is None:
        if not scope.sources:
            checker.wrong("star", "* needs a table in FROM.", pointer)
        return exact
    source = scope.source(star.table)
    if source is None:
        unknown_alias(checker, star.table, scope, pointer)
        return exact
    return exact.model_copy(update={"table": source.alias})


def _expanded(
    checker: Checker, star: Star, scope: Scope, sources: list[Source], pointer: str
) -> list[Item]:
    columns = list(_columns(star, scope, sources))
    check_width(len(columns))
    replaced = {scope.key(item.alias): item for item in star.replace if item.alias}
    left_out = {scope.key(name) for name in star.except_}
    known = {scope.key(column.column): column.column for column in columns}
    _check_names(checker, star, known, pointer)
    items = []
    for column in columns:
        name = scope.key(column.column)
        if name in replaced:
            at = f"{pointer}/replace/{list(replaced).index(name)}/expr"
            value = checker.values.value(replaced[name].expr, scope, at, Place("SELECT"))
            items.append(Item(expr=value, alias=column.column))
        elif name not in left_out:
            items.append(Item(expr=column))
    return items


def _columns(star: Star, scope: Scope, sources: list[Source]) -> Iterator[Column]:
    """Yield the columns of the sources that the star means."""
    if star.table is None:
        yield from columns_of(scope)
        return
    for source in sources:
        for output in source.outputs:
            yield Column(column=output.name, table=source.alias)


def _check_names(checker: Checker, star: Star, known: dict[str, str], pointer: str) -> None:
    for name in (*star.except_, *(item.alias or "" for item in star.replace)):
        if checker.key(name) not in known:
            near = checker.near(name, known.values())
            message = f"* has no column {name!r}.{did_you_mean(near)}"
            checker.wrong("unknown_column", message, pointer, near=near)
