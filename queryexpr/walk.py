"""
The tree of a query expression: its parts, walks over it, and new trees made from it.

`children` are the nodes directly inside a node. `walk` visits all nodes with their JSON Pointers.
`transform` returns a node with other parts, `rebuild` a tree of other nodes. Walks do not recurse:
queries may be deep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from queryexpr.expression import Node, Op, Select, SetOperation, Subquery


@cache
def keys(kind: type[Node]) -> dict[str, str]:
    """Return the fields of a kind of node, in their order, each with its key in JSON."""
    return {name: field.alias or name for name, field in kind.model_fields.items()}


def fields(node: Node) -> Iterable[tuple[str, Any]]:
    """Return the names and the values of a node's fields, in their order."""
    return node.__dict__.items()


def parts(node: Node) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a node that hold nodes or tuples, with their names."""
    for name, value in fields(node):
        if isinstance(value, tuple | Node):
            yield name, value


def children(node: Node) -> Iterator[Any]:
    """Yield the nodes directly inside a node, and the numbers and texts of its tuples."""
    for _, value in parts(node):
        if isinstance(value, tuple):
            yield from value
        else:
            yield value


def walk(value: Any, pointer: str = "", *, subqueries: bool = False) -> Iterator[tuple[Node, str]]:
    """Yield the nodes of a value, outer ones first, with their JSON Pointers.

    `value` is a node or a tuple. What is inside a Subquery is left out, unless `subqueries`.
    """
    waiting = [(value, pointer)]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, tuple):
            waiting += [(node[n], f"{at}/{n}") for n in range(len(node) - 1, -1, -1)]
        elif isinstance(node, Node):
            yield node, at
            if subqueries or not isinstance(node, Subquery):
                known = keys(type(node))
                inner = [(part, f"{at}/{known[name]}") for name, part in parts(node)]
                waiting += reversed(inner)


def transform(node: Node, change: Callable[[str, Any, str], Any]) -> Node:
    """Return `node` with the result of `change` for each of its parts; itself if none differs.

    `change` gets the name of a field, its value, a node or a tuple, and its key in JSON.
    """
    known = keys(type(node))
    changed = {name: change(name, value, known[name]) for name, value in parts(node)}
    update = {name: value for name, value in changed.items() if value is not getattr(node, name)}
    return node.model_copy(update=update) if update else node


def rebuild(value: Any, change: Callable[[Node], Any]) -> Any:
    """Return a node or a tuple with the result of `change` for each node, inner ones first."""
    if isinstance(value, tuple):
        changed = tuple(rebuild(one, change) for one in value)
        same = all(one is other for one, other in zip(value, changed, strict=True))
        return value if same else changed
    if not isinstance(value, Node):
        return value
    return change(transform(value, lambda name, part, key: rebuild(part, change)))


def path(node: Any, pointer: str) -> Iterator[Any]:
    """Yield `node` and the values on the way along a JSON Pointer, as far as it leads."""
    yield node
    for key in pointer.split("/")[1:]:
        if isinstance(node, tuple) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, Node) and (name := _field(node, key)):
            node = getattr(node, name)
        else:
            return
        yield node


def _field(node: Node, key: str) -> str | None:
    return next((name for name, known in keys(type(node)).items() if known == key), None)


# ── Conditions and query blocks ─────────────────────────────────────────────────────────────


def conjuncts(value: Any, pointer: str) -> Iterator[tuple[Any, str]]:
    """Yield the conditions that are all true where `value` is, with their JSON Pointers."""
    waiting = [(value, pointer)]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, Op) and node.op == "and":
            args = node.args
            waiting += [(args[n], f"{at}/args/{n}") for n in range(len(args) - 1, -1, -1)]
        elif node is not None:
            yield node, at


def selects(query: Any) -> Iterator[Select]:
    """Yield the query blocks that a query's rows come from, and those of its WITH."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if isinstance(node, SetOperation):
            waiting += [node.left, node.right, *(cte.query for cte in node.with_)]
        elif isinstance(node, Select):
            yield node


def leaves(value: Any) -> Iterator[Any]:
    """Yield the conditions that AND, OR and NOT combine."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Op) and node.op in ("and", "or", "not"):
            waiting += node.args
        else:
            yield node
