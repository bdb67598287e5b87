"""
Recursion has to end: WITH RECURSIVE without a condition never does, and takes all memory.

A recursive part ends if a condition names a column of its own query that changes in the right
direction, or joins it with a table. UNION, which drops rows that are there already, ends where
no value is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from queryexpr.check.growth import GROWS, JOINS, name_of
from queryexpr.check.scope import Output
from queryexpr.expression import Column, Joined, Op, Select, SetOperation, TableName, With
from queryexpr.walk import conjuncts, selects, walk

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_RISING, _FALLING = {"<", "<="}, {">", ">="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def with_columns(checker: Checker, cte: With, outputs: list[Output] | None, pointer: str) -> With:
    """Return a query that names itself with the names of its columns, where it has to say them."""
    steps = [part for part in selects(cte.query) if any(is_own(s, cte) for s in sources_of(part))]
    if not checker.dialect.recursion_names_columns or cte.columns or not steps:
        return cte
    names = tuple(output.name for output in outputs or ())
    if names and all(names):
        return cte.model_copy(update={"columns": names})
    message = f"Write WITH {cte.name} (a, b) AS: {checker.dialect.title} needs its columns' names."
    checker.wrong("not_supported", message, pointer)
    return cte


def check_recursion(checker: Checker, cte: With, pointer: str) -> None:
    """Add an issue for a recursion without an end, or whose texts double in each step."""
    query = cte.query
    if not isinstance(query, SetOperation):
        return
    names = [name.lower() for name in cte.columns] or _names(query)
    steps = [part for part in selects(query) if any(is_own(s, cte) for s in sources_of(part))]
    if query.limit is None and not all(_ends(part, query, names) for part in steps):
        message = (
            f"The recursion of {cte.name!r} has no end: add a condition, such as n < 100, on a"
            " column that grows."
        )
        checker.wrong("endless", message, f"{pointer}/query")
    if any(_doubles(i.expr, names, _aliases(part, cte)) for part in steps for i in part.select):
        message = f"The recursion of {cte.name!r} makes texts that double in each step."
        checker.wrong("too_large", message, f"{pointer}/query")


def _aliases(part: Select, cte: With) -> set[str | None]:
    """Return what a column of the step before may be qualified with."""
    own = (source for source in sources_of(part) if is_own(source, cte))
    return {None, *((source.alias or source.table).lower() for source in own)}


def _doubles(value: Any, names: list[str], aliases: set[str | None]) -> bool:
    """Does a step make a text of several of the step before, or a longer one of each letter?"""
    columns = [n for n, _ in walk(value) if isinstance(n, Column) and _column(n) in names]
    own = sum(1 for node in columns if (node.table and node.table.lower()) in aliases)
    calls = [(node, name_of(node)) for node, _ in walk(value)]
    joins = any(name in JOINS or getattr(node, "op", "") == "||" for node, name in calls)
    grows = any(name in GROWS for _, name in calls)
    return (own > 1 and joins) or (own > 0 and grows)


def _names(query: Any) -> list[str]:
    """Return the names of the columns, which the first part of the query gives."""
    while isinstance(query, SetOperation):
        query = query.left
    return [(item.alias or getattr(item.expr, "column", "") or "").lower() for item in query.select]


def sources_of(part: Select) -> Iterator[Any]:
    """Yield what is in FROM, also inside of parentheses."""
    waiting = [part.from_, *(join.source for join in part.joins)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Joined):
            waiting += [node.joined, *(join.source for join in node.joins)]
        elif node is not None:
            yield node


def is_own(source: Any, cte: With) -> bool:
    """Does a query of WITH name itself there?"""
    named = isinstance(source, TableName) and not source.schema_
    return named and source.table.lower() == cte.name.lower()


def _ends(part: Select, query: SetOperation, names: list[str]) -> bool:
    if part.limit is not None:
        return True
    conditions = list(_conditions(part))
    own = {name for name in names if name}
    about = [c for c in conditions if any(_column(node) in own for node, _ in walk(c))]
    joins_others = len(list(sources_of(part))) > 1
    if joins_others:
        return bool(about) or _is_fixed(part, query)
    return _is_fixed(part, query) or any(_stops(c, part, names) for c in about)


def _conditions(part: Select) -> Iterator[Any]:
    ons = (join.on for join in part.joins)
    nested = (
        join.on for source in (part.from_, *(j.source for j in part.joins))
        if isinstance(source, Joined) for join in source.joins
    )  # fmt: skip
    for condition in (part.where, part.having, *ons, *nested):
        yield from (value for value, _ in conjuncts(condition, ""))


def _column(node: Any) -> str:
    return node.column.lower() if isinstance(node, Column) else ""


def _is_fixed(part: Select, query: SetOperation) -> bool:
    """Does UNION drop all rows some time, as no value is new?"""
    is_distinct = query.set == "union"
    return is_distinct and all(isinstance(item.expr, Column) for item in part.select)


def _stops(condition: Any, part: Select, names: list[str]) -> bool:
    """May the condition be false some time? `n > 0` is not where n grows."""
    if not isinstance(condition, Op) or len(condition.args) != 2 or condition.op not in _MIRRORED:
        columns = (_column(node) for node, _ in walk(condition))
        return any(_step(name, part, names) != 0 for name in columns if name)
    left, right = condition.args
    op: str = condition.op
    if not isinstance(left, Column):
        left, op = right, _MIRRORED[op]
    step = _step(_column(left), part, names)
    return step != 0 and op not in (_FALLING if (step or 0) > 0 else _RISING if step else set())


def _step(column: str, part: Select, names: list[str]) -> int | None:
    """Return 1 if the column grows in each step, -1 if it falls, 0 if it stays, None if unknown."""
    if column not in names or names.index(column) >= len(part.select):
        return None
    value = part.select[names.index(column)].expr
    if _column(value) == column:
        return 0
    if isinstance(value, Op) and value.op in ("+", "-") and _column(value.args[0]) == column:
        amount = value.args[1]
        if isinstance(amount, int | float) and amount:
            return 1 if (amount > 0) == (value.op == "+") else -1
    return None
