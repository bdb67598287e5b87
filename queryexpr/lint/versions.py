"""Warnings about what only some databases of a dialect have, as MySQL and not MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Aggregate, Function, Native, Window
from queryexpr.issues import Issue
from queryexpr.walk import walk

CODE = "versions"
_DEFAULT = 2  # operands before that of LAG and LEAD


def versions(checked: Checked, source: Dialect, target: Dialect) -> Iterator[Issue]:
    """Yield a warning for each function that some databases of `target` lack.

    What is translated has other words by then, but for GROUPING, which has no other.
    """
    nodes = [node for block, _, _ in checked.blocks for node, _ in walk(block)]
    names = dict.fromkeys(map(_name, nodes))
    for name in names:
        if name in target.not_in_all and (source is target or name == "GROUPING"):
            yield Issue(CODE, target.not_in_all[name], "warning")
    if source is target and not target.offset_defaults and any(map(_has_default, nodes)):
        message = "MariaDB takes no value for missing rows: write COALESCE around LAG and LEAD."
        yield Issue(CODE, message, "warning")


def _name(node: Any) -> str:
    if isinstance(node, Native):
        return node.native.upper()
    return node.agg.upper() if isinstance(node, Aggregate) else ""


def _has_default(node: Any) -> bool:
    call = node.window if isinstance(node, Window) else None
    return isinstance(call, Function) and call.fn in ("lag", "lead") and len(call.args) > _DEFAULT
