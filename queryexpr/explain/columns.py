"""Columns, of tables and of a result, and queries as values, in plain English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queryexpr.check.scope import Source
from queryexpr.explain.sources import title_of
from queryexpr.explain.words import ATOM, PHRASE, SUM, Words, name
from queryexpr.explain.writer import Writer
from queryexpr.expression import (
    Aggregate,
    Array,
    Column,
    Item,
    Node,
    Op,
    Part,
    Select,
    Series,
    Star,
    Subquery,
    TableName,
)

_MAX_INLINE = 2  # queries in parentheses within each other


def _column(writer: Writer, node: Column) -> Words:
    source = writer.scope.owner(node.column, node.table) if writer.scope else None
    if source is None or _is_only(writer, source):
        return name(node.column), ATOM
    owner = writer.label(source)
    return f"{owner}'{'' if owner.endswith('s') else 's'} {name(node.column)}", ATOM


def _is_only(writer: Writer, source: Source) -> bool:
    """Has the current block one source, and is it this one?"""
    sources = [*writer.scope.sources.values()] if writer.scope else []
    return len(sources) == 1 and sources[0] is source


def item_of(writer: Writer, node: Item) -> str:
    """Return the words for a column of a result."""
    text, level = writer.words(node.expr)
    if level > SUM:
        text = f"whether {text}" if isinstance(node.expr, Op) else f"({text})"
    return f"{text} (as {name(node.alias)})" if node.alias else text


# ── Queries as values ───────────────────────────────────────────────────────────────────────


def _scalar(writer: Writer, node: Subquery) -> Words:
    inline = _inline(writer, node.query, "the value of ")
    return inline or f"the result of {writer.numbered(node.query)}", ATOM


def rows(writer: Writer, node: Subquery) -> str:
    """Return the words for the rows of a query that something is compared with."""
    inline = _inline(writer, node.query, "the values of ")
    return inline or f"the result of {writer.numbered(node.query)}"


def row(writer: Writer, node: Subquery) -> str:
    """Return the words that follow `there is a row`."""
    return _existing(writer, node.query) or f"in the result of {writer.numbered(node.query)}"


def _inline(writer: Writer, query: Any, many: str) -> str:
    """Return a small query in parentheses; empty if it is not small."""
    if not _is_small(query) or writer.depth >= _MAX_INLINE:
        return ""
    item = query.select[0]
    many = "the different values of " if query.distinct else many
    start = "" if isinstance(item.expr, Aggregate) and not query.distinct else many
    return _rows_of(writer, query, lambda: f"{start}{item_of(writer, item)} in ")


def _existing(writer: Writer, query: Any) -> str:
    if not _is_small(query) or query.distinct or writer.depth >= _MAX_INLINE:
        return ""
    item = query.select[0]
    if isinstance(item.expr, Star):
        return _rows_of(writer, query, lambda: "of ")
    plain = isinstance(item.expr, Column) or not isinstance(item.expr, Node)
    return _rows_of(writer, query, lambda: f"giving {item_of(writer, item)}, of ") if plain else ""


def _is_small(query: Any) -> bool:
    return (
        isinstance(query, Select)
        and isinstance(query.from_, TableName)
        and len(query.select) == 1
        and not (
            query.with_ or query.joins or query.group_by or query.order_by or query.distinct_on
        )
        and query.having is query.limit is query.offset is None
    )


def _rows_of(writer: Writer, query: Select, start: Callable[[], str]) -> str:
    outer, writer.scope = writer.scope, writer.scopes[id(query)]
    writer.depth += 1
    where = "" if query.where is None else f" where {writer.text(query.where)}"
    text = f"({start()}{title_of(writer, query.from_)}{where})"
    writer.depth -= 1
    writer.scope = outer
    return text


# ── Parts of values ─────────────────────────────────────────────────────────────────────────


def _part(writer: Writer, node: Part) -> Words:
    """Return `element 0 of the field "b" of …`, the innermost part first."""
    text = writer.text(node.part, ATOM)
    for step in node.path:
        word = f"the field {name(step)}" if isinstance(step, str) else _element(writer, step)
        text = f"{word} of {text}"
    if node.form in ("json", "text"):
        return f"{text} (as {'JSON' if node.form == 'json' else 'a text'})", SUM
    return text, PHRASE


def _element(writer: Writer, step: Any) -> str:
    if isinstance(step, int) and step < 0:
        return f"the element {-step} from the end"
    return f"the element {writer.text(step, ATOM)} (the first is 0)"


def _array(writer: Writer, node: Array) -> Words:
    return f"the array ({', '.join(writer.texts(node.array))})", ATOM


def _series(writer: Writer, node: Series) -> Words:
    first, last, *step = writer.texts(node.series, ATOM)
    by = f" in steps of {step[0]}" if step else ""
    return f"the series from {first} to {last}{by}", SUM


COLUMNS: dict[type, Any] = {
    Column: _column,
    Subquery: _scalar,
    Part: _part,
    Array: _array,
    Series: _series,
}
