"""Changes of a tree of sqlglot's, from the inside out, so that none is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp


def changed(tree: exp.Expr, change: Callable[..., exp.Expr], *more: Any) -> exp.Expr:
    """Return the tree with `change(node, *more)` for each node; a new node keeps the type.

    sqlglot's own `transform` leaves out what is inside of a node that was replaced.
    """
    for node in reversed(list(tree.walk())):
        parent, key, index = node.parent, node.arg_key, node.index
        new = change(node, *more)
        if new is node:
            continue
        new.type = node.type
        if parent is None or key is None:
            new.parent = None
            tree = new
        else:
            parent.set(key, new, index)
    return tree


def bare(value: exp.Expr) -> exp.Expr:
    """Return a value without the parentheses around it; a query as a value keeps its own."""
    while type(value) is exp.Paren:
        value = value.this
    return value


def apart(value: exp.Expr) -> None:
    """Put an operand of a function into parentheses, which may become one of an operator."""
    if isinstance(value, exp.Binary | exp.Not | exp.Is | exp.Between | exp.In):
        around = exp.Paren(this=value.copy())
        around.type = value.type
        value.replace(around)
