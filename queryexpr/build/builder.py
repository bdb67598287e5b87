"""What the functions that write sqlglot's tree share: dispatch, names, refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import keywords
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue

Writing = Callable[["Builder", Any], exp.Expr]
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def lacks(target: Dialect, what: str) -> Refused:
    """Return the error that the dialect cannot say `what`."""
    message = f"{target.title} has no {what}. Choose another dialect, or ask without it."
    return Refused(Issue("dialect", message))


class Builder:
    """Writes one query for `dialect`."""

    def __init__(
        self,
        dialect: Dialect,
        catalogue: Catalogue | None,
        values: dict[type, Writing],
        queries: dict[type, Writing],
    ) -> None:
        self.dialect = dialect
        self.quoted = catalogue.quoted if catalogue else frozenset()
        self.types = catalogue.types if catalogue else {}
        self._values = values
        self._queries = queries

    def value(self, node: Any) -> exp.Expr:
        """Return sqlglot's tree of a value expression."""
        return self._values[type(node)](self, node)

    def values(self, nodes: tuple[Any, ...]) -> list[exp.Expr]:
        """Return sqlglot's trees of value expressions."""
        return [self.value(node) for node in nodes]

    def maybe(self, node: Any | None) -> exp.Expr | None:
        """Return sqlglot's tree of an optional value expression, whose absence is None."""
        return None if node is None else self.value(node)

    def query(self, node: Any) -> exp.Expr:
        """Return sqlglot's tree of a query, or of a source in FROM."""
        return self._queries[type(node)](self, node)

    def name(self, text: str) -> exp.Identifier:
        """Return a name, in quotes where it would not be read as this name without."""
        folds = self.dialect.folds
        plain = _WORD.fullmatch(text) and text.upper() not in keywords(self.dialect)
        if text in self.quoted and folds and text != getattr(text, folds)():
            return exp.to_identifier(text, quoted=True)
        if plain:
            return exp.to_identifier(text, quoted=False)
        folded = getattr(text, folds)() if folds and _WORD.fullmatch(text) else text
        return exp.to_identifier(folded, quoted=True)

    def lacks(self, what: str) -> Refused:
        """Return the error that the dialect cannot say `what`."""
        return lacks(self.dialect, what)
