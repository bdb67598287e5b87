"""
Is a query right? Names are found in the schema and written as it spells them; the rest is judged.

`check` returns the query with its names so written, and what is wrong with it. What it accepts is
a closed world: no table, column or function that is not in the schema or in a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from queryexpr.check.grouping import check_distinct, check_groups
from queryexpr.check.kinds import describe
from queryexpr.check.scope import Output, Scope, Source, of_outputs
from queryexpr.check.sources import Ctes, Sources
from queryexpr.check.values import Values
from queryexpr.dialects.dialects import Dialect
from queryexpr.expression import Item, QueryExpression, Select, SetOperation, Star, With
from queryexpr.issues import Issue, nearest
from queryexpr.schema.catalogue import Catalogue


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


def check(
    expression: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue | None = None,
    *,
    strict_groups: bool = True,
    quoted: frozenset[int] | set[int] = frozenset(),
) -> Checked:
    """Check a query for `dialect`. Without a catalogue, tables and columns are not checked.

    With `strict_groups` a column outside of GROUP BY is an error, else a warning. `quoted` has the
    `id`s of columns that were written in double quotes, which may be texts.
    """
    checker = Checker(expression, dialect, catalogue, strict_groups, quoted)
    query, outputs = checker.query(expression.query, Scope(), {}, "/query")
    whole = expression.model_copy(update={"query": query})
    return Checked(whole, tuple(checker.issues), outputs, tuple(checker.blocks))


MOST_LOOKUPS = 10


class Checker:
    """One pass over a query."""

    def __init__(
        self,
        expression: QueryExpression,
        dialect: Dialect,
        catalogue: Catalogue | None,
        strict_groups: bool,
        quoted: frozenset[int] | set[int],
    ) -> None:
        self.dialect = dialect
        self.catalogue = catalogue
        self.strict_groups = strict_groups
        self.issues: list[Issue] = []
        self.blocks: list[tuple[Select, Scope, str]] = []
        self.ctes: Ctes = {}
        self.sources = Sources(self)
        self.values = Values(self, native=expression.dialect is not None, quoted=quoted)

    def near(self, word: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names that look like `word`; none once there is much wrong: it takes time."""
        return nearest(word, names) if len(self.issues) < MOST_LOOKUPS else ()

    def wrong(self, code: str, message: str, pointer: str, **more: Any) -> None:
        """Add an issue."""
        self.issues.append(Issue(code, message, pointer=pointer, **more))

    def query(
        self, node: Any, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[Any, list[Output] | None]:
        """Return a query with exact names, and the columns of its result."""
        withs, ctes = self._with(node, outer, ctes, pointer)
        read = self._set if isinstance(node, SetOperation) else self._select
        query, outputs = read(node.model_copy(update={"with_": withs}), outer, ctes, pointer)
        return query, outputs

    def _with(
        self, node: Any, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[tuple[With, ...], Ctes]:
        seen, read = dict(ctes), []
        own: set[str] = set()
        for place, cte in enumerate(node.with_):
            at, name = f"{pointer}/with/{place}", cte.name.lower()
            if name in own:
                self.wrong("duplicate_alias", f"WITH defines {cte.name!r} twice.", at)
            own.add(name)
            inner = dict(seen)
            if node.recursive:
                inner[name] = self._recursive(cte, outer, seen, at)
            query, outputs = self.query(cte.query, outer, inner, f"{at}/query")
            seen[name] = of_outputs(cte.name, self._renamed(cte, outputs, at))
            read.append(cte.model_copy(update={"query": query}))
        return tuple(read), seen

    def _recursive(self, cte: With, outer: Scope, seen: Ctes, pointer: str) -> Source:
        """Return what a query of WITH RECURSIVE is to itself: the columns of its first part."""
        if cte.columns:
            return of_outputs(cte.name, [Output(column) for column in cte.columns])
        first = cte.query.left if isinstance(cte.query, SetOperation) else cte.query
        silent = Checker(QueryExpression(query=first), self.dialect, self.catalogue, False, set())
        seen = {**seen, cte.name.lower(): Source(cte.name, None)}
        return of_outputs(cte.name, silent.query(first, outer, seen, pointer)[1])

    def _renamed(
        self, cte: With, outputs: list[Output] | None, pointer: str
    ) -> list[Output] | None:
        if not cte.columns or outputs is None:
            return outputs
        if len(cte.columns) != len(outputs):
            message = (
                f"WITH {cte.name!r} names {len(cte.columns)} columns; its query has {len(outputs)}."
            )
            self.wrong("column_count", message, f"{pointer}/columns")
        return [
            Output(name, output.family, output.nullable)
            for name, output in zip(cte.columns, outputs, strict=False)
        ]

    def _set(
        self, node: SetOperation, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[SetOperation, list[Output] | None]:
        left, outputs = self.query(node.left, outer, ctes, f"{pointer}/left")
        right, others = self.query(node.right, outer, ctes, f"{pointer}/right")
        if outputs is not None and others is not None and len(outputs) != len(others):
            message = (
                f"Both sides of {node.set.upper()} need as many columns: "
                f"the left has {len(outputs)}, the right {len(others)}."
            )
            self.wrong("column_count", message, pointer)
        scope = Scope(sources={"": of_outputs("", outputs)})
        self.ctes = ctes
        order = self.values.sorts(node.order_by, scope, f"{pointer}/order_by")
        return node.model_copy(update={"left": left, "right": right, "order_by": order}), outputs

    def _select(
        self, node: Select, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[Select, list[Output] | None]:
        scope = Scope(outer if outer.sources or outer.outer else None)
        read, at = self.sources, f"{pointer}/from"
        source = read.source(node.from_, scope, ctes, at) if node.from_ else None
        joins = read.joins(node.joins, scope, ctes, f"{pointer}/joins")
        clauses = self.values.clauses(node, scope, pointer)
        self.ctes = ctes
        whole = node.model_copy(update={"from_": source, "joins": joins, **clauses})
        self.blocks.append((whole, scope, pointer))
        check_groups(self, whole, scope, pointer)
        check_distinct(self, whole, scope, pointer)
        return whole, self._outputs(whole, scope)

    def _outputs(self, node: Select, scope: Scope) -> list[Output] | None:
        """Return the columns of a query's result; None where a star hides them."""
        outputs: list[Output] = []
        for item in node.select:
            found = self._item(item, scope)
            if found is None:
                return None
            outputs += found
        return outputs

    def _item(self, item: Item, scope: Scope) -> list[Output] | None:
        if not isinstance(item.expr, Star):
            return [describe(item, scope)]
        wanted = item.expr.table
        sources = [
            s for s in scope.sources.values() if not wanted or s.alias.lower() == wanted.lower()
        ]
        if any(source.columns is None for source in sources):
            return None
        every = [(name, o) for s in sources for name, o in (s.columns or {}).items()]
        seen = {name: output for name, output in every if name in scope.merged}
        return [*seen.values(), *(o for name, o in every if name not in scope.merged)]
