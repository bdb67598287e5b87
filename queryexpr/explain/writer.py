"""What the functions that put a query into words share: dispatch, whose columns are, layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from queryexpr.explain.words import CHAIN, SUM, Wording, Words, name
from queryexpr.expression import Aggregate, Column, Sort
from queryexpr.schema.catalogue import Catalogue, Family, Table

LONGEST = 140  # characters of a sentence; what is longer becomes a list


class Source(NamedTuple):
    """What stands in FROM. `table` is None where its columns are not known."""

    label: str
    table: Table | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The sources of columns, by the names that stand before them, and the result's aliases."""

    sources: dict[str, Source] = field(default_factory=dict)
    aliases: frozenset[str] = frozenset()
    outer: Scope | None = None

    def find(self, node: Column) -> tuple[Source | None, bool]:
        """Return the source of a column, and whether outer queries need not be searched."""
        if node.table is not None:
            source = self.sources.get(node.table.lower())
            return source, source is not None
        may = [s for s in self.sources.values() if s.table is None or s.table.column(node.column)]
        sure = len(may) == 1 and may[0].table is not None
        return may[0] if sure else None, bool(may) or node.column.lower() in self.aliases


@dataclass(slots=True)
class Writer:
    """Writes one query's sentences, by tables of what writes each class.

    `names` has what each table is called by: where it has several names, they are said.
    `below` are the lines that belong to the sentence at hand and stand below it.
    """

    dialect: str
    catalogue: Catalogue
    values: dict[type, Any]
    queries: dict[type, Any]
    scope: Scope | None = None
    names: dict[str, set[str]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)  # tables of WITH
    used: set[str] = field(default_factory=set)
    below: list[str] = field(default_factory=list)
    counted: int = 0  # queries that have a number
    depth: int = 0

    def words(self, node: Any) -> Words:
        """Return the words for a value expression, and how loosely they hold together."""
        words: Words = self.values[type(node)](self, node)
        return words

    def text(self, node: Any, loosest: int = CHAIN) -> str:
        """Return the words for a value expression, in parentheses if they are looser."""
        text, level = self.words(node)
        return text if level <= loosest else f"({text})"

    def texts(self, nodes: tuple[Any, ...], loosest: int = SUM) -> list[str]:
        """Return the words for several value expressions."""
        return [self.text(node, loosest) for node in nodes]

    def worded(self, wording: Wording, args: tuple[Any, ...], **more: str) -> Words:
        """Return the words of a template, and of the operands in it."""
        operands = self.texts(args, wording.operand)
        return wording.template.format(*operands, **more), wording.level

    def order(self, sorts: tuple[Sort, ...], by: Callable[[Writer, Any], str] | None = None) -> str:
        """Return what rows are ordered by."""
        return ", then ".join(
            f"{by(self, sort.by) if by else self.text(sort.by, SUM)}, {self._way(sort)}"
            for sort in sorts
        )

    def _way(self, sort: Sort) -> str:
        way = _WAYS.get(self.family(sort.by), _WAYS[""])[sort.dir == "desc"]
        return f"{way} and those without a value {sort.nulls}" if sort.nulls else way

    def family(self, node: Any) -> Family:
        """Return what kind of values a node has, where the catalogue tells."""
        if isinstance(node, Aggregate) and node.agg in ("min", "max") and node.args:
            return self.family(node.args[0])
        source = self.owner(node) if isinstance(node, Column) else None
        column = source.table.column(node.column) if source and source.table else None
        return column.family if column else ""

    def owner(self, node: Column) -> Source | None:
        """Return the source of a column; None where it cannot be told."""
        scope, source, known = self.scope, None, False
        while scope and not known:
            source, known = scope.find(node)
            scope = scope.outer
        return source

    def label(self, table: str) -> str:
        """Return what a table is called that stands before a column or a star."""
        found = self.owner(Column.model_construct(column="", table=table))
        return found.label if found else name(table)

    def query(self, node: Any) -> list[str]:
        """Return the lines for a query."""
        lines: list[str] = self.queries[type(node)](self, node)
        return lines

    def sentences(self, sentences: Iterator[list[str]]) -> list[str]:
        """Return sentences, each with the lines that stand below it."""
        lines: list[str] = []
        for sentence in sentences:
            lines += sentence
            lines += [f"  {line}" for line in self.below]
            self.below = []
        return lines

    def numbered(self, query: Any) -> str:
        """Return what a query is called that is explained below the sentence."""
        self.counted += 1
        number = self.counted
        self.put_below(f"Query {number}:", lambda: self.query(query))
        return f"query {number}"

    def put_below(self, header: str, body: Callable[[], list[str]]) -> None:
        """Have `body` stand below the sentence at hand."""
        below, self.below = self.below, []
        depth, self.depth = self.depth, 0
        lines = block(header, body())
        self.below, self.depth = [*below, *lines], depth


def said(whole: str, header: str, parts: list[str]) -> list[str]:
    """Return a sentence, or its parts under `header` where it would be long."""
    if len(whole) <= LONGEST or len(parts) < 2:
        return [whole]
    return [header, *(f"  - {part}" for part in parts)]


def block(header: str, body: list[str]) -> list[str]:
    """Return `body` under its header, or after it where all is short."""
    whole = f"{header} {' '.join(body)}"
    if len(whole) <= LONGEST and not any(line.startswith(" ") for line in body):
        return [whole]
    return [header, *(f"  {line}" for line in body)]


_WAYS = {
    "": ("smallest first", "largest first"), "text": ("from A to Z", "from Z to A"),
    "time": ("earliest first", "latest first"),
}  # fmt: skip
