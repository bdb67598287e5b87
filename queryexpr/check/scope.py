"""The names that a part of a query may use, and the sources and columns that they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from queryexpr.check.names import Key, spelled
from queryexpr.schema.catalogue import Family, Table

if TYPE_CHECKING:
    from queryexpr.expression import Derived, Item, TableName, Unnest


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a query's result. `name` is empty where nothing names it."""

    name: str
    family: Family = ""
    nullable: bool = True
    growth: int = 1  # how much longer than a value of a table it may be
    type: str = ""  # as the schema writes it


@dataclass(frozen=True, slots=True)
class Source:
    """A table, a query of WITH or a query in FROM. `columns` is None where they are not known.

    `outputs` has all of its columns, also where two have one name. `node` is the part of FROM that
    names it; the result of a set operation has none.
    """

    alias: str
    columns: Mapping[str, Output] | None  # by the key of its name
    table: Table | None = None
    node: TableName | Derived | Unnest | None = None
    outputs: tuple[Output, ...] = ()


class Shown(NamedTuple):
    """A column of `*`: the key of its name, its source, and whether USING has merged it."""

    name: str
    source: Source
    output: Output
    merged: bool = False


@dataclass(slots=True)
class Scope:
    """The sources of a query block, and the scope around it, whose names are seen as well.

    `key` returns what the names are looked up by: see `names.key_of_names`.
    """

    outer: Scope | None = None
    sources: dict[str, Source] = field(default_factory=dict)  # by the key of its alias
    merged: set[str] = field(default_factory=set)  # columns that USING merges
    around: Scope | None = None  # of what is joined in parentheses, or after a comma
    columns: list[Any] = field(default_factory=list)  # items of `select` without an alias
    results: dict[str, Item] = field(default_factory=dict)  # items of `select`, by alias
    # Subqueries that are values, by their `id`, with the families of their columns.
    star: list[Shown] = field(default_factory=list)  # the columns of `*`, in their order
    subqueries: dict[int, tuple[Any, tuple[Family, ...]]] = field(default_factory=dict)
    key: Key = str.lower

    def find(self, column: str, table: str | None) -> list[tuple[Source, Output]]:
        """Return the columns of that name in the nearest scope that has any."""
        scope: Scope | None = self
        while scope is not None:
            if matches := scope.own(column, table):
                return matches
            scope = scope.outer
        return []

    def own(self, column: str, table: str | None) -> list[tuple[Source, Output]]:
        """Return the columns of that name in this scope itself.

        A source whose columns are not known may have it: it is returned if no other has.
        """
        matches = self.known(column, table)
        if not matches:
            unknown = (source for source in self._candidates(table) if source.columns is None)
            return [(source, Output(column)) for source in unknown][:1]
        return matches[:1] if self.key(column) in self.merged else matches

    def known(self, column: str, table: str | None) -> list[tuple[Source, Output]]:
        """Return the columns of that name of sources whose columns are known."""
        name = self.key(column)
        return [
            (source, source.columns[name])
            for source in self._candidates(table)
            if source.columns is not None and name in source.columns
        ]

    def _candidates(self, table: str | None) -> list[Source]:
        if table is None:
            return list(self.sources.values())
        source = self.sources.get(self.key(table))
        return [source] if source else []

    def shown(self, matches: list[tuple[Source, Output]]) -> list[tuple[Source, Output]]:
        """Return those of several columns that the result shows under their own name."""
        return [
            (source, output)
            for source, output in matches
            if any(
                self.key(getattr(value, "table", None) or "") == self.key(source.alias)
                and self.key(getattr(value, "column", output.name)) == self.key(output.name)
                for value in self.columns
            )
        ]

    def result(self, column: str, table: str | None) -> Item | None:
        """Return the item of `select` whose alias that is, unless a source has such a column."""
        item = self.results.get(self.key(column)) if table is None else None
        return None if item and self.known(column, None) else item

    def source(self, alias: str) -> Source | None:
        """Return the source of that alias in the nearest scope."""
        scope: Scope | None = self
        while scope is not None:
            if source := scope.sources.get(self.key(alias)):
                return source
            scope = scope.outer
        return None

    def owners(self, column: str, table: str | None) -> list[Source]:
        """Return the sources that a column may belong to: several if that is not known."""
        if table is not None:
            source = self.source(table)
            return [source] if source else []
        scope: Scope | None = self
        while scope is not None:
            known = [source for source, _ in scope.known(column, None)]
            if owners := known or [s for s in scope.sources.values() if s.columns is None]:
                return owners
            scope = scope.outer
        return []

    def owner(self, column: str, table: str | None) -> Source | None:
        """Return the source of a column; None for an alias of the result, or if several match."""
        if self.result(column, table) is not None:
            return None
        owners = self.owners(column, table)
        return owners[0] if len(owners) == 1 else None

    def nearly(self, column: str, table: str | None, *, results: bool) -> str | None:
        """Return the column or alias of the result that the name is in letters of another case."""
        sources = [self.source(table)] if table else [*self.every()]
        names = (o.name for source in sources if source for o in (source.columns or {}).values())
        aliases = [item.alias or "" for item in self.results.values() if results]
        return spelled(column, (*aliases, *names))

    def families(self, query: Any) -> tuple[Family, ...]:
        """Return the kinds of values in the columns of a subquery, as far as they are known."""
        return self.subqueries.get(id(query), (None, ()))[1]

    def family(self, query: Any) -> Family:
        """Return the kind of values in the one column of a subquery, as far as it is known."""
        found = self.families(query)
        return found[0] if len(found) == 1 else ""

    def of_star(self, table: str | None) -> list[Source]:
        """Return the sources whose columns a star means."""
        named = table and self.key(table)
        return [s for alias, s in self.sources.items() if not named or alias == named]

    def every(self) -> Iterator[Source]:
        """Yield all sources that can be named here, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope.sources.values()
            scope = scope.outer


def of_table(table: Table, alias: str, node: TableName, key: Key) -> Source:
    """Return the source that a table of the schema is."""
    columns = {
        key(c.name): Output(c.name, c.family, c.nullable, type=c.type) for c in table.columns
    }
    return Source(alias, columns, table, node, tuple(columns.values()))


def of_outputs(
    alias: str, outputs: list[Output] | None, key: Key, node: Derived | None = None
) -> Source:
    """Return the source that a query's result is."""
    if outputs is None:
        return Source(alias, None, node=node)
    named = [output for output in outputs if output.name]
    columns = {key(output.name): output for output in reversed(named)}  # the first of two
    return Source(alias, columns, node=node, outputs=tuple(outputs))
