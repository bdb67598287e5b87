"""The base of an explanation: dispatch, the names of sources, and the layout of sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from queryexpr.check.kinds import kind
from queryexpr.check.scope import Scope, Source
from queryexpr.explain.words import CHAIN, SUM, Wording, Words, name
from queryexpr.expression import Column, Sort, TableName
from queryexpr.schema.catalogue import Family

if TYPE_CHECKING:
    from queryexpr.dialects.dialect import Dialect

MAX_SENTENCE = 140  # characters; a longer sentence becomes a list


@dataclass(slots=True)
class Writer:
    """Writes the sentences for one query. `values` and `queries` have a function for each class.

    `scopes` has the scope of each query block, by the block's `id`. `names` has the aliases of each
    table: one with several is called by its alias. `below` has the lines that belong below the
    current sentence.
    """

    dialect: Dialect | None  # of a query that was lifted from SQL
    scopes: dict[int, Scope]
    values: dict[type, Any]
    queries: dict[type, Any]
    scope: Scope | None = None  # of the current block
    names: dict[str, set[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # tables named so far
    below: list[str] = field(default_factory=list)
    counted: int = 0  # queries that have a number
    depth: int = 0

    def words(self, node: Any) -> Words:
        """Return the words for a value expression, and their level."""
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
        """Return the words for the order of rows."""
        return ", then ".join(
            f"{by(self, sort.by) if by else self.text(sort.by, SUM)}, {self._way(sort)}"
            for sort in sorts
        )

    def _way(self, sort: Sort) -> str:
        way = _WAYS.get(self.family(sort.by), _WAYS[""])[sort.dir == "desc"]
        return f"{way} and those without a value {sort.nulls}" if sort.nulls else way

    def family(self, node: Any) -> Family:
        """Return the kind of values that an expression has; empty where it is not known."""
        scope = self.scope or Scope()
        item = scope.result(node.column, node.table) if isinstance(node, Column) else None
        return kind(item.expr if item else node, scope)

    def label(self, source: Source) -> str:
        """Return the name of a source before one of its columns."""
        node = source.node
        return self.names_of_table(node)[1] if isinstance(node, TableName) else name(source.alias)

    def names_of_table(self, node: TableName) -> tuple[str, str]:
        """Return the name of a table in FROM, and before its columns."""
        parts = (node.database, node.schema_, node.table)
        full = ".".join(name(part) for part in parts if part)
        if len(self.names.get(node.table.lower(), ())) < 2:
            return full, name(node.table)
        if node.alias is None:
            return full, full
        title = f"{full} ({name(node.alias)})"
        return title, title if node.alias.lower() in self.names else name(node.alias)

    def query(self, node: Any) -> list[str]:
        """Return the lines for a query."""
        lines: list[str] = self.queries[type(node)](self, node)
        return lines

    def sentences(self, sentences: Iterator[list[str]]) -> list[str]:
        """Return sentences, each with the lines that belong below it."""
        lines: list[str] = []
        for sentence in sentences:
            lines += sentence
            lines += [f"  {line}" for line in self.below]
            self.below = []
        return lines

    def numbered(self, query: Any) -> str:
        """Explain a query below the sentence. Return its name there, such as `query 1`."""
        self.counted += 1
        number = self.counted
        self.put_below(f"Query {number}:", lambda: self.query(query))
        return f"query {number}"

    def put_below(self, header: str, body: Callable[[], list[str]]) -> None:
        """Put the lines of `body` below the current sentence."""
        below, self.below = self.below, []
        depth, self.depth = self.depth, 0
        lines = block(header, body())
        self.below, self.depth = [*below, *lines], depth


def sentence_of(whole: str, header: str, parts: list[str]) -> list[str]:
    """Return a sentence, or its parts under `header` if it would be long."""
    if len(whole) <= MAX_SENTENCE or len(parts) < 2:
        return [whole]
    return [header, *(f"  - {part}" for part in parts)]


def block(header: str, body: list[str]) -> list[str]:
    """Return `body` under its header, or on the same line if both are short."""
    whole = f"{header} {' '.join(body)}"
    if len(whole) <= MAX_SENTENCE and not any(line.startswith(" ") for line in body):
        return [whole]
    return [header, *(f"  {line}" for line in body)]


_WAYS = {
    "": ("smallest first", "largest first"), "text": ("from A to Z", "from Z to A"),
    "time": ("earliest first", "latest first"),
}  # fmt: skip
