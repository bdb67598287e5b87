"""Where things stand: JSON Pointers into a query, offsets in the SQL that it was lifted from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from queryexpr.expression import Node
from queryexpr.issues import Issue
from queryexpr.lift.lift import Lifted, placed


def located(issues: Iterable[Issue], lifted: Lifted) -> tuple[Issue, ...]:
    """Return issues with the line and column that their pointers mean in the SQL."""
    return tuple(
        placed(replace(issue, line=_offset(issue.pointer, lifted)), lifted.sql) for issue in issues
    )


def _offset(pointer: str, lifted: Lifted) -> int:
    """Return the offset of the innermost node on the way to `pointer` that has one."""
    offset = 0
    for node in _way(lifted.expression, pointer):
        offset = lifted.places.get(id(node), offset)
    return offset


def _way(node: Any, pointer: str) -> Iterator[Any]:
    """Yield what stands on the way to `pointer`, as far as it leads."""
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
    return next(
        (n for n, field in type(node).model_fields.items() if (field.alias or n) == key), None
    )


def pointer_to(place: Iterable[str | int], document: Any) -> str:
    """Return the JSON Pointer of a pydantic error's place, which names kinds between the keys."""
    pointer = ""
    for key in place:
        inside = isinstance(document, dict) and key in document
        if inside or (isinstance(document, list) and isinstance(key, int) and key < len(document)):
            document = document[key]
            pointer += f"/{str(key).replace('~', '~0').replace('/', '~1')}"
    return pointer
