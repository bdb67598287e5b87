"""Conditions as values, for dialects that have none."""

from __future__ import annotations

from typing import Any

from queryexpr.dialects.operators import is_condition
from queryexpr.expression import Case, Op, When


def as_value(node: Any) -> Any:
    """Return a condition as a CASE that is 1, 0 or null; any other value as it is."""
    if not is_condition(node):
        return node
    if node.op.startswith(("is ", "exists", "not exists")):
        return Case(case=(When(when=node, then=1),), otherwise=0)
    # Neither holds where it is null.
    return Case(case=(When(when=node, then=1), When(when=_opposite(node), then=0)))


def _opposite(node: Op) -> Any:
    """Return the condition that holds where `node` does not, without a second NOT."""
    if node.op == "not":
        return node.args[0]
    if node.op.startswith("not "):
        return Op(op=node.op.removeprefix("not "), args=node.args)
    return Op(op="not", args=(node,))
