"""The base of a check: what its parts share, and the protocols of those that call each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from queryexpr.check.names import Key
from queryexpr.check.scope import Output, Scope, Source
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Aggregate, QueryExpression, Select, Sort, Window
from queryexpr.issues import Issue, Refused, did_you_mean, nearest
from queryexpr.schema.catalogue import Catalogue
from queryexpr.walk import walk

MAX_EXPANDED = 5000  # nodes of values that stand in place of aliases
MAX_LOOKUPS = 10  # of similar names in one query: each takes time
Ctes = dict[str, Source]


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked query. `expression` has the names as the schema spells them.

    `columns` are those of its result, None if they are not known. `blocks` has the query blocks,
    inner ones first, each with its scope and its JSON Pointer.
    """

    expression: QueryExpression
    issues: tuple[Issue, ...]
    columns: list[Output] | None
    blocks: tuple[tuple[Select, Scope, str], ...] = field(repr=False)

    @property
    def valid(self) -> bool:
        """Has it no errors? Warnings and notes do not count."""
        return all(issue.severity != "error" for issue in self.issues)


class Place:
    """Where a value is: its clause, and whether an aggregate or a window is around it."""

    __slots__ = ("aggregate", "clause", "results", "subject", "window")

    def __init__(
        self,
        clause: str,
        results: str = "",
        *,
        aggregate: bool = False,
        window: bool = False,
        subject: bool = False,
    ) -> None:
        self.clause = clause
        # Is it what a part of the query is about, such as the left of a comparison? A name that
        # is not there is no text then, although SQLite takes "a" for one.
        self.subject = subject
        # How an alias of the result is read here. "first": before a column of that name. "last":
        # after it. "expand": after it, and the alias is replaced by its value. "": not at all.
        self.results = results
        self.aggregate = aggregate
        self.window = window

    def inside(self, node: Any) -> Place:
        """Return the place of the operands of `node`."""
        if isinstance(node, Window):
            return Place(self.clause, self.results, aggregate=self.aggregate, window=True)
        if isinstance(node, Aggregate):
            return Place(
                self.clause, self.results, aggregate=True, window=self.window, subject=True
            )
        return self if isinstance(node, Sort) else self.about(False)

    def about(self, subject: bool) -> Place:
        """Return the place of what a part of the query is about, or of another value there."""
        if subject == self.subject:
            return self
        return Place(self.clause, self.results, aggregate=self.aggregate, window=self.window,
                     subject=subject)  # fmt: skip


class QueryCheck(Protocol):
    """Checks queries: see `queries.Queries`."""

    def query(
        self, node: Any, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[Any, list[Output] | None]:
        """Return a query with exact names, and the columns of its result."""
        ...


class ValueCheck(Protocol):
    """Checks values: see `values.Values`."""

    def condition(self, node: Any, scope: Scope, pointer: str, clause: str) -> Any:
        """Return a condition on rows, before they are grouped, with exact names."""
        ...

    def value(self, node: Any, scope: Scope, pointer: str, place: Place) -> Any:
        """Return a value expression with exact names."""
        ...

    def every(
        self, nodes: tuple[Any, ...], scope: Scope, pointer: str, place: Place
    ) -> tuple[Any, ...]:
        """Return several values with exact names."""
        ...


class Checker:
    """One pass over a query. `queries.checker_for` makes one, with its parts.

    `native`: the query may use its dialect's own functions. `quoted` has the `id`s of columns that
    were written in double quotes, which may be texts. With `expand_stars` the columns take the
    place of each star. Two names are one if `key` is the same of both.
    """

    queries: QueryCheck
    values: ValueCheck

    def __init__(
        self,
        dialect: Dialect,
        catalogue: Catalogue | None,
        *,
        native: bool,
        strict_groups: bool,
        quoted: frozenset[int] | set[int],
        expand_stars: bool = False,
        key: Key = str.lower,
    ) -> None:
        self.dialect = dialect
        self.catalogue = catalogue
        self.native = native
        self.strict_groups = strict_groups
        self.quoted = quoted
        self.expand_stars = expand_stars
        self.key = key
        self.issues: list[Issue] = []
        self.expanded = 0
        self.blocks: list[tuple[Select, Scope, str]] = []
        self.ctes: Ctes = {}

    def expand(self, value: Any) -> None:
        """Count the nodes of a value that is written in place of an alias. Raises Refused."""
        self.expanded += sum(1 for _ in walk(value, subqueries=True))
        if self.expanded > MAX_EXPANDED:
            message = "The aliases in the query stand for too much: write a query in FROM."
            raise Refused(Issue("too_large", message))

    def near(self, word: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names that are similar to `word`; none after MAX_LOOKUPS issues."""
        return nearest(word, names) if self.explains else ()

    @property
    def explains(self) -> bool:
        """May the next issue look for names?"""
        return len(self.issues) < MAX_LOOKUPS

    def wrong(self, code: str, message: str, pointer: str, **more: Any) -> None:
        """Add an issue."""
        self.issues.append(Issue(code, message, pointer=pointer, **more))

    def check_arity(
        self, name: str, count: int, known: dict[str, tuple[int, int]], pointer: str, what: str
    ) -> bool:
        """Add an issue unless `name` is known and takes `count` operands. Return whether it does.

        `known` has the minimum and maximum of operands, by name; `what` is the kind of function.
        """
        if name not in known:
            near = self.near(name, known)
            message = f"There is no {what} {name[:40]!r}.{did_you_mean(near)}"
            self.wrong("function", message, pointer, near=near)
            return False
        minimum, maximum = known[name]
        if not minimum <= count <= maximum:
            needs = str(minimum) if minimum == maximum else f"{minimum} to {maximum}"
            operands = "operand" if needs == "1" else "operands"
            self.wrong("operands", f"{name!r} takes {needs} {operands}, not {count}.", pointer)
        return minimum <= count <= maximum
