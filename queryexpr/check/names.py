"""Names whose letters' case matters: a dialect that folds plain names has them beside others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from queryexpr.walk import fields, walk

if TYPE_CHECKING:
    from queryexpr.dialects.dialect import Dialect
    from queryexpr.expression import QueryExpression
    from queryexpr.schema.catalogue import Catalogue

Key = Callable[[str], str]
_FIELDS = frozenset("column table alias name columns using value position".split())


def key_of_names(expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None) -> Key:
    """Return the function whose results are equal for two spellings of one name.

    A name is looked up in letters of either case, unless another one differs in these only.
    """
    exact = clashing(expression, dialect, catalogue)
    return (lambda name: f'"{name}"' if name in exact else name.lower()) if exact else str.lower


def clashing(
    expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None
) -> set[str]:
    """Return the quoted names that differ from another name in the case of their letters only."""
    if not dialect.folds:
        return set()
    quoted = {*expression.quoted, *(catalogue.quoted if catalogue else ())}
    quoted = {name for name in quoted if dialect.folded(name) != name}
    if not quoted:
        return set()
    spellings: dict[str, set[str]] = {}
    known = catalogue.spellings if catalogue else ()
    for name in (*_names(expression.query), *known):
        own = name if name in quoted else dialect.folded(name)
        spellings.setdefault(name.lower(), set()).add(own)
    return {name for name in quoted if len(spellings.get(name.lower(), ())) > 1}


def _names(query: Any) -> Iterator[str]:
    for node, _ in walk(query, subqueries=True):
        for field, value in fields(node):
            if field in _FIELDS:
                yield from _texts(value)


def _texts(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def spelled(name: str, names: Iterable[str]) -> str | None:
    """Return the one of some names that has the same letters in another case."""
    letters = name.lower()
    return next((other for other in names if other != name and other.lower() == letters), None)
