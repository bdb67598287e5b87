"""
What the names of a business mean in the tables of a schema.

`queryexpr.meaning.read` makes them from JSON. `place` is where a definition is, such as
`meanings.yaml:12`, for messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Relationship = Literal["one_to_one", "many_to_one", "one_to_many"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure or a dimension. `expr` is an expression whose columns name their tables.

    `tables` are these, in the order in which `expr` names them, as it spells them.
    """

    name: str
    expr: Any
    tables: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A join of two tables, on columns that are equal: pairs of one of `left`, one of `right`."""

    left: str
    right: str
    pairs: tuple[tuple[str, str], ...]
    relationship: Relationship
    place: str = ""

    def reversed(self) -> Relation:
        """Return the same join, seen from the other table."""
        words = self.relationship.split("_to_")
        turned: Any = "_to_".join(reversed(words))
        pairs = tuple((right, left) for left, right in self.pairs)
        return Relation(self.right, self.left, pairs, turned, self.place)


@dataclass(frozen=True, slots=True)
class Meanings:
    """The measures and dimensions of a schema, by name, and the joins that may connect them.

    `dialect` is the one whose SQL they are written in. With `hides`, the schema leaves out columns
    that a star would show.
    """

    dialect: str = ""
    measures: Mapping[str, Definition] = field(default_factory=dict)
    dimensions: Mapping[str, Definition] = field(default_factory=dict)
    joins: tuple[Relation, ...] = ()
    hides: bool = False
