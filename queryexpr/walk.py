"""Ways through the parts of a query. None of them recurses: queries may be deep."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from queryexpr.check.scope import Scope, Source
from queryexpr.expression import Column, Node, Op, Select, SetOperation, Subquery


def walk(value: Any, pointer: str = "") -> Iterator[tuple[Node, str]]:
    """Yield the nodes of a value with their pointers, as they stand; not what is in a Subquery."""
    waiting = [(value, pointer)]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, tuple):
            waiting += [(node[n], f"{at}/{n}") for n in range(len(node) - 1, -1, -1)]
        elif isinstance(node, Node):
            yield node, at
            if not isinstance(node, Subquery):
                parts = ((getattr(node, name), key) for name, key in _parts(type(node)))
                waiting += [(p, f"{at}/{key}") for p, key in parts if isinstance(p, tuple | Node)]


@cache
def _parts(kind: type[Node]) -> tuple[tuple[str, str], ...]:
    """Return a kind of node's fields and their keys in JSON, the last first."""
    fields = reversed(list(kind.model_fields.items()))
    return tuple((name, field.alias or name) for name, field in fields)


def conjuncts(value: Any, pointer: str) -> Iterator[tuple[Any, str]]:
    """Yield the conditions that hold together if `value` does."""
    waiting = [(value, pointer)]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, Op) and node.op == "and":
            args = node.args
            waiting += [(args[n], f"{at}/args/{n}") for n in range(len(args) - 1, -1, -1)]
        elif node is not None:
            yield node, at


def selects(query: Any) -> Iterator[Select]:
    """Yield the query blocks whose rows a query is made of, and those of its WITH."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if isinstance(node, SetOperation):
            waiting += [node.left, node.right, *(cte.query for cte in node.with_)]
        elif isinstance(node, Select):
            yield node


def leaves(value: Any) -> Iterator[Any]:
    """Yield the tests that AND, OR and NOT put together."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Op) and node.op in ("and", "or", "not"):
            waiting += node.args
        else:
            yield node


def owners(column: Column, scope: Scope) -> list[Source]:
    """Return the sources that a column may be of: several only where that is not known."""
    if column.table is not None:
        source = scope.source(column.table)
        return [source] if source else []
    inner: Scope | None = scope
    while inner is not None:
        known = [source for source, _ in inner.known(column.column, None)]
        if found := known or [s for s in inner.sources.values() if s.columns is None]:
            return found
        inner = inner.outer
    return []
