"""The base of a check: what all its parts share, and the parts that call each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from queryexpr.check.scope import Output, Scope, Source
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Aggregate, QueryExpression, Select, Window
from queryexpr.issues import Issue, did_you_mean, nearest
from queryexpr.schema.catalogue import Catalogue

MAX_LOOKUPS = 10  # of similar names in one query: each takes time
Ctes = dict[str, Source]


@dataclass(frozen=True, slots=True)
class Checked:
    """`expression` has exact names; `columns` is what its result has, None where not known."""

    expression: QueryExpression
    issues: tuple[Issue, ...]
    columns: list[Output] | None
    blocks: tuple[tuple[Select, Scope, str], ...] = field(repr=False)  # with its JSON Pointer

    @property
    def valid(self) -> bool:
        """Is there no error among the issues?"""
        return all(issue.severity != "error" for issue in self.issues)


class Place:
    """Where a value is: in which clause, and inside of what."""

    __slots__ = ("aggregate", "clause", "results", "window")

    def __init__(
        self, clause: str, results: str = "", *, aggregate: bool = False, window: bool = False
    ) -> None:
        self.clause = clause
        self.results = results  # are aliases of results seen? "first", "last", "expand" or not
        self.aggregate = aggregate  # inside of an aggregate
        self.window = window  # inside of a window

    def inside(self, node: Any) -> Place:
        """Return the place of the operands of `node`."""
        if isinstance(node, Window):
            return Place(self.clause, self.results, aggregate=self.aggregate, window=True)
        if isinstance(node, Aggregate):
            return Place(self.clause, self.results, aggregate=True, window=self.window)
        return self


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


class Checker:
    """One pass over a query. `queries.checker_for` makes one, with its parts.

    `native`: the query may use its dialect's own functions. `quoted` has the `id`s of columns that
    were written in double quotes, which may be texts.
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
    ) -> None:
        self.dialect = dialect
        self.catalogue = catalogue
        self.native = native
        self.strict_groups = strict_groups
        self.quoted = quoted
        self.issues: list[Issue] = []
        self.blocks: list[tuple[Select, Scope, str]] = []
        self.ctes: Ctes = {}

    def near(self, word: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names that look like `word`; none after MAX_LOOKUPS issues."""
        return nearest(word, names) if len(self.issues) < MAX_LOOKUPS else ()

    def wrong(self, code: str, message: str, pointer: str, **more: Any) -> None:
        """Add an issue."""
        self.issues.append(Issue(code, message, pointer=pointer, **more))

    def check_arity(
        self, name: str, count: int, known: dict[str, tuple[int, int]], pointer: str, what: str
    ) -> bool:
        """Add an issue unless `name` is known and takes `count` operands. Return whether it does.

        `known` maps names to the fewest and the most operands; `what` is the kind of function.
        """
        if name not in known:
            near = self.near(name, known)
            message = f"There is no {what} {name[:40]!r}.{did_you_mean(near)}"
            self.wrong("function", message, pointer, near=near)
            return False
        fewest, most = known[name]
        if not fewest <= count <= most:
            needs = str(fewest) if fewest == most else f"{fewest} to {most}"
            self.wrong("operands", f"{name!r} takes {needs} operands, not {count}.", pointer)
        return fewest <= count <= most
