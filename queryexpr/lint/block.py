"""
A query block as lints see it: what stands in FROM, and which conditions tie it together.

Sources are known by their alias in small letters; those of a query around this one by the `id` of
their Source, as two blocks may use one alias for different tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from queryexpr.check.scope import Scope, Source
from queryexpr.expression import Column, Join, Joined, Op, Select, Subquery
from queryexpr.issues import Issue
from queryexpr.schema.catalogue import Table
from queryexpr.walk import conjuncts, leaves, selects, walk

Name = tuple[str, str]  # an alias and a column, in small letters
Outward = dict[int, set[int]]  # by the `id` of a Select: the sources around it that it names

# Joins that leave rows out where their condition does not hold. "" is WHERE.
STRICT = ("", "inner", "cross")


class Member(NamedTuple):
    """A source in FROM. `pointer` is that of its join, or its own if nothing stands before it."""

    node: Any
    source: Source
    pointer: str


class Condition(NamedTuple):
    """What has to hold, along with all others. `own` are the aliases that its join adds."""

    value: Any
    pointer: str
    join: str
    own: frozenset[str]


class Link(NamedTuple):
    """Two columns of different sources that are equal."""

    one: Name
    other: Name
    pointer: str
    join: str
    own: frozenset[str]


def warning(code: str, message: str, pointer: str) -> Issue:
    """Return an issue that does not keep a query from being valid."""
    return Issue(code, message, "warning", pointer)


class Block:
    """One query block. Building it adds to `outward`, where the blocks inside of it already are."""

    def __init__(self, node: Select, scope: Scope, pointer: str, outward: Outward) -> None:
        self.node = node
        self.scope = scope
        self.pointer = pointer
        self.members: dict[str, Member] = {}
        self.conditions: list[Condition] = []
        self.links: list[Link] = []
        self.touching: list[set[Any]] = []  # sources that one condition names
        self._outward = outward
        self._from(node.from_, node.joins, pointer, f"{pointer}/from")
        self._require(node.where, f"{pointer}/where", "", ())
        self._tie()
        if scope.outer is not None or node.with_:
            outward[id(node)] = self._named_outside()

    # ── FROM ────────────────────────────────────────────────────────────────────────────────

    def _from(self, first: Any, joins: tuple[Join, ...], pointer: str, at: str) -> None:
        self._source(first, at, at)
        for number, join in enumerate(joins):
            place, before = f"{pointer}/joins/{number}", len(self.members)
            self._source(join.source, f"{place}/source", place)
            self._require(join.on, f"{place}/on", join.join, [*self.members][before:])
            self._merge(join, place, before)

    def _source(self, node: Any, at: str, shown: str) -> None:
        if isinstance(node, Joined):
            self._from(node.joined, node.joins, at, f"{at}/joined")
        elif node is not None:
            alias = (node.alias or getattr(node, "table", "")).lower()
            if source := self.scope.sources.get(alias):
                self.members[alias] = Member(node, source, shown)

    def _require(self, value: Any, pointer: str, join: str, own: Sequence[str]) -> None:
        for condition, at in conjuncts(value, pointer):
            self.conditions.append(Condition(condition, at, join, frozenset(own)))

    def _merge(self, join: Join, pointer: str, before: int) -> None:
        """Add what USING and NATURAL tie together."""
        left, right = [*self.members][:before], [*self.members][before:]
        if join.natural and left and right:
            self.touching.append({*left, right[0]})  # by columns that are not known
        for column in join.using:
            one, other = self._having(column, left), self._having(column, right)
            if one and other:
                name = column.lower()
                tie = (one, name), (other, name), f"{pointer}/using", join.join
                self.links.append(Link(*tie, frozenset(right)))
                self.touching.append({one, other})

    def _having(self, column: str, aliases: list[str]) -> str | None:
        """Return the first source that has the column, else one that may have it."""
        columns = {alias: self.members[alias].source.columns for alias in aliases}
        sure = (a for a, known in columns.items() if known is not None and column.lower() in known)
        return next(sure, next((a for a, known in columns.items() if known is None), None))

    # ── Conditions ──────────────────────────────────────────────────────────────────────────

    def _tie(self) -> None:
        self._alias_of = {id(member.source): alias for alias, member in self.members.items()}
        for condition in self.conditions:
            self.touching += map(self._touched, leaves(condition.value))
            if sides := self.equal(condition.value):
                _, pointer, join, own = condition
                self.links.append(Link(*sides, pointer, join, own))

    def _touched(self, leaf: Any) -> set[Any]:
        """Return what a test ties together. Two columns that equal one value are tied by it."""
        found: set[Any] = {*self.mentions(leaf)}
        if isinstance(leaf, Op) and leaf.op == "=":
            found |= {("=", arg) for arg in leaf.args if isinstance(arg, str | int | float)}
        return found

    def equal(self, value: Any) -> tuple[Name, Name] | None:
        """Return the columns of two sources that `value` wants to be equal, if it does."""
        if not isinstance(value, Op) or value.op != "=" or len(value.args) != 2:
            return None
        one, other = (self.name(arg) for arg in value.args)
        return (one, other) if one and other and one[0] != other[0] else None

    def name(self, value: Any) -> Name | None:
        """Return the column of a source of this block that `value` is, if it is one."""
        if not isinstance(value, Column):
            return None
        found = self.scope.owners(value.column, value.table)
        if len(found) != 1 and value.column.lower() not in self.scope.merged:
            return None
        alias = self._alias_of.get(id(found[0])) if found else None
        return (alias, value.column.lower()) if alias else None

    def meant(self, value: Any) -> Any:
        """Return what a number or an alias stands for in GROUP BY and ORDER BY."""
        items = self.node.select
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= len(items):
            return items[value - 1].expr
        if isinstance(value, Column) and not self.name(value):
            item = self.scope.result(value.column, value.table)
            return item.expr if item else value
        return value

    def mentions(self, value: Any) -> set[str | int]:
        """Return the sources that a value names, in subqueries as well."""
        found: set[int] = set()
        for node, _ in walk(value):
            if isinstance(node, Column):
                found.update(map(id, self.scope.owners(node.column, node.table)))
            elif isinstance(node, Subquery):
                found |= self._inside(node.query)
        return {self._alias_of.get(source, source) for source in found}

    def _inside(self, query: Any) -> set[int]:
        return {s for block in selects(query) for s in self._outward.get(id(block), ())}

    def _named_outside(self) -> set[int]:
        node = self.node
        values = (
            node.where,
            node.select,
            node.distinct_on,
            node.group_by,
            node.having,
            node.order_by,
        )
        found = self.mentions((*values, *(condition.value for condition in self.conditions)))
        found |= {source for cte in node.with_ for source in self._inside(cte.query)}
        return {source for source in found if isinstance(source, int)}

    # ── For messages ────────────────────────────────────────────────────────────────────────

    def table(self, alias: str) -> Table | None:
        """Return the table of the schema that a source is, if it is one."""
        return self.members[alias].source.table

    def title(self, alias: str) -> str:
        """Return a source's name in quotes, with its alias."""
        node, source, _ = self.members[alias]
        name = getattr(node, "table", source.alias)
        return f"{name!r}" if name == source.alias else f"{name!r} ({source.alias})"

    def shown(self, name: Name) -> str:
        """Return a column as the query may name it."""
        source = self.members[name[0]].source
        output = (source.columns or {}).get(name[1])
        return f"{source.alias}.{output.name if output else name[1]}"
