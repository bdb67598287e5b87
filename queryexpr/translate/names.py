"""Names that differ in the case of their letters only, where another dialect has one for both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from queryexpr.check.names import clashing
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Column, Joined, QueryExpression, Select, TableName
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue
from queryexpr.walk import walk


def kept_quotes(
    expression: QueryExpression, source: Dialect, catalogue: Catalogue | None
) -> tuple[str, ...]:
    """Return the names that are written in quotes where `expression` goes.

    What the schema has without quotes stays plain, if its own dialect takes it with quotes too.
    """
    if catalogue is None or source.folds:
        return expression.quoted
    plain = catalogue.spellings - catalogue.quoted
    return tuple(name for name in expression.quoted if name not in plain)


def check_names(
    expression: QueryExpression, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> None:
    """Raise Refused if the query has two names side by side that are one in `target`."""
    if not clashing(expression, source, catalogue):
        return
    kept = {*expression.quoted, *(catalogue.quoted if catalogue else ())} if target.folds else ()
    nodes = (node for node, _ in walk(expression.query, subqueries=True))
    for names in (names for node in nodes for names in _beside(node, catalogue)):
        seen: dict[str, str] = {}
        for name in names:
            other = seen.setdefault(name if name in kept else target.folded(name), name)
            if other != name:
                message = f"{target.title} takes {other!r} and {name!r} for one name: rename one."
                raise Refused(Issue("dialect", message))


def _beside(node: Any, catalogue: Catalogue | None) -> Iterator[Iterable[str]]:
    """Yield the names that are defined in one place."""
    yield (cte.name for cte in getattr(node, "with_", ()))
    if isinstance(node, Select):
        yield filter(None, map(_result, node.select))
        yield _aliases((node.from_, *(join.source for join in node.joins)))
    if isinstance(node, TableName) and catalogue:
        table = catalogue.table(node.table, node.schema_, node.database)
        yield (column.name for column in table.columns) if table else ()


def _result(item: Any) -> str | None:
    return item.alias or (item.expr.column if isinstance(item.expr, Column) else None)


def _aliases(sources: Iterable[Any]) -> Iterator[str]:
    for source in sources:
        if isinstance(source, Joined):
            yield from _aliases((source.joined, *(join.source for join in source.joins)))
        elif name := source and (source.alias or getattr(source, "table", None)):
            yield name
