"""Functions, aggregates and windows in plain English: one function for each class, in CALLS."""

from __future__ import annotations

from typing import Any

from queryexpr.dialects.operators import AGGREGATES
from queryexpr.explain.words import (
    AGGS,
    ATOM,
    CHAIN,
    FUNCTIONS,
    PHRASE,
    SUM,
    TEST,
    UNITS,
    Words,
    as_call,
    escaped,
    listed,
)
from queryexpr.explain.writer import Writer
from queryexpr.expression import (
    Aggregate,
    Case,
    Cast,
    Frame,
    Function,
    Interval,
    Native,
    Node,
    Window,
)


def _function(writer: Writer, node: Function) -> Words:
    wording = FUNCTIONS.get((node.fn, len(node.args)))
    if wording and ("{unit}" in wording.template) == (node.unit is not None):
        return writer.worded(wording, node.args, unit=UNITS.get(node.unit or "", node.unit or ""))
    if node.fn == "coalesce" and node.args and not node.unit:
        return f"the first of ({', '.join(writer.texts(node.args))}) that has a value", SUM
    unit = [node.unit] if node.unit else []
    return as_call(node.fn, [*unit, *writer.texts(node.args)])


def _native(writer: Writer, node: Native) -> Words:
    args = writer.texts(node.args)
    if node.unit:
        units = writer.dialect.unit_at if writer.dialect else {}
        place = units.get(node.native.upper(), 0)
        args.insert(place, escaped(node.unit))
    return as_call(node.native, args)


def _case(writer: Writer, node: Case) -> Words:
    start, branch = "", "if {} then {}"
    if node.of is not None:  # only once: repeated, the text of nested branches would explode
        start, branch = f"depending on {writer.text(node.of, SUM)}: ", "{} gives {}"
    each = [
        branch.format(writer.text(one.when, TEST), writer.text(one.then, SUM)) for one in node.case
    ]
    return f"{start}{', '.join(each)}, otherwise {writer.text(node.otherwise, SUM)}", CHAIN


def _cast(writer: Writer, node: Cast) -> Words:
    to = escaped(node.type)
    if isinstance(node.cast, str) and to.startswith(("date", "time", "interval")) and not node.safe:
        return f"the {to} {writer.text(node.cast)}", ATOM
    safe = " (no value where that fails)" if node.safe else ""
    return f"{writer.text(node.cast, ATOM)} converted to {to}{safe}", SUM


def _interval(writer: Writer, node: Interval) -> Words:
    plural = "" if node.interval == 1 else "s"
    return f"{writer.text(node.interval, ATOM)} {node.unit}{plural}", ATOM


# ── Aggregates and windows ──────────────────────────────────────────────────────────────────


def _aggregate(writer: Writer, node: Aggregate) -> Words:
    minimum, maximum = AGGREGATES.get(node.agg, (0, -1))
    known = minimum <= len(node.args) <= maximum
    text, level = (_AGGREGATES.get(node.agg, _plain_agg) if known else _other)(writer, node)
    if node.order_by and not node.agg.startswith("percentile"):
        text += f" (in the order of {writer.order(node.order_by)})"
    if node.filter is not None:
        text += f" (only of rows where {writer.text(node.filter)})"
    return text, level


def _other(writer: Writer, node: Aggregate) -> Words:
    args = writer.texts(node.args)
    text, level = as_call(node.agg, args)
    return (f"{text} of different values", PHRASE) if node.distinct else (text, level)


def _plain_agg(writer: Writer, node: Aggregate) -> Words:
    template = AGGS.get((node.agg, writer.family(node.args[0])), AGGS[node.agg, ""])
    operand = writer.text(node.args[0], PHRASE if template.endswith("of {0}") else ATOM)
    each = f"(the different values of {operand})" if node.distinct else operand
    return template.format(each), PHRASE


def _count(writer: Writer, node: Aggregate) -> Words:
    different = "different " if node.distinct else ""
    if not node.args:
        return f"the number of {different}rows", PHRASE
    if not isinstance(node.args[0], Node) and not node.distinct and len(node.args) == 1:
        return f"the number of rows (each counted by {writer.text(node.args[0])})", PHRASE
    what = "values" if len(node.args) == 1 else "combinations"
    return f"the number of {different}{what} of {listed(writer.texts(node.args, ATOM))}", (
        PHRASE if len(node.args) == 1 else SUM
    )


def _joined_text(writer: Writer, node: Aggregate) -> Words:
    first, *mark = writer.texts(node.args, ATOM)
    different = "different " if node.distinct else ""
    between = f" with {mark[0]} between them" if mark else ""
    return f"the {different}values of {first} put together as one text{between}", SUM


def _percentile(writer: Writer, node: Aggregate) -> Words:
    how = "between two values if need be" if node.agg.endswith("cont") else "one that occurs"
    of = writer.order(node.order_by) if node.order_by else "the rows"
    different = "the different values of " if node.distinct else ""
    share = writer.text(node.args[0], ATOM)
    return f"the value at {share} of the way through {different}({of}; {how})", PHRASE


def _window(writer: Writer, node: Window) -> Words:
    parts = ["over all rows"]
    if node.partition_by:
        parts = [f"over the rows that agree in {listed(writer.texts(node.partition_by, ATOM))}"]
    if node.order_by:
        parts.append(f"in the order of {writer.order(node.order_by)}")
    if frame := node.frame or (_FRAME if node.order_by and _sees_rows(node.window) else None):
        parts.append(f"from {_bound(frame, frame.start)} to {_bound(frame, frame.end or _HERE)}")
    if node.frame and node.frame.exclude:
        parts.append(f"without {_EXCLUDED[node.frame.exclude]}")
    if node.ignore_nulls:
        parts.append("passing over rows without a value")
    return f"{writer.text(node.window, SUM)} ({'; '.join(parts)})", PHRASE


def _sees_rows(node: Aggregate | Function) -> bool:
    return isinstance(node, Aggregate) or node.fn.endswith("_value")


def _bound(frame: Frame, bound: str) -> str:
    if words := _BOUNDS.get((frame.frame, bound)) or _BOUNDS.get(("", bound)):
        return words
    amount, *unit, side = escaped(bound).split()
    where = {"preceding": "before", "following": "after"}.get(side, side)
    steps = f"{unit[0]}{'' if amount == '1' else 's'}" if unit else _STEPS[frame.frame]
    return f"{amount} {steps} {where}"


_HERE = "current row"
_FRAME = Frame(frame="range", start="unbounded preceding")  # SQL's default with an order
_BOUNDS = {
    ("", "unbounded preceding"): "the first row", ("", "unbounded following"): "the last row",
    ("rows", _HERE): "the current row", ("", _HERE): "the current row and its equals",
}  # fmt: skip
_EXCLUDED = {
    _HERE: "the current row", "group": "the current row and its equals",
    "ties": "the equals of the current row",
}  # fmt: skip
_STEPS = {"rows": "rows", "range": "in value", "groups": "groups of equals"}
_AGGREGATES: dict[str, Any] = {
    "count": _count, "string_agg": _joined_text,
    "percentile_cont": _percentile, "percentile_disc": _percentile,
}  # fmt: skip
CALLS: dict[type, Any] = {
    Function: _function, Native: _native, Case: _case, Cast: _cast, Interval: _interval,
    Aggregate: _aggregate, Window: _window,
}  # fmt: skip
