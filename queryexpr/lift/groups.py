"""
GROUP BY → what rows are grouped by, and the sets of them, where there are several.

`ROLLUP (a, b)` means the sets (a, b), (a) and (); CUBE all subsets; two of these, each set of one
with each of the other.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from sqlglot import exp

from queryexpr.expression import Aggregate, Item, Node, Star, Window
from queryexpr.lift.reader import Reader
from queryexpr.walk import walk

MAX_SETS = 128
MAX_CUBE = 7  # has 128 subsets
Set = tuple[int, ...]
_GROUPINGS = (exp.Rollup, exp.Cube, exp.GroupingSets)


def read_groups(reader: Reader, node: exp.Group | None) -> dict[str, Any]:
    """Return the clauses `group_by` and `grouping_sets`. Raises Refused."""
    if node is None:
        return {}
    reader.only(node, "expressions", "rollup", "cube")
    groups = _Groups(reader)
    behind = [*(node.args.get("rollup") or ()), *(node.args.get("cube") or ())]
    if behind:  # GROUP BY a, b WITH ROLLUP
        (grouping,) = behind
        factors = [groups.sets(type(grouping)(expressions=node.expressions))]
    else:
        factors = [groups.factor(part) for part in node.expressions]
    sets = groups.product(factors, node)
    if not groups.values:  # GROUP BY () is one row, also of a query without aggregates
        raise reader.wrong("shape", "GROUP BY needs a value.", node)
    if len(sets) == 1 and not any(isinstance(part, _GROUPINGS) for part in node.expressions):
        return {"group_by": groups.values}
    return {"group_by": groups.values, "grouping_sets": sets}


def group_by_all(reader: Reader, node: exp.Group, items: tuple[Item, ...]) -> dict[str, Any]:
    """Return what GROUP BY ALL means: each item of SELECT that has no aggregate. Raises Refused."""
    reader.only(node, "all")
    if any(isinstance(item.expr, Star) for item in items):
        raise reader.wrong("star", "GROUP BY ALL needs the names of columns: write them.", node)
    values = [item.expr for item in items if isinstance(item.expr, Node)]
    return {"group_by": tuple(value for value in values if not _aggregates(value))}


def _aggregates(value: Node) -> bool:
    """Has it an aggregate, outside of a query of its own, that is no window's function?"""
    nodes = [node for node, _ in walk(value)]
    windows = {id(node.window) for node in nodes if isinstance(node, Window)}
    return any(isinstance(node, Aggregate) and id(node) not in windows for node in nodes)


class _Groups:
    """The values so far, each once, with their numbers, of which sets are made."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.numbers: dict[tuple[type, Any], int] = {}

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(value for _, value in self.numbers)

    def factor(self, node: exp.Expr) -> list[Set]:
        return self.sets(node) if isinstance(node, _GROUPINGS) else [self._element(node)]

    def product(self, factors: list[list[Set]], node: exp.Expr) -> tuple[Set, ...]:
        """Return each set of a factor with each of the others."""
        self._bound(prod(map(len, factors)), node)
        return tuple(_joined(parts) for parts in product(*factors))

    def sets(self, node: exp.Expr) -> list[Set]:
        if isinstance(node, exp.GroupingSets):
            self._check("sets", node)
            return self._listed(node)
        parts = [self._element(part) for part in node.expressions]
        if isinstance(node, exp.Rollup):
            self._check("rollup", node)
            self._bound(len(parts) + 1, node)
            return [_joined(parts[:end]) for end in range(len(parts), -1, -1)]
        self._check("sets", node)
        if len(parts) > MAX_CUBE:
            message = f"CUBE has {len(parts)} values; {MAX_CUBE} are allowed."
            raise self.reader.wrong("too_many_terms", message, node)
        return [_joined(chosen) for chosen in product(*((part, ()) for part in parts))]

    def _listed(self, node: exp.GroupingSets) -> list[Set]:
        listed: list[Set] = []
        for part in node.expressions:
            listed += self.factor(part)
            self._bound(len(listed), node)
        return listed

    def _bound(self, count: int, node: exp.Expr) -> None:
        if count > MAX_SETS:
            message = f"GROUP BY has over {MAX_SETS} grouping sets."
            raise self.reader.wrong("too_many_terms", message, node)

    def _element(self, node: exp.Expr) -> Set:
        parts = node.expressions if isinstance(node, exp.Tuple) else [node.unnest()]
        return _joined([self._plain(part) for part in parts])

    def _plain(self, node: exp.Expr) -> Set:
        value = self.reader.value(node)
        return (self.numbers.setdefault((type(value), value), len(self.numbers)),)

    def _check(self, needed: str, node: exp.Expr) -> None:
        has = self.reader.dialect.grouping
        if has in ("sets", needed):
            return
        what = "CUBE or GROUPING SETS" if has else "ROLLUP, CUBE or GROUPING SETS"
        message = f"{self.reader.dialect.title} has no {what}."
        raise self.reader.wrong("not_supported", message, node)


def _joined(sets: Any) -> Set:
    """Return one set of what is in several, each number once."""
    return tuple(dict.fromkeys(number for one in sets for number in one))
