"""The resolution inside of an answer in another API, whose own fields have no place for it.

Clients of these APIs ignore fields that they do not know. Only answers have it of which there is
more to say than the model's name: what was tried before, and which of several servers answered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from registry.entities import Resolution

_OBJECT = re.compile(
    rb"^(?:data: ?)?\{(?=\s*\")(.*)$", re.MULTILINE
)  # an event's, or a line of JSON


def opened(data: bytes, resolution: Resolution) -> tuple[bytes, bytes]:
    """Return how a JSON object with the resolution begins, and its rest: images are large.

    The provider may be a portal, too; then the resolution is this one's.
    """
    if b'"resolution"' in data:
        fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        data = msgspec.json.encode({k: v for k, v in fields.items() if k != "resolution"})
    return b'{"resolution":' + bytes(resolution.as_json) + b",", data.lstrip()[1:]


class FirstEvent:
    """Puts the resolution into the first of a stream's events that is a JSON object."""

    __slots__ = ("resolution",)

    def __init__(self) -> None:
        self.resolution: Resolution | None = None  # what is not written yet

    def note(self, resolution: Resolution) -> None:
        if resolution.is_notable:
            self.resolution = resolution

    def write(self, data: bytes) -> bytes:
        """Return a batch of events with the resolution, if it is not written yet."""
        if self.resolution is None or (found := _OBJECT.search(data)) is None:
            return data
        begin = data.index(b"{", found.start())
        opening, rest = opened(data[begin : found.end()], self.resolution)
        self.resolution = None
        return b"".join([data[:begin], opening, rest, data[found.end() :]])
