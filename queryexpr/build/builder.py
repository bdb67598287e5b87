"""What the functions that write sqlglot's tree share: dispatch, names, refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
    """Writes one query for `dialect`.

    `quoted` has names whose letters' case is their own. A `native` query was SQL of the dialect.
    """

    def __init__(
        self,
        dialect: Dialect,
        catalogue: Catalogue | None,
        values: dict[type, Writing],
        queries: dict[type, Writing],
        quoted: Iterable[str] = (),
        *,
        native: bool = False,
    ) -> None:
        self.dialect = dialect
        self.native = native
        self.quoted = (catalogue.quoted if catalogue else frozenset()).union(quoted)
        own = (name for name in self.quoted if dialect.folds and name != dialect.folded(name))
        self._letters = {name.lower() for name in own}
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
        name = self.called(text)
        is_own = name == text and self.dialect.folds and name != self.dialect.folded(text)
        if is_own or not _WORD.fullmatch(text) or text.upper() in keywords(self.dialect):
            return exp.to_identifier(name, quoted=True)
        is_beside = text.lower() in self._letters  # its own letters would be read as folded too
        return exp.to_identifier(name if is_beside else text, quoted=False)

    def called(self, text: str) -> str:
        """Return what the database calls a name: only a quoted one keeps its letters' case."""
        is_kept = text in self.quoted or not self.dialect.folds or not _WORD.fullmatch(text)
        return text if is_kept else self.dialect.folded(text)

    def lacks(self, what: str) -> Refused:
        """Return the error that the dialect cannot say `what`."""
        return lacks(self.dialect, what)
