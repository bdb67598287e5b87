"""
Checks a query: its names against the schema, its values and clauses against the rules of SQL.

`check` returns the query with the names as the schema spells them, and the issues. It accepts only
tables and columns that are in the schema, and functions that are in a list. Measures and dimensions
are expanded first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from queryexpr.check.checker import Checked
from queryexpr.check.names import key_of_names
from queryexpr.check.queries import checker_for
from queryexpr.check.scope import Scope
from queryexpr.meaning.expand import expand

if TYPE_CHECKING:
    from queryexpr.dialects.dialect import Dialect
    from queryexpr.expression import QueryExpression
    from queryexpr.schema.catalogue import Catalogue


def check(
    expression: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue | None = None,
    *,
    strict_groups: bool = True,
    quoted: frozenset[int] | set[int] = frozenset(),
    expand_stars: bool = False,
) -> Checked:
    """Check a query for `dialect`. Without a catalogue, tables and columns are not checked.

    With `strict_groups` a column that is missing in GROUP BY is an error, else a warning. `quoted`
    has the `id`s of columns that were written in double quotes, which may be texts. With
    `expand_stars` the columns take the place of each star in SELECT, and always where the schema
    hides some.
    """
    meanings = catalogue.meanings if catalogue else None
    expression, wrong, warnings = expand(expression, dialect, catalogue)
    if wrong:
        return Checked(expression, wrong, None, ())
    native = expression.dialect is not None
    key = key_of_names(expression, dialect, catalogue)
    expand_stars = expand_stars or bool(meanings and meanings.hides)
    checker = checker_for(
        dialect, catalogue, native=native, strict_groups=strict_groups, quoted=quoted,
        expand_stars=expand_stars, key=key,
    )  # fmt: skip
    query, outputs = checker.queries.query(expression.query, Scope(key=key), {}, "/query")
    whole = expression.model_copy(update={"query": query})
    return Checked(whole, (*checker.issues, *warnings), outputs, tuple(checker.blocks))
