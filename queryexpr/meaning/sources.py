"""The tables of a query block, and the declared joins that add others to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.expression import Column, Join, Joined, Op, Select, TableName
from queryexpr.schema.catalogue import Catalogue
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


def undeclared(node: Select, catalogue: Catalogue) -> Iterator[tuple[int, str]]:
    """Yield the number and the table of each join that no declared join has."""
    joins = catalogue.meanings.joins if catalogue.meanings else ()
    if not joins:
        return
    names = {alias.lower(): t for t, found in tables_in(node).items() for alias in found}
    declared = {_form(join) for one in joins for join in (one, one.reversed())}
    owners = _owners(names, catalogue)
    for number, join in enumerate(node.joins):
        source = join.source
        if isinstance(source, TableName) and catalogue.table(source.table):
            own = (source.alias or source.table).lower()
            compared = _compared(join, node.where, own, owners)
            if not _is_declared(own, compared, names, declared):
                yield number, source.table


_Pairs = set[tuple[str, str]]
_Form = tuple[str, str, frozenset[tuple[str, str]]]


def _form(relation: Relation) -> _Form:
    pairs = frozenset((one.lower(), other.lower()) for one, other in relation.pairs)
    return relation.left.lower(), relation.right.lower(), pairs


def _owners(names: dict[str, str], catalogue: Catalogue) -> dict[str, str]:
    """Return the alias of each column that only one of the tables has."""
    found: dict[str, list[str]] = {}
    for alias, name in names.items():
        table = catalogue.table(name)
        for column in table.columns if table else ():
            found.setdefault(column.name.lower(), []).append(alias)
    return {column: aliases[0] for column, aliases in found.items() if len(aliases) == 1}


def _compared(join: Join, where: Any, own: str, owners: dict[str, str]) -> dict[str, _Pairs]:
    """Return the columns that a join compares with those of each other source."""
    conditions = [join.on, where] if join.join in ("inner", "cross") else [join.on]
    compared: dict[str, _Pairs] = {}
    for condition in conditions:
        for part, _ in conjuncts(condition, ""):
            if sides := _sides(part, own, owners):
                compared.setdefault(sides[0], set()).add(sides[1])
    return compared


def _is_declared(
    own: str, compared: dict[str, _Pairs], names: dict[str, str], declared: set[_Form]
) -> bool:
    """Are all pairs of columns of one declared join compared?"""
    return any(
        (names.get(other), names.get(own)) == (left, right) and pairs <= found
        for other, found in compared.items()
        for left, right, pairs in declared
    )


def _sides(part: Any, own: str, owners: dict[str, str]) -> tuple[str, tuple[str, str]] | None:
    """Return the other source, and its column with that of `own`, that a condition compares."""
    if not isinstance(part, Op) or part.op != "=":
        return None
    columns = [arg for arg in part.args if isinstance(arg, Column)]
    sides = [((c.table or owners.get(c.column.lower(), "")).lower(), c.column) for c in columns]
    if len(sides) != 2 or [table for table, _ in sides].count(own) != 1:
        return None
    one, other = sorted(sides, key=lambda side: side[0] == own)
    return one[0], (one[1].lower(), other[1].lower())
