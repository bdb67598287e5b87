"""
Brings parts of an answer into an order in which each block can be written without a break.

Servers may write text, thoughts and several tool calls at the same time; readers expect one block
after the other. What arrives while the arguments of a call are not complete waits until they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from core.json_values import loads

if TYPE_CHECKING:
    from doors.pieces import Call

CALL = "call "  # begins the key of a call's block


class Part(NamedTuple):
    """A part of a block: `key` says of which one, `value` is what its writer makes of it."""

    key: str
    value: Any
    arguments: str = ""


def call_part(call: Call) -> Part:
    return Part(f"{CALL}{call.index}", call, call.function.arguments or "")


class Order:
    """Parts in, parts out, those of each call together."""

    def __init__(self) -> None:
        self.open = ""  # the key of the last part that came out
        self.waiting: dict[str, list[Part]] = {}
        self._arguments = ""  # of the open call
        self._called: set[str] = set()

    def put(self, part: Part) -> list[Part]:
        """Return the parts whose turn it is."""
        if part.key == self.open:
            self._arguments += part.arguments
            return [part]
        self.waiting.setdefault(part.key, []).append(part)
        return self.rest(last=False)

    def rest(self, *, last: bool = True) -> list[Part]:
        """Return the parts that wait; unless these are the last ones, not before a call's end."""
        parts: list[Part] = []
        while self.waiting and (last or not self._may_go_on()):
            key = next(iter(self.waiting))
            rows = self.waiting.pop(key)
            if key in self._called:  # it was complete, and cannot be opened again
                continue
            if key.startswith(CALL):
                self._called.add(key)
            self.open, self._arguments = key, "".join(row.arguments for row in rows)
            parts += rows
        return parts

    def _may_go_on(self) -> bool:
        if not self.open.startswith(CALL):
            return False
        return not self._arguments.rstrip().endswith("}") or not _is_json(self._arguments)


def _is_json(text: str) -> bool:
    try:
        loads(text)
    except (ValueError, RecursionError):
        return False
    return True
