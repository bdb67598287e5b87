"""
Measures and dimensions of a query → the expressions that they mean.

A table that a definition needs and FROM has not is added, by a declared join. A block without FROM
begins with the table of its first measure, so that none of its rows is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import (
    Column,
    DimensionName,
    MeasureName,
    Node,
    Null,
    QueryExpression,
    Select,
    TableName,
)
from queryexpr.issues import Issue, did_you_mean, nearest
from queryexpr.meaning.columns import as_measures
from queryexpr.meaning.expressions import is_native
from queryexpr.meaning.sources import join_of, paths, tables_in, undeclared
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.meanings import Definition, Meanings
from queryexpr.walk import rebuild, transform


class Expanded(NamedTuple):
    """A query without names of measures and dimensions; with errors, it is not to be used."""

    expression: QueryExpression
    issues: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()


def expand(expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None) -> Expanded:
    """Return the query with what its measures and dimensions mean in place of their names.

    `dialect` is the one that the query is checked for.
    """
    catalogue = catalogue or Catalogue()
    expression, warnings = as_measures(expression, catalogue)
    expansion = _Expansion(dialect, catalogue)
    query = expansion.node(expression.query, "/query")
    if not expansion.uses:
        return Expanded(expression)
    named = expression.dialect or (dialect.name if expansion.native else None)
    changed = expression.model_copy(update={"query": query, "dialect": named})
    return Expanded(changed, tuple(expansion.issues), warnings)


@dataclass(slots=True)
class _Block:
    """A query block: the aliases of its tables, and the tables that definitions need."""

    aliases: dict[str, list[str]]
    needs: dict[str, tuple[str, str]] = field(default_factory=dict)  # the spelling, and where
    measures: list[str] = field(default_factory=list)  # their tables
    named: dict[str, tuple[str, str]] = field(default_factory=dict)  # by columns, and not in FROM


class _Expansion:
    def __init__(self, dialect: Dialect, catalogue: Catalogue) -> None:
        self.dialect = dialect
        self.catalogue = catalogue
        self.meanings = catalogue.meanings or Meanings()
        self.issues: list[Issue] = []
        self.uses = 0
        self.native = False
        self._blocks: list[_Block] = []

    def node(self, node: Any, pointer: str) -> Any:
        if isinstance(node, tuple):
            parts = tuple(self.node(one, f"{pointer}/{n}") for n, one in enumerate(node))
            same = all(one is other for one, other in zip(node, parts, strict=True))
            return node if same else parts
        if isinstance(node, MeasureName | DimensionName):
            return self._expanded(node, pointer)
        if isinstance(node, Select):
            return self._select(node, pointer)
        if isinstance(node, Column) and node.table:
            self._note_table(node.table, pointer)
        return self._parts(node, pointer) if isinstance(node, Node) else node

    def _parts(self, node: Node, pointer: str) -> Node:
        return transform(node, lambda name, part, key: self.node(part, f"{pointer}/{key}"))

    # ── Query blocks ────────────────────────────────────────────────────────────────────────

    def _select(self, node: Select, pointer: str) -> Node:
        block = _Block(tables_in(node))
        self._blocks.append(block)
        changed: Any = self._parts(node, pointer)
        self._blocks.pop()
        if block.measures:
            self._check_joins(node, pointer)
            block.needs = {**block.named, **block.needs}
        return self._joined(changed, block) if block.needs else changed

    def _note_table(self, table: str, pointer: str) -> None:
        """Note a table of the schema that a column names, and no FROM around it has."""
        known = self.catalogue.table(table)
        seen = (alias.lower() for b in self._blocks for own in b.aliases.values() for alias in own)
        if known and self._blocks and table.lower() not in seen:
            self._blocks[-1].named.setdefault(table.lower(), (known.name, pointer))

    def _check_joins(self, node: Select, pointer: str) -> None:
        for number, table in undeclared(node, self.catalogue):
            message = (
                f"No declared join leads to {table!r} in this way, so it is not known whether it"
                " repeats rows of the measure. Join it as the meanings do, or leave the join out."
            )
            self._wrong("undeclared_join", message, f"{pointer}/joins/{number}")

    def _joined(self, node: Select, block: _Block) -> Select:
        """Return the block with the tables that it needs."""
        aliases = {table: found[0] for table, found in block.aliases.items()}
        if node.from_ is None:
            first = (block.measures or [spelled for spelled, _ in block.needs.values()])[0]
            node = node.model_copy(update={"from_": TableName(table=first)})
            aliases[first.lower()] = first
            block.needs.pop(first.lower(), None)
        joins = list(node.joins)
        for table, (spelled, pointer) in block.needs.items():
            for relation in self._way(set(aliases), table, spelled, pointer):
                right = relation.right.lower()
                if right not in aliases:
                    joins.append(join_of(relation, aliases[relation.left.lower()]))
                    aliases[right] = relation.right
        return node.model_copy(update={"joins": tuple(joins)})

    def _way(self, start: set[str], table: str, spelled: str, pointer: str) -> Any:
        found = paths(self.meanings, start, table) if table not in start else [()]
        if len(found) == 1:
            return found[0]
        others = " or ".join(" → ".join([w[0].left, *(r.right for r in w)]) for w in found[:3])
        message = f"Several declared joins lead to {spelled!r}: {others}. Join one in FROM."
        if not found:
            names = ", ".join(sorted(start)) or "what is in FROM"
            message = f"No declared join leads from {names} to {spelled!r}. Declare one."
        self._wrong("no_join", message, pointer)
        return ()

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    def _expanded(self, node: MeasureName | DimensionName, pointer: str) -> Any:
        self.uses += 1
        is_measure = isinstance(node, MeasureName)
        name = node.measure if isinstance(node, MeasureName) else node.dimension
        known = self.meanings.measures if is_measure else self.meanings.dimensions
        definition = known.get(name.lower())
        if definition is None or not self._blocks:
            self._unknown("measure" if is_measure else "dimension", name, known, pointer)
            return Null(null=True)
        if is_native(definition.expr):
            self._check_dialect(definition, pointer)
        block = self._blocks[-1]
        if is_measure:
            block.measures += definition.tables
        return self._placed(definition, block, pointer)

    def _unknown(self, kind: str, name: str, known: Any, pointer: str) -> None:
        near = nearest(name, [definition.name for definition in known.values()])
        none = "" if known else f" No {kind} is defined for these tables."
        message = f"There is no {kind} {name[:40]!r}.{none}{did_you_mean(near)}"
        self._wrong(f"unknown_{kind}", message, pointer, near)

    def _check_dialect(self, definition: Definition, pointer: str) -> None:
        self.native = True
        if self.dialect.name != self.meanings.dialect:
            message = (
                f"{definition.name!r} is defined in SQL of {self.meanings.dialect} only"
                f"{_at(definition)}, and this query is in another dialect."
            )
            self._wrong("dialect", message, pointer)

    def _placed(self, definition: Definition, block: _Block, pointer: str) -> Any:
        """Return the expression with the aliases that its tables have in the block."""
        names: dict[str, str] = {}
        for table in definition.tables:
            found = block.aliases.get(table.lower(), [])
            if len(found) > 1:
                message = (
                    f"{table!r} is {len(found)} times in FROM: which does {definition.name!r}"
                    f"{_at(definition)} mean? Use it in a query of its own."
                )
                self._wrong("ambiguous_table", message, pointer, tuple(found))
            if not found:
                block.needs.setdefault(table.lower(), (table, pointer))
            names[table.lower()] = found[0] if found else table
        return rebuild(definition.expr, lambda node: _renamed(node, names))

    def _wrong(self, code: str, message: str, pointer: str, near: tuple[str, ...] = ()) -> None:
        self.issues.append(Issue(code, message, pointer=pointer, near=near))


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, Column) and node.table:
        return node.model_copy(update={"table": names[node.table.lower()]})
    return node


def _at(definition: Definition) -> str:
    return f" ({definition.place})" if definition.place else ""
