"""
What a door is: a pair of pure functions, requests in and answers out, and a form for errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.errors import PortalError
    from doors.pieces import Piece
    from registry.entities import Provider
    from registry.providers import wire
    from registry.providers.wire import Body


class Asked(msgspec.Struct, frozen=True):  # a frozen dataclass takes five times as long
    """A request that was read: the conversation, as OpenAI's chat request without `model`.

    `model` is what the caller names, or nothing. `dropped` names the caller's fields that the
    conversation does not have; `own` is the request in the door's own form, without what no
    server gets. `added` names fields that the door chose: they are left out if a model refuses
    them. `refusal` is raised unless the server speaks the door's API itself. `names` are the
    caller's for the fields of the conversation, as `chat.requests.names` has them.
    """

    model: str
    chat: Body
    own: Body
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    refusal: PortalError | None = None
    names: Mapping[str, str] = {}

    @property
    def stream(self) -> bool:
        return bool(self.chat.get("stream"))

    @property
    def texts(self) -> tuple[Body, Body]:
        """All that a server may get: one that speaks the door's API gets more than the chat."""
        return self.chat, self.own


def plainest(content: Any) -> Any:
    """Return the text of a content that is a single part of it: some servers read only text."""
    if isinstance(content, list) and len(content) == 1 and content[0].keys() == {"type", "text"}:
        return content[0]["text"]
    return content


class Writer(Protocol):
    """Writes the events of one streamed answer, whatever the order of the pieces."""

    def write(self, piece: Piece, /) -> bytes: ...
    def end(self) -> bytes:
        """Return the last events. The answer is complete."""
        ...


def _no_headers(received: Mapping[bytes, bytes]) -> tuple[tuple[str, str], ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Native:
    """How a door asks servers that speak its API themselves.

    `fit` returns the request as such a server gets it, and the names of what is dropped; `headers`
    the caller's headers that it gets.
    """

    wire: wire.Native
    fit: Callable[[Asked, Provider], tuple[Body, list[str]]]
    headers: Callable[[Mapping[bytes, bytes]], tuple[tuple[str, str], ...]] = _no_headers


class Door(Protocol):
    """The API of a door. `NATIVE` is the wire format of servers that speak it themselves."""

    NATIVE: str

    def read(self, request: dict[str, Any], /) -> Asked:
        """Raises PortalError for what cannot be carried."""
        ...

    def answer(self, piece: Piece, asked: Asked, identifier: str, model: str, /) -> Body:
        """Return the whole answer."""
        ...

    def Writer(self, asked: Asked, identifier: str, model: str, /) -> Writer: ...
