"""What rows are grouped by, inside of another value, where only the whole value is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect

_APART = (exp.AggFunc, exp.Query)


def single_groups(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Write `UPPER(a) || 'x'` with GROUP BY UPPER(a) as `MIN(UPPER(a)) || 'x'`.

    Rows of a group have one such value, which is its own minimum.
    """
    if target.nested_groups or not isinstance(node, exp.Select):
        return node
    group = node.args.get("group")
    if group is None:
        return node
    keys = [_value(key, node) for key in group.expressions]
    keys = [key for key in keys if not isinstance(key, exp.Column | exp.Literal)]
    order = node.args.get("order")
    parts = [item.unalias() for item in node.expressions]
    parts += [sort.this for sort in (order.expressions if order else ())]
    for part in parts if keys else ():
        if part not in keys:
            _wrap(part, keys)
    return node


def _value(key: exp.Expr, node: exp.Select) -> exp.Expr:
    """Return the value of the result that a number or an alias in GROUP BY means."""
    items: list[exp.Expr] = node.expressions
    if key.is_int and 0 < int(key.name) <= len(items):
        return copied(items[int(key.name) - 1].unalias())
    named = (item for item in items if isinstance(item, exp.Alias) and item.alias == key.name)
    item = next(named, None) if isinstance(key, exp.Column) and not key.table else None
    return copied(item.this if item else key)


def _wrap(part: exp.Expr, keys: list[exp.Expr]) -> None:
    kinds = {type(key) for key in keys}
    for found in [node for node in part.walk() if type(node) in kinds]:
        if found in keys and not any(isinstance(node, _APART) for node in _between(found, part)):
            inner = found.copy()
            found.replace(exp.Min(this=inner))


def _between(node: exp.Expr, outer: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what is around a node, up to a node outside, and that one."""
    while node is not outer and node.parent is not None:
        node = node.parent
        yield node
