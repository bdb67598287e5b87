"""The events of a streamed answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from core.errors import PortalError


class Chunk(msgspec.Struct, frozen=True):  # three times as cheap as a frozen dataclass
    """A piece of a streamed answer.

    `data` is one server-sent event or more, ready for the caller: each an OpenAI
    `chat.completion.chunk`, verbatim where the provider sent one. `text` and `reasoning` are their
    content, in whole characters. `usage_only` marks the closing chunk that OpenAI sends only to
    callers who request it. `images` is how many are complete with it.
    """

    data: bytes
    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    usage_only: bool = False
    images: int = 0


def server_sent(data: bytes) -> bytes:
    """Return `data` as a server-sent event."""
    return b"data: " + data.replace(b"\n", b"\ndata: ") + b"\n\n"


class Record(msgspec.Struct, frozen=True):
    """A JSON record of the stream, as the provider wrote it. Its events follow."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is complete: the provider gave a finish reason. Nothing follows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer broke off. Nothing follows."""

    error: PortalError


Event = Record | Chunk | Done | Failure
ENDS = (Done, Failure)
