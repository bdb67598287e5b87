"""
A query block for lints: its sources, and the conditions that connect them.

A source is identified by its alias in small letters. One of an outer query is identified by the
`id` of its Source, as two blocks may use one alias for different tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from queryexpr.check.scope import Scope, Source
from queryexpr.expression import Column, Derived, Join, Joined, Op, Select, Subquery, Unnest
from queryexpr.issues import Issue
from queryexpr.schema.catalogue import Table
from queryexpr.walk import conjuncts, leaves, selects, walk

Name = tuple[str, str]  # an alias and a column, in small letters
Outward = dict[int, set[int]]  # by the `id` of a Select: the sources around it that it names

# Joins that leave rows out where their condition does not hold. "" is WHERE.
STRICT = ("", "inner", "cross")


class Member(NamedTuple):
    """A source in FROM. `pointer` is that of its join; the first source has its own."""

    node: Any
    source: Source
    pointer: str


class Condition(NamedTuple):
    """A condition that is required, as all others are. `own` has the aliases that its join adds."""

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
    """Return a warning."""
    return Issue(code, message, "warning", pointer)


class Block:
    """One query block. It adds itself to `outward`, which has its inner blocks already."""

    def __init__(self, node: Select, scope: Scope, pointer: str, outward: Outward) -> None:
        self.node = node
        self.scope = scope
        self.pointer = pointer
        self.members: dict[str, Member] = {}
        self.conditions: list[Condition] = []
        self.links: list[Link] = []
        self.connected: list[set[Any]] = []  # sources that one condition names
        self.lateral: list[tuple[str, Any]] = []  # what sees the sources before it, by alias
        self._outward = outward
        self._from(node.from_, node.joins, pointer, f"{pointer}/from")
        self._require(node.where, f"{pointer}/where", "", ())
        self._connect()
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

    def _source(self, node: Any, at: str, pointer: str) -> None:
        if isinstance(node, Joined):
            self._from(node.joined, node.joins, at, f"{at}/joined")
        elif node is not None:
            alias = self.scope.key(node.alias or getattr(node, "table", ""))
            if source := self.scope.sources.get(alias):
                self.members[alias] = Member(node, source, pointer)
                if isinstance(node, Unnest):
                    self.lateral.append((alias, node.unnest))
                elif isinstance(node, Derived) and node.lateral:
                    self.lateral.append((alias, Subquery(query=node.query)))

    def _require(self, value: Any, pointer: str, join: str, own: Sequence[str]) -> None:
        for condition, at in conjuncts(value, pointer):
            self.conditions.append(Condition(condition, at, join, frozenset(own)))

    def _merge(self, join: Join, pointer: str, before: int) -> None:
        """Add the links of USING and NATURAL."""
        left, right = [*self.members][:before], [*self.members][before:]
        if join.natural and left and right:
            self.connected.append({*left, right[0]})  # by unknown columns
        for column in join.using:
            one, other = self._having(column, left), self._having(column, right)
            if one and other:
                name = self.scope.key(column)
                link = (one, name), (other, name), f"{pointer}/using", join.join
                self.links.append(Link(*link, frozenset(right)))
                self.connected.append({one, other})

    def _having(self, column: str, aliases: list[str]) -> str | None:
        """Return the first source that has the column, else one that may have it."""
        columns = {alias: self.members[alias].source.columns for alias in aliases}
        certain = (a for a, c in columns.items() if c is not None and self.scope.key(column) in c)
        return next(certain, next((a for a, known in columns.items() if known is None), None))

    # ── Conditions ──────────────────────────────────────────────────────────────────────────

    def _connect(self) -> None:
        self._alias_of = {id(member.source): alias for alias, member in self.members.items()}
        self.connected += [{alias, *self.mentions(value)} for alias, value in self.lateral]
        for condition in self.conditions:
            self.connected += map(self._connects, leaves(condition.value))
            if sides := self.equal(condition.value):
                _, pointer, join, own = condition
                self.links.append(Link(*sides, pointer, join, own))

    def _connects(self, leaf: Any) -> set[Any]:
        """Return what a test connects: sources, and a value that a column equals.

        Two columns that equal the same value are connected by it.
        """
        connected: set[Any] = {*self.mentions(leaf)}
        if isinstance(leaf, Op) and leaf.op == "=":
            connected |= {("=", arg) for arg in leaf.args if isinstance(arg, str | int | float)}
        return connected

    def equal(self, value: Any) -> tuple[Name, Name] | None:
        """Return the columns of two sources that `value` requires to be equal, if it does."""
        if not isinstance(value, Op) or value.op != "=" or len(value.args) != 2:
            return None
        one, other = (self.name(arg) for arg in value.args)
        return (one, other) if one and other and one[0] != other[0] else None

    def name(self, value: Any) -> Name | None:
        """Return the alias and name of `value` if it is a column of a source of this block."""
        if not isinstance(value, Column):
            return None
        owners = self.scope.owners(value.column, value.table)
        if len(owners) != 1 and self.scope.key(value.column) not in self.scope.merged:
            return None
        alias = self._alias_of.get(id(owners[0])) if owners else None
        return (alias, self.scope.key(value.column)) if alias else None

    def value_of(self, value: Any) -> Any:
        """Return the value in `select` that a number or an alias names; else `value` itself."""
        items = self.node.select
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= len(items):
            return items[value - 1].expr
        if isinstance(value, Column) and not self.name(value):
            item = self.scope.result(value.column, value.table)
            return item.expr if item else value
        return value

    def mentions(self, value: Any) -> set[str | int]:
        """Return the sources that a value names, in subqueries as well."""
        sources: set[int] = set()
        for node, _ in walk(value):
            if isinstance(node, Column):
                sources.update(map(id, self.scope.owners(node.column, node.table)))
            elif isinstance(node, Subquery):
                sources |= self._inside(node.query)
        return {self._alias_of.get(source, source) for source in sources}

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
            node.qualify,
            node.order_by,
        )
        sources = self.mentions((*values, *(condition.value for condition in self.conditions)))
        sources |= {source for cte in node.with_ for source in self._inside(cte.query)}
        return {source for source in sources if isinstance(source, int)}

    # ── For messages ────────────────────────────────────────────────────────────────────────

    def table(self, alias: str) -> Table | None:
        """Return the table of a source; None if it is a query."""
        return self.members[alias].source.table

    def title(self, alias: str) -> str:
        """Return a source's name in quotes, with its alias."""
        node, source, _ = self.members[alias]
        name = getattr(node, "table", source.alias)
        return f"{name!r}" if name == source.alias else f"{name!r} ({source.alias})"

    def full_name(self, name: Name) -> str:
        """Return the name of a column with that of its source."""
        source = self.members[name[0]].source
        output = (source.columns or {}).get(name[1])
        return f"{source.alias}.{output.name if output else name[1]}"
