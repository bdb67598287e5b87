"""The columns that a star means, where USING makes one column of two."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from queryexpr.expression import Column

if TYPE_CHECKING:
    from queryexpr.check.scope import Scope, Source
    from queryexpr.dialects.dialect import Dialect
    from queryexpr.expression import Join


def merge(scope: Scope, before: int, join: Join, dialect: Dialect) -> None:
    """Put the columns of `*` in order after a join; `before` of them are of the sources before.

    Those that USING merges come first: in its own order, or in MySQL in that of the first table,
    which is the other one in a right join. Some dialects leave them in their place.
    """
    left, right = scope.star[:before], scope.star[before:]
    names = [scope.key(column) for column in join.using]
    kept = right if join.join == "right" else left
    values = {one.name: one._replace(merged=True) for one in reversed(kept) if one.name in names}
    if dialect.merged_columns == "first" and join.join == "right":
        left, right = right, left
    rest = [one for one in right if one.name not in names]
    if dialect.merged_columns == "place":
        scope.star = [*(values.get(one.name, one) for one in left), *rest]
        return
    order = names if dialect.merged_columns == "using" else [one.name for one in left]
    first = [values[name] for name in order if name in values]
    scope.star = [*first, *(one for one in left if one.name not in names), *rest]


def columns_of(scope: Scope) -> list[Column]:
    """Return the columns that `*` means. One that is merged has a table only if it needs it."""
    counts = Counter(one.name for one in scope.star)
    return [
        Column(column=one.output.name)
        if one.merged and counts[one.name] == 1
        else Column(column=one.output.name, table=one.source.alias)
        for one in scope.star
    ]


def common(before: list[Source], after: list[Source]) -> tuple[str, ...]:
    """Return the columns that both sides of a natural join have, each once."""
    right = {name for source in after for name in source.columns or {}}
    left = {
        name: output.name
        for source in reversed(before)
        for name, output in (source.columns or {}).items()
        if name in right
    }
    first = (name for source in before for name in source.columns or {} if name in left)
    return tuple(left[name] for name in dict.fromkeys(first))


def named_as(column: str, sources: list[Source], scope: Scope) -> str:
    """Return a column of USING as it is spelled in the first source that has it."""
    name = scope.key(column)
    spelled = (s.columns[name].name for s in sources if s.columns and name in s.columns)
    return next(spelled, column)
