"""The tables of a query block, and the declared joins that add others to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.expression import Column, Join, Joined, Op, Select, TableName
from queryexpr.schema.meanings import Meanings, Relation
from queryexpr.walk import conjuncts

MAX_STEPS = 8  # joins from one table to another
Path = tuple[Relation, ...]


def tables_in(node: Select) -> dict[str, list[str]]:
    """Return the aliases of each table in FROM, by its name in small letters."""
    found: dict[str, list[str]] = {}
    for source in _sources(node.from_, node.joins):
        if isinstance(source, TableName):
            found.setdefault(source.table.lower(), []).append(source.alias or source.table)
    return found


def _sources(first: Any, joins: tuple[Join, ...]) -> Iterator[Any]:
    for source in (first, *(join.source for join in joins)):
        if isinstance(source, Joined):
            yield from _sources(source.joined, source.joins)
        elif source is not None:
            yield source


def paths(meanings: Meanings, start: set[str], table: str) -> list[Path]:
    """Return the shortest ways by declared joins from tables of `start` to `table`.

    Ways on which each row has one row of the next table come before all others.
    """
    both = [one for join in meanings.joins for one in (join, join.reversed())]
    single = [one for one in both if one.relationship != "one_to_many"]
    return _shortest(single, start, table) or _shortest(both, start, table)


def _shortest(relations: list[Relation], start: set[str], table: str) -> list[Path]:
    ways: list[Path] = [()]
    reached = set(start)
    for _ in range(MAX_STEPS):
        ways = [(*way, r) for way in ways for r in relations if _follows(r, way, start, reached)]
        if found := [way for way in ways if way[-1].right.lower() == table]:
            return found
        reached |= {way[-1].right.lower() for way in ways}
    return []


def _follows(relation: Relation, way: Path, start: set[str], reached: set[str]) -> bool:
    left, right = relation.left.lower(), relation.right.lower()
    begins = left == way[-1].right.lower() if way else left in start
    return begins and right not in reached


def join_of(relation: Relation, alias: str) -> Join:
    """Return the join that adds the table on the right; `alias` is that of the table before."""
    pairs = tuple(
        Op(op="=", args=(Column(column=one, table=alias), Column(column=two, table=relation.right)))
        for one, two in relation.pairs
    )
    on: Any = pairs[0] if len(pairs) == 1 else Op(op="and", args=pairs)
    return Join(join="left", source=TableName(table=relation.right), on=on)


def undeclared(node: Select, meanings: Meanings) -> Iterator[tuple[int, str]]:
    """Yield the number and the table of each join that no declared join has."""
    if not meanings.joins:
        return
    names = {alias.lower(): t for t, found in tables_in(node).items() for alias in found}
    declared = {_form(join) for one in meanings.joins for join in (one, one.reversed())}
    for number, join in enumerate(node.joins):
        if isinstance(join.source, TableName) and not _is_declared(join, names, declared):
            yield number, join.source.table


_Form = tuple[str, str, frozenset[tuple[str, str]]]


def _form(relation: Relation) -> _Form:
    pairs = frozenset((one.lower(), other.lower()) for one, other in relation.pairs)
    return relation.left.lower(), relation.right.lower(), pairs


def _is_declared(join: Join, names: dict[str, str], declared: set[_Form]) -> bool:
    """Does its condition have all pairs of columns of one declared join?"""
    own = (join.source.alias or join.source.table).lower()
    compared: dict[str, set[tuple[str, str]]] = {}
    for part, _ in conjuncts(join.on, ""):
        if sides := _sides(part, own):
            other, pair = sides
            compared.setdefault(other, set()).add(pair)
    table = names.get(own, "")
    return any(
        (names.get(other, ""), table) == (left, right) and pairs <= found
        for other, found in compared.items()
        for left, right, pairs in declared
    )


def _sides(part: Any, own: str) -> tuple[str, tuple[str, str]] | None:
    """Return the other source, and its column with that of `own`, that a condition compares."""
    if not isinstance(part, Op) or part.op != "=":
        return None
    names = [(a.table.lower(), a.column.lower()) for a in part.args
             if isinstance(a, Column) and a.table]  # fmt: skip
    if len(names) != 2 or [table for table, _ in names].count(own) != 1:
        return None
    one, other = sorted(names, key=lambda name: name[0] == own)
    return one[0], (one[1], other[1])
