"""Queries in FROM that see the tables before them: JOIN LATERAL (…), or CROSS and OUTER APPLY."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect


def joined(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return a join of such a query as the target has it. Raises Refused for a condition."""
    if isinstance(node, exp.Join) and isinstance(node.this, exp.Lateral):
        applies = node.this.args.get("cross_apply")
        if target.lateral == "apply" and applies is None:
            _apply(node, target)
        elif target.lateral == "lateral" and applies is not None:
            node.this.set("cross_apply", None)
            node.set("kind" if applies else "side", "CROSS" if applies else "LEFT")
            node.set("on", None if applies else exp.true())
    return node


def _apply(node: exp.Join, target: Dialect) -> None:
    on = node.args.get("on")
    if (on and on != exp.true()) or node.args.get("using") or node.side in ("RIGHT", "FULL"):
        raise lacks(target, "lateral joins on a condition")
    node.this.set("cross_apply", node.side != "LEFT")
    for key in ("on", "side", "kind"):
        node.set(key, None)
