"""Checks of the frames of windows: bounds that are in order, and ranges that can be counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from queryexpr.check.kinds import kind
from queryexpr.check.scope import Scope
from queryexpr.expression import Frame, Window

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_NUMBER = re.compile(r"\d+ (preceding|following)")
_KINDS = {"text": "a text", "boolean": "a condition", "time": "a date"}


def check_frame(checker: Checker, node: Window, scope: Scope, pointer: str) -> None:
    """Add an error for a frame that no row can have."""
    frame = node.frame
    if frame is None:
        return
    if message := _order(frame) or _range(checker, node, frame, scope):
        checker.wrong("window", message, f"{pointer}/frame")


def _order(frame: Frame) -> str:
    start, end = _place(frame.start), _place(frame.end or "current row")
    if start == 4 or end == 0 or start > end:
        end_word = frame.end or "current row"
        return f"A frame cannot begin at {frame.start!r} and end at {end_word!r}."
    return ""


def _place(bound: str) -> int:
    """Return where a bound is: 0 is the first row, 2 the current one, 4 the last."""
    if bound == "current row":
        return 2
    sign = -1 if bound.endswith("preceding") else 1
    return 2 + sign * (2 if bound.startswith("unbounded") else 1)


def _range(checker: Checker, node: Window, frame: Frame, scope: Scope) -> str:
    bounds = (frame.start, frame.end or "")
    if frame.frame != "range" or not any(map(_NUMBER.fullmatch, bounds)):
        return ""
    if len(node.order_by) != 1:
        return "A range of numbers needs ORDER BY with one value, from which it is counted."
    dialect, found = checker.dialect, kind(node.order_by[0].by, scope)
    refused = found in ("text", "boolean") and not dialect.affinities
    if refused or (found == "time" and dialect.strict_types):
        return f"A range of numbers is not counted from {_KINDS[found]}."
    return ""
