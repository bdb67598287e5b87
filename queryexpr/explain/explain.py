"""
Explains a query in plain English, for people who want to check that it means what they asked.

No model writes the explanation: the same query always has the same words. It leaves nothing out,
and each sentence can be read in one way only. Clear comes before elegant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.check.scope import Scope
from queryexpr.dialects.all import DIALECTS
from queryexpr.explain.columns import item_of
from queryexpr.explain.sources import from_, names_of
from queryexpr.explain.values import VALUES
from queryexpr.explain.words import ATOM, SUM, TEST, listed, name
from queryexpr.explain.writer import Writer, block, sentence_of
from queryexpr.expression import (
    Column,
    Item,
    Node,
    Op,
    Select,
    SetOperation,
    Star,
    With,
)


def explain(checked: Checked) -> list[str]:
    """Return sentences that say what a checked query means, in the order in which they are read.

    The lines that belong to a sentence follow it, two spaces further in.
    """
    dialect = DIALECTS.get(checked.expression.dialect or "")
    scopes = {id(block): scope for block, scope, _ in checked.blocks}
    return Writer(dialect, scopes, VALUES, _QUERIES).query(checked.expression.query)


def _select(writer: Writer, node: Select) -> list[str]:
    lines = _with(writer, node)
    outer = writer.scope
    if outer is None:
        writer.names = names_of(node)
    writer.scope = writer.scopes[id(node)]
    lines += writer.sentences(_clauses(writer, node))
    writer.scope = outer
    return lines


def _with(writer: Writer, node: Select | SetOperation) -> list[str]:
    return [line for cte in node.with_ for line in _cte(writer, cte, node.recursive)]


def _cte(writer: Writer, node: With, recursive: bool) -> list[str]:
    key = node.name.lower()
    writer.used.discard(key)
    body = writer.query(node.query)
    columns = [name(column) for column in node.columns]
    named = f", whose columns are {listed(columns)}" if columns else ""
    again = ", taking in its own rows again until no new ones come"
    header = f"First make the table {name(node.name)}{named}"
    return block(f"{header}{again if recursive and key in writer.used else ''}:", body)


def _clauses(writer: Writer, node: Select) -> Iterator[list[str]]:
    yield from from_(writer, node.from_, node.joins)
    yield from _conditions(writer, "Keep the rows where", node.where)
    if node.group_by:
        same = [_by(writer, part, ATOM) for part in node.group_by]
        yield from _groups(same, node.grouping_sets)
    elif node.having is not None:
        yield ["Put all rows together in a group."]
    yield from _conditions(writer, "Keep the groups where", node.having)
    yield from _conditions(writer, "Of these, keep the rows where", node.qualify)
    yield _result(writer, node)
    yield from _tail(writer, node, [_by(writer, value, ATOM) for value in node.distinct_on])


def _groups(values: list[str], sets: tuple[tuple[int, ...], ...]) -> Iterator[list[str]]:
    if not sets:
        yield [f"Put the rows that agree in {listed(values)} together in a group."]
        return
    each = [f"by {listed([values[n] for n in one])}" if one else "all together" for one in sets]
    start = f"Group the rows {len(sets)} times, each with nulls for the values that it leaves out:"
    yield sentence_of(f"{start} {'; '.join(each)}.", start, each)


def _conditions(writer: Writer, start: str, node: Any) -> Iterator[list[str]]:
    if node is None:
        return
    every = isinstance(node, Op) and node.op == "and"
    parts = [writer.text(arg, TEST) for arg in node.args] if every else [writer.text(node)]
    yield sentence_of(f"{start} {' and '.join(parts)}.", f"{start} all of these hold:", parts)


def _result(writer: Writer, node: Select) -> list[str]:
    items = [item_of(writer, item) for item in node.select]
    start = "For each group, show" if node.group_by else "Show"
    once = "; show equal rows only once" if node.distinct else ""
    whole = f"{start} {listed(items, any(_is_open(item) for item in node.select[:-1]))}{once}."
    return sentence_of(whole, f"{start} these columns{once}:", items)


def _is_open(node: Item) -> bool:
    """Could the words after `and` be taken for a part of it, as in `the sum of a and b`?"""
    closed = node.alias is not None or isinstance(node.expr, Column | Star)
    return not closed and isinstance(node.expr, Node)


def _by(writer: Writer, node: Any, loosest: int = SUM) -> str:
    """Return the words for a value that rows are grouped or ordered by: a number is a column."""
    return f"column {node} of the result" if type(node) is int else writer.text(node, loosest)


def _tail(
    writer: Writer, node: Select | SetOperation, distinct_on: Sequence[str] = ()
) -> Iterator[list[str]]:
    if node.order_by:
        yield [f"Sort by {writer.order(node.order_by, _by)}."]
    if distinct_on:
        kept = "the first" if node.order_by else "one, no matter which"
        yield [f"Of the rows that agree in {listed([*distinct_on])}, keep only {kept}."]
    if node.offset is not None:
        yield [f"Leave out the first {node.offset} rows."]
    if node.limit is not None:
        rows = "row" if node.limit == 1 else f"{node.limit} rows"
        limit = "1 row" if node.limit == 1 else rows
        ordered = f"Keep only the first {rows}."
        yield [ordered if node.order_by else f"Keep at most {limit}, no matter which."]


# ── Sets ────────────────────────────────────────────────────────────────────────────────────


def _set(writer: Writer, node: SetOperation) -> list[str]:
    lines = _with(writer, node)
    outer = writer.scope
    branches = _branches(node)
    lines.append(_SETS[node.set].format(listed([str(i + 1) for i in range(len(branches))])))
    for number, branch in enumerate(branches, 1):
        lines += [f"  {line}" for line in block(f"Result {number}:", writer.query(branch))]
    writer.scope = Scope()
    lines += writer.sentences(_tail(writer, node))
    writer.scope = outer
    return lines


def _branches(node: SetOperation) -> list[Any]:
    """Return the queries that the same set operation combines, in their order."""
    branches: list[Any] = [node.right]
    left: Any = node.left
    while not node.set.startswith("except") and _is_more_of(node, left):
        branches.append(left.right)
        left = left.left
    return [left, *reversed(branches)]


def _is_more_of(node: SetOperation, left: Any) -> bool:
    same = isinstance(left, SetOperation) and left.set == node.set
    return same and not (left.with_ or left.order_by) and left.limit is left.offset is None


_SETS = {
    "union": "Put the rows of results {} together, equal rows only once:",
    "union all": "Put the rows of results {} together, equal rows as often as they occur:",
    "intersect": "Take the rows that are in each of results {}, equal rows only once:",
    "intersect all": "Take the rows that are in each of results {}, as often as all have them:",
    "except": "Take the rows of result 1 that are not in result 2, equal rows only once:",
    "except all": "Take the rows of result 1 without one for each equal row of result 2:",
}  # fmt: skip
_QUERIES: dict[type, Any] = {Select: _select, SetOperation: _set}
