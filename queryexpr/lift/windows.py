"""sqlglot's windows and their frames → ours."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from queryexpr.dialects.operators import RANKINGS
from queryexpr.expression import Aggregate, Frame, Function, Interval, Window
from queryexpr.lift.aggregates import AGGREGATES_READ, read_order
from queryexpr.lift.lengths import length, parts_of
from queryexpr.lift.reader import Reader, Reading

_PLAIN = {"quarter": (3, "month"), "week": (7, "day")}
_UNITS = {"year", "month", "day", "hour", "minute", "second"}


def read_window(reader: Reader, node: exp.Window) -> Window:
    reader.only(node, "this", "partition_by", "order", "spec", "alias", "over")
    call, ignores = _call(node.this)
    inner = reader.value(call)
    if not isinstance(inner, Aggregate | Function) or (
        isinstance(inner, Function) and inner.fn not in RANKINGS
    ):
        raise reader.refuse(node)
    if ignores and getattr(inner, "fn", "") not in reader.dialect.ignores_nulls:
        message = f"{reader.dialect.title} has no IGNORE NULLS there."
        raise reader.wrong("not_supported", message, node)
    over = _named_window(reader, node) if node.alias else node
    order, spec = over.args.get("order"), over.args.get("spec")
    return Window(
        window=inner,
        partition_by=reader.values(over.args.get("partition_by") or []),
        order_by=read_order(reader, order) if order else (),
        frame=_frame(reader, spec) if spec else None,
        ignore_nulls=ignores,
    )


def _call(node: exp.Expr) -> tuple[exp.Expr, bool]:
    """Return a call without IGNORE NULLS, which is after it or inside, and whether it was there."""
    if isinstance(node, exp.IgnoreNulls | exp.RespectNulls):
        return node.this, isinstance(node, exp.IgnoreNulls)
    inside = {type(part) for part in node.expressions} & {exp.IgnoreNulls, exp.RespectNulls}
    if len(inside) != 1 or not isinstance(node, exp.Anonymous):
        return node, False
    operands = [part.this if type(part) in inside else part for part in node.expressions]
    return exp.Anonymous(this=node.this, expressions=operands), exp.IgnoreNulls in inside


def _named_window(reader: Reader, node: exp.Window) -> exp.Expr:
    """Return the definition that `OVER name` names; the query expression has no WINDOW."""
    window = reader.windows.get(node.alias.lower())
    if window is None or any(node.args.get(key) for key in ("partition_by", "order", "spec")):
        raise reader.refuse(node)
    reader.only(window, "this", "partition_by", "order", "spec")
    return window


def _frame(reader: Reader, spec: exp.WindowSpec) -> Frame:
    reader.only(spec, "kind", "start", "start_side", "end", "end_side")
    frame = spec.args["kind"].lower()
    if frame == "groups" and not reader.dialect.group_frames:
        message = f"{reader.dialect.title} has no frame of GROUPS."
        raise reader.wrong("not_supported", message, spec)
    start = _bound(reader, spec, "start")
    end = _bound(reader, spec, "end") if spec.args.get("end") else None
    return Frame(frame=frame, start=start, end=end)


def _bound(reader: Reader, spec: exp.WindowSpec, which: str) -> str:
    value, side = spec.args[which], spec.args.get(f"{which}_side")
    is_text = isinstance(value, exp.Literal) and value.is_string
    if isinstance(value, exp.Interval):
        word = _length(reader, spec, reader.value(value))
    elif is_text and not reader.dialect.literals_have_types and (parts := parts_of(value.name)):
        word = _length(reader, spec, length(parts))
    else:
        word = value if isinstance(value, str) else str(reader.value(value))
        if not re.fullmatch(r"current row|unbounded|\d{1,9}", word.lower()):
            raise reader.refuse(spec)
    return f"{word} {side}".lower() if side else word.lower()


def _length(reader: Reader, spec: exp.WindowSpec, value: Any) -> str:
    """Read the length of time in `RANGE INTERVAL 7 DAY PRECEDING`."""
    is_range = spec.args["kind"].lower() == "range" and reader.dialect.time_frames
    if not is_range or not isinstance(value, Interval) or type(value.interval) is not int:
        raise reader.refuse(spec)
    factor, unit = _PLAIN.get(value.unit, (1, value.unit))
    if unit not in _UNITS or value.interval < 0:
        raise reader.refuse(spec)
    return f"{value.interval * factor} {unit}"


WINDOWS: dict[type[exp.Expr], Reading] = {**AGGREGATES_READ, exp.Window: read_window}
