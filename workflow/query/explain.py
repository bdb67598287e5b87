"""
A query in plain English, for people who want to check whether it means what they asked.

No model writes it: the same query always has the same words. Nothing is left out, and every
sentence can be read in one way only; where both cannot be had, it is clear rather than smooth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workflow.query.catalogue import Catalogue, Family, Table
from workflow.query.explain_values import ATOM, CHAIN, SUM, TEST, VALUES, Words, listed, name
from workflow.query.expression import (
    Aggregate,
    Column,
    Derived,
    Item,
    Join,
    Joined,
    Node,
    Op,
    QueryExpression,
    Select,
    SetOperation,
    Sort,
    Star,
    Subquery,
    TableName,
    With,
)

LONGEST = 140  # characters of a sentence; what is longer becomes a list
_DEEPEST_INLINE = 2  # queries in parentheses within each other


def explain(expression: QueryExpression, catalogue: Catalogue | None = None) -> list[str]:
    """Return sentences that say what a query means, in the order in which they are read.

    What belongs to a sentence stands below it, two spaces further in. `catalogue` tells whose
    the columns are that name no table, and which are dates or text.
    """
    writer = Writer(expression.dialect or "", catalogue or Catalogue())
    return _query(writer, expression.query)


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
    """Writes one query's sentences.

    `names` has what each table is called by: where it has several names, they are said.
    `below` are the lines that belong to the sentence at hand and stand below it.
    """

    dialect: str
    catalogue: Catalogue
    scope: Scope | None = None
    names: dict[str, set[str]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)  # tables of WITH
    used: set[str] = field(default_factory=set)
    below: list[str] = field(default_factory=list)
    queries: int = 0
    depth: int = 0

    def text(self, node: Any, loosest: int = CHAIN) -> str:
        """Return the words for a value expression, in parentheses if they are looser."""
        text, level = _VALUES[type(node)](self, node)
        return text if level <= loosest else f"({text})"

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

    def rows(self, node: Subquery) -> str:
        """Return the words for the rows of a query that something is compared with."""
        return (
            _inline(self, node.query, "the values of ")
            or f"the result of {_numbered(self, node.query)}"
        )

    def row(self, node: Subquery) -> str:
        """Return the words that follow `there is a row`."""
        return _existing(self, node.query) or f"in the result of {_numbered(self, node.query)}"


# ── Columns, and queries where values stand ─────────────────────────────────────────────────


def _column(writer: Writer, node: Column) -> Words:
    source, scope = writer.owner(node), writer.scope
    near = scope.sources.values() if scope else ()
    if (source is None and node.table is None) or (source and len(near) == 1 and source in near):
        return name(node.column), ATOM
    owner = source.label if source else name(node.table or "")
    return f"{owner}'{'' if owner.endswith('s') else 's'} {name(node.column)}", ATOM


def _scalar(writer: Writer, node: Subquery) -> Words:
    small = _inline(writer, node.query, "the value of ")
    return small or f"the result of {_numbered(writer, node.query)}", ATOM


def _inline(writer: Writer, query: Any, many: str) -> str:
    """Return a small query in parentheses; empty if it is not small."""
    if not _is_small(query) or writer.depth >= _DEEPEST_INLINE:
        return ""
    item = query.select[0]
    many = "the different values of " if query.distinct else many
    start = "" if isinstance(item.expr, Aggregate) and not query.distinct else many
    return _rows_of(writer, query, lambda: f"{start}{_item(writer, item)} in ")


def _existing(writer: Writer, query: Any) -> str:
    if not _is_small(query) or query.distinct or writer.depth >= _DEEPEST_INLINE:
        return ""
    item = query.select[0]
    if isinstance(item.expr, Star):
        return _rows_of(writer, query, lambda: "of ")
    plain = isinstance(item.expr, Column) or not isinstance(item.expr, Node)
    return _rows_of(writer, query, lambda: f"giving {_item(writer, item)}, of ") if plain else ""


def _is_small(query: Any) -> bool:
    return (
        isinstance(query, Select)
        and isinstance(query.from_, TableName)
        and len(query.select) == 1
        and not (query.with_ or query.joins or query.group_by or query.order_by)
        and query.having is query.limit is query.offset is None
    )


def _rows_of(writer: Writer, query: Select, start: Callable[[], str]) -> str:
    outer, writer.scope = writer.scope, _scope(writer, query)
    writer.depth += 1
    where = "" if query.where is None else f" where {writer.text(query.where)}"
    text = f"({start()}{_title(writer, query.from_)}{where})"
    writer.depth -= 1
    writer.scope = outer
    return text


def _numbered(writer: Writer, query: Any) -> str:
    """Return what a query is called that is explained below the sentence."""
    writer.queries += 1
    number = writer.queries
    _put_below(writer, f"Query {number}:", lambda: _query(writer, query))
    return f"query {number}"


def _put_below(writer: Writer, header: str, body: Callable[[], list[str]]) -> None:
    below, writer.below = writer.below, []
    depth, writer.depth = writer.depth, 0
    lines = _block(header, body())
    writer.below, writer.depth = [*below, *lines], depth


def _block(header: str, body: list[str]) -> list[str]:
    """Return `body` under its header, or after it where all is short."""
    whole = f"{header} {' '.join(body)}"
    if len(whole) <= LONGEST and not any(line.startswith(" ") for line in body):
        return [whole]
    return [header, *(f"  {line}" for line in body)]


# ── Sources ─────────────────────────────────────────────────────────────────────────────────


def _scope(writer: Writer, query: Select) -> Scope:
    sources: dict[str, Source] = {}
    for source in (query.from_, *(join.source for join in query.joins)):
        _gather(writer, source, sources)
    aliases = frozenset(item.alias.lower() for item in query.select if item.alias)
    return Scope(sources, aliases, writer.scope)


def _gather(writer: Writer, node: Any, into: dict[str, Source]) -> None:
    if isinstance(node, TableName):
        made = node.table.lower() in writer.made and not node.schema_
        table = None if made else writer.catalogue.table(node.table, node.schema_)
        into[(node.alias or node.table).lower()] = Source(_called(writer, node)[1], table)
    elif isinstance(node, Derived):
        into[(node.alias or f"\0{len(into)}").lower()] = Source(name(node.alias or ""), None)
    elif isinstance(node, Joined):
        for source in (node.joined, *(join.source for join in node.joins)):
            _gather(writer, source, into)


def _called(writer: Writer, node: TableName) -> tuple[str, str]:
    """Return what a table is called in FROM, and before its columns."""
    full = f"{name(node.schema_)}.{name(node.table)}" if node.schema_ else name(node.table)
    if len(writer.names.get(node.table.lower(), ())) < 2:
        return full, name(node.table)
    if node.alias is None:
        return full, full
    title = f"{full} ({name(node.alias)})"
    return title, title if node.alias.lower() in writer.names else name(node.alias)


def _title(writer: Writer, node: Any) -> str:
    title: str = _TITLES[type(node)](writer, node)
    return title


def _table_title(writer: Writer, node: TableName) -> str:
    writer.used.add(node.table.lower())
    return _called(writer, node)[0]


def _derived_title(writer: Writer, node: Derived) -> str:
    scope = writer.scope
    writer.scope = Scope(outer=scope.outer if scope else None)
    title = name(node.alias) if node.alias else ""
    if title:
        _put_below(writer, f"The table {title}:", lambda: _query(writer, node.query))
    else:
        title = _numbered(writer, node.query)
    writer.scope = scope
    return title


def _joined_title(writer: Writer, node: Joined) -> str:
    writer.queries += 1
    title = f"query {writer.queries}"
    steps = _from(writer, node.joined, node.joins)
    _put_below(writer, f"Q{title[1:]}:", lambda: _sentences(writer, steps))
    return title


def _named(query: Select) -> dict[str, set[str]]:
    """Return what each table is called by, in a query and all within it but its WITH."""
    names: dict[str, set[str]] = {}
    stack: list[Any] = [part for key, part in query.__dict__.items() if key != "with_"]
    while stack:
        node = stack.pop()
        if isinstance(node, TableName):
            called = node.alias or f"{node.schema_}.{node.table}"
            names.setdefault(node.table.lower(), set()).add(called.lower())
        elif isinstance(node, Derived) and node.alias:
            names.setdefault(node.alias.lower(), set()).add("")
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, Node):
            stack.extend(node.__dict__.values())
    return names


# ── Clauses ─────────────────────────────────────────────────────────────────────────────────


def _query(writer: Writer, node: Any) -> list[str]:
    lines: list[str] = _QUERIES[type(node)](writer, node)
    return lines


def _sentences(writer: Writer, sentences: Iterator[list[str]]) -> list[str]:
    """Return sentences, each with the lines that stand below it."""
    lines: list[str] = []
    for sentence in sentences:
        lines += sentence
        lines += [f"  {line}" for line in writer.below]
        writer.below = []
    return lines


def _select(writer: Writer, node: Select) -> list[str]:
    lines = _with(writer, node)
    outer = writer.scope
    if outer is None:
        writer.names = _named(node)
    writer.scope = _scope(writer, node)
    lines += _sentences(writer, _clauses(writer, node))
    writer.scope = outer
    return lines


def _with(writer: Writer, node: Select | SetOperation) -> list[str]:
    return [line for made in node.with_ for line in _made(writer, made, node.recursive)]


def _made(writer: Writer, node: With, recursive: bool) -> list[str]:
    key = node.name.lower()
    writer.made.add(key)
    writer.used.discard(key)
    body = _query(writer, node.query)
    columns = [name(column) for column in node.columns]
    named = f", whose columns are {listed(columns)}" if columns else ""
    again = ", taking in its own rows again until no new ones come"
    header = f"First make the table {name(node.name)}{named}"
    return _block(f"{header}{again if recursive and key in writer.used else ''}:", body)


def _clauses(writer: Writer, node: Select) -> Iterator[list[str]]:
    yield from _from(writer, node.from_, node.joins)
    yield from _conditions(writer, "Keep the rows where", node.where)
    if node.group_by:
        same = listed([_by(writer, part, ATOM) for part in node.group_by])
        yield [f"Put the rows that agree in {same} together in a group."]
    elif node.having is not None:
        yield ["Put all rows together in a group."]
    yield from _conditions(writer, "Keep the groups where", node.having)
    yield _shown(writer, node)
    yield from _tail(writer, node)


def _from(writer: Writer, first: Any, joins: tuple[Join, ...]) -> Iterator[list[str]]:
    if first is not None:
        yield [f"Take the rows of {_title(writer, first)}."]
    for join in joins:
        yield [_join(writer, join)]


def _join(writer: Writer, node: Join) -> str:
    title = _title(writer, node.source)
    match = _match(writer, node)
    rows = f"the rows of {title} {match}" if match else f"every row of {title}"
    tail = _JOINS[node.join].format(title) if match or node.join not in ("inner", "cross") else ""
    return f"Pair each with {rows}{tail}."


def _match(writer: Writer, node: Join) -> str:
    parts = [f"where {writer.text(node.on)}"] if node.on is not None else []
    if node.using:
        parts.append(f"with the same {listed([name(column) for column in node.using])}")
    if node.natural:
        parts.append("with the same values in all columns that both have")
    return " and ".join(parts)


def _conditions(writer: Writer, start: str, node: Any) -> Iterator[list[str]]:
    if node is None:
        return
    every = isinstance(node, Op) and node.op == "and"
    parts = [writer.text(arg, TEST) for arg in node.args] if every else [writer.text(node)]
    yield _said(f"{start} {' and '.join(parts)}.", f"{start} all of these hold:", parts)


def _said(whole: str, header: str, parts: list[str]) -> list[str]:
    if len(whole) <= LONGEST or len(parts) < 2:
        return [whole]
    return [header, *(f"  - {part}" for part in parts)]


def _shown(writer: Writer, node: Select) -> list[str]:
    items = [_item(writer, item) for item in node.select]
    start = "For each group, show" if node.group_by else "Show"
    once = "; show equal rows only once" if node.distinct else ""
    whole = f"{start} {listed(items, any(_is_open(item) for item in node.select[:-1]))}{once}."
    return _said(whole, f"{start} these columns{once}:", items)


def _is_open(node: Item) -> bool:
    """Could what follows `and` be taken for a part of it, as in `the sum of a and b`?"""
    closed = node.alias is not None or isinstance(node.expr, Column | Star)
    return not closed and isinstance(node.expr, Node)


def _item(writer: Writer, node: Item) -> str:
    text, level = _VALUES[type(node.expr)](writer, node.expr)
    if level > SUM:
        text = f"whether {text}" if isinstance(node.expr, Op) else f"({text})"
    return f"{text} (as {name(node.alias)})" if node.alias else text


def _by(writer: Writer, node: Any, loosest: int = SUM) -> str:
    """Return what rows are grouped or ordered by: there, a number counts columns."""
    return f"column {node} of the result" if type(node) is int else writer.text(node, loosest)


def _tail(writer: Writer, node: Select | SetOperation) -> Iterator[list[str]]:
    if node.order_by:
        yield [f"Sort by {writer.order(node.order_by, _by)}."]
    if node.offset is not None:
        yield [f"Leave out the first {node.offset} rows."]
    if node.limit is not None:
        rows = "row" if node.limit == 1 else f"{node.limit} rows"
        ordered = f"Keep only the first {rows}."
        yield [ordered if node.order_by else f"Keep at most {node.limit} rows, no matter which."]


def _set(writer: Writer, node: SetOperation) -> list[str]:
    lines = _with(writer, node)
    outer = writer.scope
    branches = _branches(node)
    lines.append(_SETS[node.set].format(listed([str(i + 1) for i in range(len(branches))])))
    for number, branch in enumerate(branches, 1):
        lines += [f"  {line}" for line in _block(f"Result {number}:", _query(writer, branch))]
    writer.scope = Scope(outer=outer)
    lines += _sentences(writer, _tail(writer, node))
    writer.scope = outer
    return lines


def _branches(node: SetOperation) -> list[Any]:
    """Return the queries that are put together in one way, in their order."""
    found: list[Any] = [node.right]
    left: Any = node.left
    while not node.set.startswith("except") and _is_more_of(node, left):
        found.append(left.right)
        left = left.left
    return [left, *reversed(found)]


def _is_more_of(node: SetOperation, left: Any) -> bool:
    same = isinstance(left, SetOperation) and left.set == node.set
    return same and not (left.with_ or left.order_by) and left.limit is left.offset is None


_WAYS = {
    "": ("smallest first", "largest first"), "text": ("from A to Z", "from Z to A"),
    "time": ("earliest first", "latest first"),
}  # fmt: skip
_JOINS = {
    "inner": "; those without one are left out", "cross": "",
    "left": "; those without one are kept too, with no values for {}",
    "right": "; those without one are left out, but all rows of {} are kept",
    "full": "; those without one are kept too, and so are all rows of {}",
}  # fmt: skip
_SETS = {
    "union": "Put the rows of results {} together, equal rows only once:",
    "union all": "Put the rows of results {} together, equal rows as often as they occur:",
    "intersect": "Take the rows that are in each of results {}, equal rows only once:",
    "intersect all": "Take the rows that are in each of results {}, as often as all have them:",
    "except": "Take the rows of result 1 that are not in result 2, equal rows only once:",
    "except all": "Take the rows of result 1 without one for each equal row of result 2:",
}  # fmt: skip
_TITLES: dict[type, Any] = {
    TableName: _table_title, Derived: _derived_title, Joined: _joined_title,
}  # fmt: skip
_QUERIES: dict[type, Any] = {Select: _select, SetOperation: _set}
_VALUES: dict[type, Any] = VALUES | {Column: _column, Subquery: _scalar}
