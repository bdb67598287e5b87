"""
Rows that are counted or added several times because a join repeats them.

That is a warning where a key of the database shows it, and an error where the join is declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from queryexpr.expression import Aggregate, Op, Select, Subquery, Unnest, Window
from queryexpr.issues import Issue
from queryexpr.lint.block import Block, Name, warning
from queryexpr.lint.keys import Rows, Schema
from queryexpr.walk import walk

MAX_SOURCES = 40  # of a block: the time grows with their square
_ADDED = {"sum", "total"}
_REPEATED = _ADDED | set(
    "avg count stddev variance median percentile_cont percentile_disc std stddev_pop stddev_samp"
    " var_pop var_samp stdev stdevp var varp".split()
)


class _Group(NamedTuple):
    """The sources with one row, and the columns with one value, in each group.

    `single` are the sources of which GROUP BY leaves one row; `named` also those that it names.
    """

    sources: set[str]
    columns: list[Name]
    single: set[str]
    named: set[str]


class _Repeated(NamedTuple):
    """What is repeated, in words, and the source that repeats it."""

    message: str
    many: str


def fan_out(block: Block, rows: Rows, schema: Schema) -> Iterator[Issue]:
    """Report aggregates over rows that a join repeats."""
    if not 1 < len(block.members) <= MAX_SOURCES:
        return
    group, messages = None, set()
    for aggregate, pointer in _aggregates(block.node, block.pointer):
        group = group or _group(block, rows)
        repeated = _repetition(aggregate, block, rows, schema, group)
        if repeated and repeated.message not in messages:
            messages.add(repeated.message)
            yield _issue(repeated, pointer, block, rows)


def _issue(repeated: _Repeated, pointer: str, block: Block, rows: Rows) -> Issue:
    place = _declared(repeated.many, block, rows)
    if not place:
        return warning("fan_out", repeated.message, pointer)
    return Issue("fan_out", f"{repeated.message} The join is declared in {place}.", pointer=pointer)


def _declared(many: str, block: Block, rows: Rows) -> str:
    """Return where the join of a source with another is declared; empty if it is not."""
    table = block.table(many)
    keys = table.foreign_keys if table else ()
    others = {t.name.lower() for p in rows.partners[many] if (t := block.table(p))}
    return next((key.place for key in keys if key.place and key.table.lower() in others), "")


def _aggregates(node: Select, pointer: str) -> Iterator[tuple[Aggregate, str]]:
    """Yield the aggregates that repeated rows change; not those of windows."""
    clauses = (
        ("select", node.select),
        ("having", node.having),
        ("qualify", node.qualify),
        ("order_by", node.order_by),
    )
    for key, clause in clauses:
        windows: set[int] = set()
        for part, at in walk(clause, f"{pointer}/{key}"):
            if isinstance(part, Window):
                windows.add(id(part.window))
            elif isinstance(part, Aggregate) and id(part) not in windows and _counts(part):
                yield part, at


def _counts(node: Aggregate) -> bool:
    return node.agg in _REPEATED and not node.distinct


def _repetition(
    node: Aggregate, block: Block, rows: Rows, schema: Schema, group: _Group
) -> _Repeated | None:
    """Return what an aggregate takes several times, if it does."""
    if node.agg == "count" and not node.args:
        return _combinations(block, rows, schema, group)
    values = (node.args, node.order_by)
    names = {name for part, _ in walk(values) if (name := block.name(part))}
    sources = {alias for alias, _ in names}
    if not sources or (node.agg not in _ADDED and sources <= group.single):
        return None  # the average of one row's value is that value
    if node.agg == "count" and sources <= group.named:
        return None  # to count one row can only mean to count what joins it
    many = _repeater(sources, block, rows, schema, group)
    return _Repeated(_message(node, sorted(names), many, block), many) if many else None


def _combinations(block: Block, rows: Rows, schema: Schema, group: _Group) -> _Repeated | None:
    """Return what COUNT without operands counts, if that is combinations of two sources' rows."""
    repeaters = [_repeater({alias}, block, rows, schema, group) for alias in block.members]
    if not all(repeaters):
        return None
    one = repeaters[0] or ""
    other = _repeater({one}, block, rows, schema, group) or ""
    message = (
        f"Rows of {block.title(one)} and of {block.title(other)} are combined with all of the"
        " other's that belong to the same row, so COUNT counts combinations. Count each in a"
        " separate query, or use COUNT(DISTINCT ...) on the column to count."
    )
    return _Repeated(message, one)


def _message(node: Aggregate, names: list[Name], many: str, block: Block) -> str:
    mine, other = block.title(names[0][0]), block.title(many)
    remedy = f"Aggregate the rows of {other} in a separate query, or use EXISTS"
    if node.agg == "count":
        remedy = "To count each once, use COUNT(DISTINCT ...)"
    return (
        f"Rows of {mine} are repeated, once for each row of {other} that belongs to them, so"
        f" {node.agg.upper()} takes the same {block.full_name(names[0])} several times. {remedy}."
    )


def _repeater(
    sources: set[str], block: Block, rows: Rows, schema: Schema, group: _Group
) -> str | None:
    """Return a source that may have several rows for one row of each of `sources`."""
    done = rows.reach(sources | group.sources, group.columns, loosely=True)
    for alias in block.members:
        if alias not in done:
            for partner in rows.partners[alias]:
                if partner in done and _many(alias, partner, block, rows, schema):
                    return alias
    return _elements(block, done)


def _elements(block: Block, done: set[str]) -> str | None:
    """Return a source that is the elements of an array of one of `done`."""
    for alias, array in block.lateral:
        is_array = isinstance(block.members[alias].node, Unnest)
        if is_array and alias not in done and block.mentions(array) & done:
            return alias
    return None


def _many(alias: str, partner: str, block: Block, rows: Rows, schema: Schema) -> bool:
    """Does a key show that a row of `partner` may have several of `alias`?"""
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


# ── One value in each group ─────────────────────────────────────────────────────────────────


def _group(block: Block, rows: Rows) -> _Group:
    """Return the sources and columns that have one value in each group, by GROUP BY and WHERE.

    For a source that is only joined on its key, any column is taken to identify its row, such as a
    name. Otherwise each total by name would cause a warning.
    """
    node = block.node  # the sets may have less in common than each has
    values = [] if node.grouping_sets else [block.value_of(value) for value in node.group_by]
    columns = [*rows.fixed, *(name for value in values if (name := block.name(value)))]
    grouped = {name[0] for part, _ in walk(tuple(values)) if (name := block.name(part))}
    named, fixed = (
        {alias for alias in aliases if rows.named(alias)}
        for aliases in (grouped, {alias for alias, _ in rows.fixed})
    )
    single, by_name = (rows.reach(start, columns, loosely=True) for start in ((), named))
    return _Group(named | fixed | _picked(block), columns, single, by_name)


def _picked(block: Block) -> set[str]:
    """Return sources of which a condition picks one row, or none, for each row of others."""
    picked = set()
    for condition in block.conditions:
        value = condition.value
        if isinstance(value, Op) and (value.op == "is null" or _from_query(value)):
            picked |= {name[0] for part in value.args if (name := block.name(part))}
    return picked


def _from_query(value: Op) -> bool:
    """Is it an equality with the result of a query, such as the latest date?"""
    return value.op == "=" and any(isinstance(arg, Subquery) for arg in value.args)
