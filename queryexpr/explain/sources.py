"""FROM in plain English: its tables, its queries and its joins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.explain.words import ATOM, listed, name
from queryexpr.explain.writer import Writer
from queryexpr.expression import Derived, Join, Joined, Select, TableName, Unnest
from queryexpr.walk import parts, walk


def names_of(query: Select) -> dict[str, set[str]]:
    """Return the aliases of each table in a query, and in the queries inside, but for its WITH."""
    names: dict[str, set[str]] = {}
    inside = tuple(part for name, part in parts(query) if name != "with_")
    for node, _ in walk(inside, subqueries=True):
        if isinstance(node, TableName):
            alias = node.alias or node.name
            names.setdefault(node.table.lower(), set()).add(alias.lower())
        elif isinstance(node, Derived | Unnest) and node.alias:
            names.setdefault(node.alias.lower(), set()).add("")
    return names


# ── FROM ────────────────────────────────────────────────────────────────────────────────────


def from_(writer: Writer, first: Any, joins: tuple[Join, ...]) -> Iterator[list[str]]:
    """Yield the sentences for FROM and its joins."""
    if first is not None:
        yield [f"Take the rows of {title_of(writer, first)}."]
    for join in joins:
        yield [_join(writer, join)]


def _join(writer: Writer, node: Join) -> str:
    title = title_of(writer, node.source)
    match = _match(writer, node)
    rows = f"the rows of {title} {match}" if match else f"every row of {title}"
    short = name(node.source.alias or "") if isinstance(node.source, Unnest) else title
    tail = _JOINS[node.join].format(short) if match or node.join not in ("inner", "cross") else ""
    return f"Pair each with {rows}{tail}."


def _match(writer: Writer, node: Join) -> str:
    parts = [f"where {writer.text(node.on)}"] if node.on is not None else []
    if node.using:
        parts.append(f"with the same {listed([name(column) for column in node.using])}")
    if node.natural:
        parts.append("with the same values in all columns that both have")
    return " and ".join(parts)


def title_of(writer: Writer, node: Any) -> str:
    """Return the name of a source. A query in FROM is explained below the sentence."""
    title: str = _TITLES[type(node)](writer, node)
    return title


def _table_title(writer: Writer, node: TableName) -> str:
    writer.used.add(node.table.lower())
    return writer.names_of_table(node)[0]


def _derived_title(writer: Writer, node: Derived) -> str:
    title = name(node.alias or "")
    made = ", made again for each row" if node.lateral else ""
    writer.put_below(f"The table {title}{made}:", lambda: writer.query(node.query))
    return title


def _joined_title(writer: Writer, node: Joined) -> str:
    writer.counted += 1
    title = f"query {writer.counted}"
    steps = from_(writer, node.joined, node.joins)
    writer.put_below(f"Q{title[1:]}:", lambda: writer.sentences(steps))
    return title


def _unnest_title(writer: Writer, node: Unnest) -> str:
    position = f", with its number {name(node.position)} from {node.first}" if node.position else ""
    empty = "; without elements, one row of nulls" if node.keep_empty else ""
    array = writer.text(node.unnest, ATOM)
    return f"{name(node.alias or '')} (one for each element of {array}{position}{empty})"


_JOINS = {
    "inner": "; those without one are left out", "cross": "",
    "left": "; those without one are kept too, with no values for {}",
    "right": "; those without one are left out, but all rows of {} are kept",
    "full": "; those without one are kept too, and so are all rows of {}",
}  # fmt: skip
_TITLES: dict[type, Any] = {
    TableName: _table_title, Derived: _derived_title, Joined: _joined_title,
    Unnest: _unnest_title,
}  # fmt: skip
