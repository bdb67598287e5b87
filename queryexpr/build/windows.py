"""Our windows and their frames → sqlglot's."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.aggregates import write_aggregate, write_order
from queryexpr.build.builder import Builder, Writing
from queryexpr.expression import Aggregate, Frame, Window

# sqlglot places IGNORE NULLS, inside of the call or behind it, where it knows the function.
_FUNCTIONS: dict[str, tuple[type[exp.Expr], tuple[str, ...]]] = {
    "lag": (exp.Lag, ("this", "offset", "default")),
    "lead": (exp.Lead, ("this", "offset", "default")),
    "first_value": (exp.FirstValue, ("this",)), "last_value": (exp.LastValue, ("this",)),
    "nth_value": (exp.NthValue, ("this", "offset")),
}  # fmt: skip


def write_window(builder: Builder, node: Window) -> exp.Expr:
    return exp.Window(
        this=_ignoring(builder, node) if node.ignore_nulls else builder.value(node.window),
        partition_by=builder.values(node.partition_by),
        order=write_order(builder, node.order_by) if node.order_by else None,
        spec=_frame(builder, node.frame) if node.frame else None,
        over="OVER",
    )


def _ignoring(builder: Builder, node: Window) -> exp.Expr:
    name = getattr(node.window, "fn", "")
    if name not in builder.dialect.ignores_nulls:
        raise builder.lacks(f"IGNORE NULLS for {name.upper()}")
    kind, names = _FUNCTIONS[name]
    operands = builder.values(node.window.args)
    return exp.IgnoreNulls(this=kind(**dict(zip(names, operands, strict=False))))


def _frame(builder: Builder, frame: Frame) -> exp.WindowSpec:
    if frame.frame == "groups" and not builder.dialect.group_frames:
        raise builder.lacks("frames of GROUPS")
    start = _bound(builder, "start", frame.start)
    end = _bound(builder, "end", frame.end) if frame.end else {}
    if frame.exclude and not builder.dialect.excludes:
        raise builder.lacks("EXCLUDE in a frame")
    exclude = exp.var(frame.exclude.upper()) if frame.exclude else None
    return exp.WindowSpec(kind=frame.frame.upper(), **start, **end, exclude=exclude)


def _bound(builder: Builder, which: str, text: str) -> dict[str, Any]:
    """Return a frame's bound, such as `3 preceding`, in sqlglot's words."""
    if text == "current row":
        return {which: "CURRENT ROW"}
    amount, *unit, side = text.split()
    value: Any = "UNBOUNDED" if amount == "unbounded" else exp.Literal.number(amount)
    if unit:
        if not builder.dialect.time_frames:
            raise builder.lacks("frames of a length of time")
        value = exp.Interval(this=exp.Literal.string(amount), unit=exp.var(unit[0].upper()))
    return {which: value, f"{which}_side": side.upper()}


WINDOWS: dict[type, Writing] = {Aggregate: write_aggregate, Window: write_window}
