"""What two queries compare columns with: the values that decide which rows they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.check.scope import Scope
from queryexpr.dialects.operators import ARITHMETIC, COMPARISONS, PATTERNS, QUANTIFIED
from queryexpr.expression import (
    Aggregate,
    Case,
    Column,
    Joined,
    Native,
    Node,
    Number,
    Op,
    Select,
    Sort,
    Star,
    Subquery,
    Values,
    Window,
)
from queryexpr.walk import walk
from queryexpr.worlds.names import Names
from queryexpr.worlds.world import Key, Value

Compute = Callable[[Any], Value]  # the value of an expression without columns
MAX_COUNT = 20
_TESTS = COMPARISONS | PATTERNS | QUANTIFIED | {
    "in", "not in", "between", "not between", "native glob",
}  # fmt: skip
_LIKES = PATTERNS | {"native glob"}
_BOUNDS = {"<", "<=", ">", ">=", "between", "not between"}
_OF_ROWS = (Column, Aggregate, Window, Star, Subquery)


@dataclass(slots=True)
class Hints:
    """Values by column, and columns that are compared with each other.

    `bounds` are the values of `<` and its like, `patterns` those of LIKE. `counts` are numbers of
    rows that matter. `numbers` are columns that are added up, `named` all that are read, and `tops`
    those whose largest or smallest values are looked for. `disputed` are columns that only one of
    two queries compares with some value.
    """

    values: dict[Key, list[Value]] = field(default_factory=dict)
    bounds: dict[Key, list[Value]] = field(default_factory=dict)
    patterns: dict[Key, list[str]] = field(default_factory=dict)
    links: list[tuple[Key, Key]] = field(default_factory=list)
    counts: set[int] = field(default_factory=set)
    numbers: set[Key] = field(default_factory=set)
    named: set[Key] = field(default_factory=set)
    tops: set[Key] = field(default_factory=set)
    disputed: set[Key] = field(default_factory=set)


def collect(one: Checked, other: Checked, compute: Compute) -> Hints:
    """Return what two queries say."""
    hints = Hints()
    _collect(one, compute, hints)
    first = {key: set(values) for key, values in hints.values.items()}
    second = Hints()
    for wanted in (hints, second):
        _collect(other, compute, wanted)
    keys = first.keys() | second.values.keys()
    hints.disputed = {
        key for key in keys if first.get(key, set()) != set(second.values.get(key, ()))
    }
    return hints


def _collect(checked: Checked, compute: Compute, hints: Hints) -> None:
    reader = _Reader(Names(checked), compute, hints)
    for node, _ in walk(checked.expression.query, subqueries=True):
        count = [getattr(node, "limit", None), getattr(node, "offset", None)]
        hints.counts.update(n for n in [*count, sum(filter(None, count))] if n and n <= MAX_COUNT)
    for select, scope in reader.names.blocks:
        for part in _clauses(select):
            for node, _ in walk(part):
                reader.read(node, scope)


def _clauses(select: Select) -> Iterator[Any]:
    yield from (item.expr for item in select.select)
    yield from (select.where, select.having, select.qualify, select.group_by, select.order_by)
    yield from _conditions(select.from_)
    yield from (part for join in select.joins for part in (join.on, *_conditions(join.source)))


def _conditions(source: Any) -> Iterator[Any]:
    for join in source.joins if isinstance(source, Joined) else ():
        yield from (join.on, *_conditions(join.source))


class _Reader:
    def __init__(self, names: Names, compute: Compute, hints: Hints) -> None:
        self.names = names
        self.hints = hints
        self._compute = compute

    def read(self, node: Node, scope: Scope) -> None:
        if isinstance(node, Column):
            self.hints.named.update(self.names.keys(node, scope))
        elif isinstance(node, Op) and node.op in _TESTS:
            self._test(node.op, [*_operands(node)], scope)
        elif (isinstance(node, Op) and node.op in ARITHMETIC) or (
            isinstance(node, Aggregate) and node.agg in ("sum", "avg", "total")
        ):
            self.hints.numbers.update(self.names.keys(node, scope))
        elif isinstance(node, Aggregate) and node.agg in ("max", "min"):
            self.hints.tops.update(self.names.keys(node, scope))
        elif isinstance(node, Sort):
            self.hints.tops.update(self.names.keys(node.by, scope))
        elif isinstance(node, Case) and node.of is not None:
            self._test("=", [node.of, *(when.when for when in node.case)], scope)
        elif isinstance(node, Native) and len(node.args) > 1:
            self._test("=", list(node.args), scope)  # such as IIF, INSTR

    def _test(self, op: str, operands: list[Any], scope: Scope) -> None:
        keys = [key for operand in operands for key in self._keys(operand, scope)]
        values = [*self._constants(operands)]
        for key in dict.fromkeys(keys):
            self.hints.values.setdefault(key, []).extend(values)
            if op in _BOUNDS:
                self.hints.bounds.setdefault(key, []).extend(values)
            if op in _LIKES:
                texts = [value for value in values if isinstance(value, str)]
                self.hints.patterns.setdefault(key, []).extend(texts)
        self.hints.links += combinations(dict.fromkeys(keys), 2) if len(keys) <= 4 else ()
        if any(self.names.counts(operand, scope) for operand in operands):
            self.hints.counts.update(filter(None, map(_count, values)))

    def _keys(self, operand: Any, scope: Scope) -> list[Key]:
        if not isinstance(operand, Subquery):
            return self.names.keys(operand, scope)
        inner = [(s, at) for s, at in self.names.blocks if s is operand.query]
        return [key for select, at in inner for key in self.names.keys(select.select[0].expr, at)]

    def _constants(self, operands: list[Any]) -> Iterator[Value]:
        """Yield the values of operands without columns, and what they make with numbers beside."""
        inside: list[float] = []
        for operand in operands:
            if _is_constant(operand):
                yield (value := self._value(operand))
                inside += [value] if isinstance(value, int | float) else []
            elif isinstance(operand, Op) and operand.op in ARITHMETIC:
                plain = (self._value(arg) for arg in operand.args if _is_constant(arg))
                inside += [value for value in plain if isinstance(value, int | float)]
        for one, two in combinations(inside[:3], 2):
            yield from (one * two, one + two, one - two)

    def _value(self, operand: Any) -> Value:
        if isinstance(operand, str | int | float):
            return int(operand) if isinstance(operand, bool) else operand
        return self._compute(operand)


def _operands(node: Op) -> Iterator[Any]:
    for arg in node.args:
        yield from arg.values if isinstance(arg, Values) else (arg,)


def _is_constant(operand: Any) -> bool:
    if isinstance(operand, str | int | float | Number):
        return True
    nodes = [node for node, _ in walk(operand, subqueries=True)]
    return bool(nodes) and not any(isinstance(node, _OF_ROWS) for node in nodes)


def _count(value: Value) -> int:
    """Return the value as a number of rows, 0 if it is none that matters."""
    return int(value) if isinstance(value, int | float) and 0 < value <= MAX_COUNT else 0
