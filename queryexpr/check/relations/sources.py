"""Checks of FROM: its tables are in the schema, and no two have one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.checker import Place
from queryexpr.check.join_order import check_order
from queryexpr.check.relations.merged import common, merge, named_as
from queryexpr.check.relations.series import check_rows
from queryexpr.check.relations.unnest import check_elements, lateral, source_of
from queryexpr.check.relations.wildcards import wildcard
from queryexpr.check.scope import Scope, Shown, Source, of_outputs, of_table
from queryexpr.check.unique import check_unique
from queryexpr.expression import Derived, Join, Joined, TableName, Unnest
from queryexpr.issues import Issue, Refused, did_you_mean

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker, Ctes
    from queryexpr.schema.catalogue import Table

MAX_SOURCES = 100  # of a query block


class Sources:
    """Checks sources for a Checker, and adds them to the scope."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    def source(self, node: Any, scope: Scope, ctes: Ctes, pointer: str) -> Any:
        """Return a source with exact names, and add it to the scope."""
        if isinstance(node, TableName):
            return self._table(node, scope, ctes, pointer)
        if isinstance(node, Unnest):
            return self._unnest(node, scope, ctes, pointer)
        read = self._derived if isinstance(node, Derived) else self._joined
        return read(node, scope, ctes, pointer)

    def joins(
        self, nodes: tuple[Join, ...], scope: Scope, ctes: Ctes, pointer: str
    ) -> tuple[Join, ...]:
        """Return joins with exact names. Conditions come last: in SQLite they name any source."""
        joins, counts = [], []
        for place, node in enumerate(nodes):
            joins.append(self._join(node, scope, ctes, f"{pointer}/{place}"))
            counts.append(len(scope.sources))
        self.checker.ctes = ctes
        for place, (join, count) in enumerate(zip(joins, counts, strict=True)):
            check_order(self.checker, join.on, scope, count, f"{pointer}/{place}/on")
        return tuple(
            join.model_copy(update={"on": self._on(join, scope, f"{pointer}/{place}")})
            for place, join in enumerate(joins)
        )

    def _table(self, node: TableName, scope: Scope, ctes: Ctes, pointer: str) -> TableName:
        alias = node.alias or node.table
        cte = ctes.get(self.checker.key(node.table)) if node.schema_ is None else None
        if cte is not None:
            node = node.model_copy(update={"table": cte.alias})
            self._add(scope, Source(alias, cte.columns, node=node, outputs=cte.outputs), pointer)
            return node
        if self.checker.catalogue is None:
            self._add(scope, Source(alias, None, node=node), pointer)
            return node
        return self._known_table(node, scope, ctes, pointer)

    def _known_table(self, node: TableName, scope: Scope, ctes: Ctes, pointer: str) -> TableName:
        assert self.checker.catalogue is not None
        table = self._find(node, pointer) or wildcard(self.checker, node)
        if table is None:
            names = [*self.checker.catalogue.names, *(cte.alias for cte in ctes.values())]
            near = self.checker.near(node.table, names)
            message = f"The schema has no table {node.name!r}.{did_you_mean(near)}"
            self.checker.wrong("unknown_table", message, pointer, near=near)
            self._add(scope, Source(node.alias or node.table, None, node=node), pointer)
            return node
        place = {"schema_": table.schema or None, "database": table.database or None}
        node = node.model_copy(update={"table": table.name, **place})
        self._add(scope, of_table(table, node.alias or table.name, node, self.checker.key), pointer)
        return node

    def _find(self, node: TableName, pointer: str) -> Table | None:
        """Return the table of the schema that a name means."""
        table = self._in_schema(node)
        if not node.database or (table and table.database):
            return table
        if table:
            where = f"The schema does not say in which database {table.name!r} is"
            message = f"{where}: {node.database!r} is left out."
            self.checker.wrong("database_ignored", message, pointer, severity="warning")
        return table

    def _in_schema(self, node: TableName) -> Table | None:
        """Return the table in its database, or the one of which the schema names none."""
        assert self.checker.catalogue is not None
        find, schema = self.checker.catalogue.table, node.schema_
        main = self.checker.dialect.main_schema
        if node.database and (found := find(node.table, schema or main, node.database)):
            return found
        is_main = schema is not None and schema.lower() == main
        table = find(node.table, schema) or (find(node.table) if is_main else None)
        if table is None or (is_main and table.schema.lower() not in ("", main)):
            return None
        return None if node.database and table.database else table

    def _derived(self, node: Derived, scope: Scope, ctes: Ctes, pointer: str) -> Derived:
        outer = scope.outer or Scope(
            key=scope.key
        )  # of the query around a subquery, whose names are seen
        outer = lateral(scope) if node.lateral else outer
        query, outputs = self.checker.queries.query(node.query, outer, ctes, f"{pointer}/query")
        check_unique(self.checker, outputs, pointer)
        if node.alias is None:  # most dialects require one
            node = node.model_copy(update={"alias": f"query_{len(scope.sources) + 1}"})
        node = node.model_copy(update={"query": query})
        self._add(scope, of_outputs(node.alias or "", outputs, scope.key, node), pointer)
        return node

    def _unnest(self, node: Unnest, scope: Scope, ctes: Ctes, pointer: str) -> Unnest:
        self.checker.ctes = ctes
        seen, at = lateral(scope), f"{pointer}/unnest"
        value = self.checker.values.value(node.unnest, seen, at, Place("FROM"))
        alias = node.alias or f"unnest_{len(scope.sources) + 1}"
        node = node.model_copy(update={"unnest": value, "alias": alias})
        if self.checker.dialect.unnest == "value":
            node = node.model_copy(update={"value": node.value or alias})
        check_elements(self.checker, node, seen, pointer)
        self._add(scope, source_of(self.checker, node, seen), pointer)
        check_rows(self.checker, scope, pointer)
        return node

    def _joined(self, node: Joined, scope: Scope, ctes: Ctes, pointer: str) -> Joined:
        """Check tables that are joined first: their conditions see no others."""
        inner = Scope(scope.outer, around=scope, key=scope.key)
        first = self.source(node.joined, inner, ctes, f"{pointer}/joined")
        joins = self.joins(node.joins, inner, ctes, f"{pointer}/joins")
        before = len(scope.star)
        for source in inner.sources.values():
            self._add(scope, source, pointer)
        scope.star[before:] = inner.star
        scope.merged |= inner.merged
        return node.model_copy(update={"joined": first, "joins": joins})

    def _on(self, join: Join, scope: Scope, pointer: str) -> Any:
        if join.on is None or (join.on is True and _is_lateral(join.source)):
            return join.on  # OUTER APPLY has no condition
        return self.checker.values.condition(join.on, scope, f"{pointer}/on", "ON")

    def _join(self, node: Join, scope: Scope, ctes: Ctes, pointer: str) -> Join:
        before, shown = list(scope.sources.values()), len(scope.star)
        source = self.source(node.source, scope, ctes, f"{pointer}/source")
        after = list(scope.sources.values())[len(before) :]
        using = node.using
        if node.natural and all(s.columns is not None for s in (*before, *after)):
            using = common(before, after)
        using = tuple(named_as(column, before, scope) for column in using)
        for column in using:
            self._using(column, before, after, pointer)
            scope.merged.add(scope.key(column))
        if node.join in ("right", "full") and _is_lateral(source):
            message = f"A {node.join} join cannot keep rows that are made for each row before."
            self.checker.wrong("join", message, pointer)
        if node.join == "cross" and (node.on is not None or using):
            message = "A cross join takes no condition: use an inner join."
            self.checker.wrong("join", message, pointer)
        natural = node.natural and using == ()
        joined = node.model_copy(update={"source": source, "using": using, "natural": natural})
        if using:
            merge(scope, shown, joined, self.checker.dialect)
        return joined

    def _using(self, column: str, before: list[Source], after: list[Source], at: str) -> None:
        for side in (before, after):
            if not any(s.columns is None or self.checker.key(column) in s.columns for s in side):
                message = f"USING needs {column!r} on both sides."
                self.checker.wrong("unknown_column", message, f"{at}/using")

    def _add(self, scope: Scope, source: Source, pointer: str) -> None:
        name = scope.key(source.alias)
        if len(scope.sources) == MAX_SOURCES:
            raise Refused(Issue("too_many_tables", f"FROM has over {MAX_SOURCES} tables."))
        if name in scope.sources:
            message = f"Two tables are named {source.alias!r}: change the alias of one."
            self.checker.wrong("duplicate_alias", message, pointer)
        scope.sources[name] = source
        scope.star += [Shown(scope.key(output.name), source, output) for output in source.outputs]


def _is_lateral(source: Any) -> bool:
    return isinstance(source, Unnest) or (isinstance(source, Derived) and source.lateral)
