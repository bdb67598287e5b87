"""A large request, of which only the bytes stay while its answer is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.providers.wire import Body

MAX_KEPT = 1000  # bytes of a field's JSON


class Question(dict[str, Any]):
    """A body whose large fields are dropped once its provider's request is written.

    `read_again` returns the body, should it be sent again: objects take ten times as much memory
    as the bytes that they were read from.
    """

    def __init__(self, body: Body, read_again: Callable[[], Body]) -> None:
        super().__init__(body)
        self._read_again = read_again
        self._is_whole = True

    def drop(self) -> None:
        """Keep small fields: what reads the answer may look at them."""
        self._is_whole = False
        small = {name: value for name, value in self.items() if _is_small(value)}
        if self.get("tools"):
            small["tools"] = [{}]  # there are some
        self.clear()
        self.update(small)

    def restore(self) -> None:
        if not self._is_whole:
            self.update(self._read_again())
            self._is_whole = True


def _is_small(value: object) -> bool:
    return len(msgspec.json.encode(value)) <= MAX_KEPT


def drop(body: Body) -> None:
    """Drop what of a body is large. Its request is written."""
    if isinstance(body, Question):
        body.drop()


def restored(body: Body) -> Body:
    """Return a body with all its fields."""
    if isinstance(body, Question):
        body.restore()
    return body
