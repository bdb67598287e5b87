"""Are rows counted, or added up, several times, as a join repeats them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from queryexpr.expression import Aggregate, Op, Select, Subquery, Window
from queryexpr.issues import Issue
from queryexpr.lint.block import Block, Name, warning
from queryexpr.lint.keys import Rows, Schema
from queryexpr.walk import walk

MOST = 40  # sources of a block; the time grows with their square
_ADDED = {"sum", "total"}
_REPEATED = _ADDED | set(
    "avg count stddev variance median percentile_cont percentile_disc std stddev_pop stddev_samp"
    " var_pop var_samp stdev stdevp var varp".split()
)


class _Given(NamedTuple):
    """What has one value in each group: sources and columns.

    `told` are the sources that GROUP BY leaves one row of, `named` also those that it names.
    """

    sources: set[str]
    columns: list[Name]
    told: set[str]
    named: set[str]


def fan_out(block: Block, rows: Rows, schema: Schema) -> Iterator[Issue]:
    """Warn of aggregates over rows that a join repeats."""
    if not 1 < len(block.members) <= MOST:
        return
    given, seen = None, set()
    for aggregate, pointer in _aggregates(block.node, block.pointer):
        given = given or _given(block, rows)
        message = _judge(aggregate, block, rows, schema, given)
        if message and message not in seen:
            seen.add(message)
            yield warning("fan_out", message, pointer)


def _aggregates(node: Select, pointer: str) -> Iterator[tuple[Aggregate, str]]:
    """Yield the aggregates that repeated rows change; not those of windows."""
    clauses = (("select", node.select), ("having", node.having), ("order_by", node.order_by))
    for key, clause in clauses:
        windows: set[int] = set()
        for part, at in walk(clause, f"{pointer}/{key}"):
            if isinstance(part, Window):
                windows.add(id(part.window))
            elif isinstance(part, Aggregate) and id(part) not in windows and _counts(part):
                yield part, at


def _counts(node: Aggregate) -> bool:
    return node.agg in _REPEATED and not node.distinct


def _judge(node: Aggregate, block: Block, rows: Rows, schema: Schema, given: _Given) -> str | None:
    if node.agg == "count" and not node.args:
        return _judge_rows(block, rows, schema, given)
    values = (node.args, node.order_by)
    names = {name for part, _ in walk(values) if (name := block.name(part))}
    sources = {alias for alias, _ in names}
    if not sources or (node.agg not in _ADDED and sources <= given.told):
        return None  # the average of one row's value is that value
    if node.agg == "count" and sources <= given.named:
        return None  # to count one row can only mean to count what joins it
    many = _repeater(sources, block, rows, schema, given)
    return _message(node, sorted(names), many, block) if many else None


def _judge_rows(block: Block, rows: Rows, schema: Schema, given: _Given) -> str | None:
    """Judge COUNT without operands: are its rows of no source, but of combinations of two?"""
    repeaters = [_repeater({alias}, block, rows, schema, given) for alias in block.members]
    if not all(repeaters):
        return None
    one = repeaters[0] or ""
    other = _repeater({one}, block, rows, schema, given) or ""
    return (
        f"Rows of {block.title(one)} and of {block.title(other)} are each put beside all of the"
        " other's that belong to the same row, so COUNT counts their combinations. Count each in"
        " a query of its own, or use COUNT(DISTINCT ...) over what is to be counted."
    )


def _message(node: Aggregate, names: list[Name], many: str, block: Block) -> str:
    mine, other = block.title(names[0][0]), block.title(many)
    remedy = f"Put the rows of {other} together in a query of their own, or ask with EXISTS"
    if node.agg == "count":
        remedy = "To count each once, use COUNT(DISTINCT ...)"
    return (
        f"Rows of {mine} are repeated, once for each row of {other} that belongs to them, so"
        f" {node.agg.upper()} takes the same {block.shown(names[0])} several times. {remedy}."
    )


def _repeater(
    sources: set[str], block: Block, rows: Rows, schema: Schema, given: _Given
) -> str | None:
    """Return a source that is known to have several rows for one of each of `sources`."""
    done = rows.reach(sources | given.sources, given.columns, loosely=True)
    for alias in block.members:
        if alias not in done:
            for partner in rows.partners[alias]:
                if partner in done and _many(alias, partner, block, rows, schema):
                    return alias
    return None


def _many(alias: str, partner: str, block: Block, rows: Rows, schema: Schema) -> bool:
    """Does a key tell that a row of `partner` may have several of `alias`?"""
    table, other = block.table(alias), block.table(partner)
    if table is None:
        return False
    if rows.keys[alias] and rows.covered(partner, rows.partners[partner][alias]):
        return True
    pairs = (
        (link.one, link.other) for link in rows.pairs[min(alias, partner), max(alias, partner)]
    )
    mine = (pair if pair[0][0] == alias else pair[::-1] for pair in pairs)
    return other is not None and any(schema.refers(table, a[1], other, b[1]) for a, b in mine)


# ── What has one value in each group ────────────────────────────────────────────────────────


def _given(block: Block, rows: Rows) -> _Given:
    """Return what GROUP BY and WHERE leave no choice of.

    A source that is only joined by its key is taken to be told by any of its columns, such as a
    name: else each total by name would be warned of.
    """
    values = [block.meant(value) for value in block.node.group_by]
    columns = [*rows.fixed, *(name for value in values if (name := block.name(value)))]
    grouped = {name[0] for part, _ in walk(tuple(values)) if (name := block.name(part))}
    named, fixed = (
        {alias for alias in aliases if rows.named(alias)}
        for aliases in (grouped, {alias for alias, _ in rows.fixed})
    )
    told, by_name = (rows.reach(start, columns, loosely=True) for start in ((), named))
    return _Given(named | fixed | _picked(block), columns, told, by_name)


def _picked(block: Block) -> set[str]:
    """Return sources of which a condition picks one row, or none, for each of the others."""
    found = set()
    for condition in block.conditions:
        value = condition.value
        if isinstance(value, Op) and (value.op == "is null" or _from_query(value)):
            found |= {name[0] for part in value.args if (name := block.name(part))}
    return found


def _from_query(value: Op) -> bool:
    """Is it an equality with what a query finds, such as the latest date?"""
    return value.op == "=" and any(isinstance(arg, Subquery) for arg in value.args)
