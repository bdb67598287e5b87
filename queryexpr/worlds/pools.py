"""
The values from which the columns of a world are filled.

Columns that are compared with each other, and foreign keys with what they refer to, take their
values from one pool, so that rows do meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from queryexpr.schema.catalogue import Column
from queryexpr.worlds.hints import Hints
from queryexpr.worlds.layout import Layout
from queryexpr.worlds.values import Choice, hits, kind_of, matches, near, plain
from queryexpr.worlds.world import Key, Value

Choices = Mapping[Key, Choice]
MAX_HITS, MAX_NEAR = 12, 16


def pools(tables: Sequence[Layout], hints: Hints) -> Choices:
    """Return the values for each column."""
    columns = {(t.name, column.name): column for t in tables for column in t.columns}
    groups = _groups(columns, [*hints.links, *_references(tables)])
    choices: dict[Key, Choice] = {}
    for group in groups:
        shared = _choice({key: columns[key] for key in group}, hints)
        choices |= {key: _allowed(columns[key], shared) for key in group}
    return choices


def _choice(group: dict[Key, Column], hints: Hints) -> Choice:
    numeric = bool(hints.numbers & set(group))
    first = next(iter(group.values()))
    kind = kind_of(first)
    literals = [value for key in group for value in hints.values.get(key, ())]
    patterns = [text for key in group for text in hints.patterns.get(key, ())]
    named = [v for literal in literals if literal not in patterns for v in hits(literal, kind)]
    if kind in ("text", "", "date", "moment"):
        named += [text for pattern in patterns for text in matches(pattern)]
    beside = [value for hit in named[:MAX_HITS] for value in near(hit)]
    return Choice(
        _distinct(named, MAX_HITS), _distinct(beside, MAX_NEAR), plain(first, kind, numeric)
    )


def _allowed(column: Column, choice: Choice) -> Choice:
    """Return what the schema lets a column have."""
    if not column.values:
        return choice
    listed = set(column.values)
    named = tuple(value for value in choice.hits if value in listed)
    beside = tuple(value for value in choice.near if value in listed)
    return Choice(named, beside, column.values[:6])


def _distinct(values: Iterable[Value], most: int) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))[:most]


def _references(tables: Sequence[Layout]) -> Iterator[tuple[Key, Key]]:
    by_name = {table.name: table for table in tables}
    for table in tables:
        for link in table.links:
            target = by_name[link.table]
            for own, other in zip(link.columns, link.references, strict=True):
                yield table.key(own), target.key(other)


def _groups(columns: Iterable[Key], links: Iterable[tuple[Key, Key]]) -> list[list[Key]]:
    """Return the columns in groups: those that links join, directly or not, are in one."""
    group = {key: [key] for key in columns}
    for one, other in links:
        if one in group and other in group and group[one] is not group[other]:
            group[one].extend(group[other])
            for key in group[other]:
                group[key] = group[one]
    return list({id(keys): keys for keys in group.values()}.values())
