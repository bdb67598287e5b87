"""Texts beside dates as dates, where a setting of the session says how a text is read."""

from __future__ import annotations

import re
from typing import Any

from queryexpr.check.kinds import kind
from queryexpr.check.scope import Scope
from queryexpr.dialects.operators import COMPARISONS
from queryexpr.expression import Cast, Node, Op, Values

DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(DATE.pattern + r"[ T]\d\d:\d\d:\d\d(\.\d{1,6})?")
_TESTS = COMPARISONS | {"between", "not between", "in", "not in"}


def dated(node: Node, scope: Scope) -> Node:
    """Return a comparison of dates whose ISO texts are cast; any other node as it is."""
    if not isinstance(node, Op) or node.op not in _TESTS:
        return node
    listed = node.args[-1] if isinstance(node.args[-1], Values) else None
    values = (*node.args[:-1], *listed.values) if listed else node.args
    if not any(kind(value, scope) == "time" for value in values):
        return node
    args = tuple(map(_as_date, node.args))
    if listed:
        dates = tuple(map(_as_date, listed.values))
        args = (*args[:-1], listed.model_copy(update={"values": dates}))
    return node.model_copy(update={"args": args})


def _as_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if DATE.fullmatch(value):
        return Cast(cast=value, type="date")
    return Cast(cast=value.replace("T", " "), type="timestamp") if TIME.fullmatch(value) else value
