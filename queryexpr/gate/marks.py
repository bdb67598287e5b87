"""What a query has that no dialect can do without: tables, columns, clauses, texts and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from typing import Any

from queryexpr.dialects.operators import PATTERNS
from queryexpr.expression import (
    Aggregate,
    Cast,
    Column,
    Derived,
    Function,
    Interval,
    Join,
    Node,
    Number,
    Op,
    Part,
    Select,
    SetOperation,
    Sort,
    TableName,
    Unnest,
    Window,
)
from queryexpr.walk import fields, walk

Mark = tuple[str, Any]
_LITERALS = {"text", "number"}
_NAMED = {"op", "where", "having", "qualify", "limit", "offset", "distinct", "distinct on"}


def same_marks(first: Any, second: Any) -> bool:
    """Have two queries of one dialect the same of everything, and the same operators?"""
    return Counter(_marks(first)) == Counter(_marks(second))


def has_marks(query: Any, of: Any, *, literals: bool, moved: Set[str] = frozenset()) -> bool:
    """Has `query` the tables of another one, and all else that it has, if not more?

    Operators do not count, and without `literals` neither do texts and numbers: a translation
    gives the functions of another dialect other formats and units. Another one, or a
    query in FROM, may take the place of the clauses in `moved`.
    """
    marks, expected = Counter(_marks(query)), Counter(_marks(of))
    reworded = {"table", "op"} | (set() if literals else _LITERALS)
    reworded |= moved
    aliases = _aliases(of)  # a translation may write what they stand for
    lost = {kind for kind, value in expected - marks if (kind, value) not in aliases} - reworded
    return not lost and _tables(marks) == _tables(expected)


def lost_words(query: Any, of: Any) -> list[str]:
    """Return the operators and clauses of another query that `query` lacks, as SQL has them."""
    lost = Counter(_marks(of)) - Counter(_marks(query))
    words = {str(value if kind == "op" else kind).upper() for kind, value in lost if kind in _NAMED}
    return sorted(words)


def _aliases(query: Any) -> set[Mark]:
    nodes = (node for node, _ in walk(query, subqueries=True) if isinstance(node, Select))
    return {("column", i.alias.lower()) for node in nodes for i in node.select if i.alias}


def _tables(marks: Iterable[Mark]) -> set[Any]:
    return {value for kind, value in marks if kind == "table"}


def _marks(query: Any) -> Iterator[Mark]:
    waiting = [query]
    while waiting:
        node = waiting.pop()
        yield from _OF.get(type(node), _none)(node)
        waiting.extend(_parts(node))


def _none(node: Any) -> Iterator[Mark]:
    yield from ()


def _table(node: TableName) -> Iterator[Mark]:
    yield "table", node.name.lower()


def _select(node: Select) -> Iterator[Mark]:
    clauses = {"where": node.where, "having": node.having, "qualify": node.qualify,
               "limit": node.limit, "offset": node.offset, "distinct": node.distinct or None,
               "distinct on": node.distinct_on or None}  # fmt: skip
    yield from ((name, None) for name, clause in clauses.items() if clause is not None)
    yield from (("item", None) for _ in node.select)
    yield from (("group", None) for _ in node.group_by)
    yield from (("set of groups", len(one)) for one in node.grouping_sets)


def _op(node: Op) -> Iterator[Mark]:
    if node.op != "neg" or isinstance(node.args[0], Node):  # `-(2)` is read as -2
        yield "op", node.op


# Numbers have no sign: the last two letters of a text begin at -2.
_OF: dict[type, Any] = {
    TableName: _table, Select: _select,
    SetOperation: lambda node: [("set", node.set)],
    Column: lambda node: [("column", node.column.lower())],
    Sort: lambda node: [("sort", node.dir)], Op: _op,
    **dict.fromkeys((Aggregate, Join), lambda node: [(type(node).__name__, None)]),
    Window: lambda node: [("window", (node.ignore_nulls, getattr(node.frame, "exclude", None)))],
    Part: lambda node: [("form", node.form)],
    Cast: lambda node: [("safe cast", None)] if node.safe else [],
    Derived: lambda node: [("lateral", None)] if node.lateral else [],
    Unnest: lambda node: [("unnest", node.keep_empty)],
    str: lambda node: [("text", node)],
    Number: lambda node: [("number", node.number)],
    **dict.fromkeys((int, float), lambda node: [("number", abs(node))]),
}  # fmt: skip
# Fields that hold words, not values.
_WORDS = frozenset(
    "column table schema_ database grouping_sets alias name columns using op agg fn native unit"
    " form position first keep_empty"
    " type frame join set dir nulls distinct recursive natural safe star ignore_nulls".split()
)


def _parts(node: Any) -> Iterator[Any]:
    """Yield the parts of a node, but no number or text that dialects write as another."""
    if isinstance(node, tuple):
        yield from node
    elif isinstance(node, Op) and node.op in PATTERNS:  # `%` is `*` where LIKE does not mind case
        yield from (node.args[0], *_nodes(node.args[1:]))
    elif isinstance(node, Interval):
        yield from _nodes((node.interval,))
    elif isinstance(node, Function) and node.fn == "date_add":  # a week is 7 days
        yield from (node.args[0], *_nodes(node.args[1:]))
    elif isinstance(node, Node):
        yield from (part for name, part in fields(node) if name not in _WORDS)


def _nodes(parts: tuple[Any, ...]) -> Iterator[Node]:
    yield from (part for part in parts if isinstance(part, Node))
