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
_PARTS = ("partition_by", "order", "spec")
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
    over = _built(reader, node, frozenset())
    order, spec = over.get("order"), over.get("spec")
    return Window(
        window=inner,
        partition_by=reader.values(over.get("partition_by") or []),
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


def _built(reader: Reader, node: exp.Expr, names: frozenset[str]) -> dict[str, Any]:
    """Return the parts of a window, which may be built on one of WINDOW: `OVER (w ORDER BY a)`.

    The query expression has no WINDOW.
    """
    own = {key: node.args.get(key) for key in _PARTS if node.args.get(key)}
    name = node.args["alias"].name.lower() if node.args.get("alias") else ""
    if not name:
        return own
    window = reader.windows.get(name)
    if window is None or name in names:
        raise reader.refuse(node)
    reader.only(window, "this", "alias", *_PARTS)
    base = _built(reader, window, names | {name})
    if "partition_by" in own or own.keys() & base.keys() or (own and "spec" in base):
        message = f"A window that is built on {name!r} adds an order, or a frame, that it lacks."
        raise reader.wrong("window", message, node)
    return base | own


def _frame(reader: Reader, spec: exp.WindowSpec) -> Frame:
    reader.only(spec, "kind", "start", "start_side", "end", "end_side", "exclude")
    frame = spec.args["kind"].lower()
    if frame == "groups" and not reader.dialect.group_frames:
        message = f"{reader.dialect.title} has no frame of GROUPS."
        raise reader.wrong("not_supported", message, spec)
    start = _bound(reader, spec, "start")
    end = _bound(reader, spec, "end") if spec.args.get("end") else None
    return Frame(frame=frame, start=start, end=end, exclude=_excluded(reader, spec))


def _excluded(reader: Reader, spec: exp.WindowSpec) -> Any:
    """Read EXCLUDE TIES and its like; EXCLUDE NO OTHERS leaves out nothing."""
    word = spec.text("exclude").lower()
    if word and not reader.dialect.excludes:
        message = f"{reader.dialect.title} has no EXCLUDE in a frame: subtract the rows."
        raise reader.wrong("not_supported", message, spec)
    return word if word and word != "no others" else None


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
