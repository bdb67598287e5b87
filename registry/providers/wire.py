"""
The protocol of the wire formats: requests out, events in. No I/O, no clock, no randomness.

Every wire module has the names of `Wire`. Callers' bodies and answers are in OpenAI's format; each
module translates to and from its own, with `writing` and `reading`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.errors import PortalError
    from registry.providers.events import Event

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One model at its provider: what a wire module needs to write a request.

    `omit` has fields of ours that the model has refused: they are not added again.
    """

    provider: str
    name: str
    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    context_window: int | None = None
    omit: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to a provider. `body` is of `media_type`, or None for a GET.

    `headers` are the same for all requests of a target: the transport adds those of one request.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = None
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a caller's form. `boundary` is new, so that no part can hold it."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    boundary: str = ""


class Stamp(msgspec.Struct, frozen=True):
    """The ID and the Unix time, in seconds, of an answer that we compose, and what it answers."""

    id: str
    created: int
    request: dict[str, Any] = {}


class ChatStream(Protocol):
    """Bytes in, events out; the same events however the bytes are cut.

    `keeps_records` adds a Record before the events of each record. `oddities` names what the server
    did beside its documents, for operators.
    """

    keeps_records: bool
    oddities: set[str]
    ended: bool

    @property
    def complete(self) -> bool:
        """Is the answer whole, whatever follows?"""
        ...

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished record are kept."""
        ...

    def feed(self, data: bytes) -> list[Event]: ...
    def close(self) -> list[Event]:
        """Return the events at the end of the bytes. A stream that was cut off is a Failure."""
        ...


class MakesStream(Protocol):
    def __call__(self, target: Target, stamp: Stamp) -> ChatStream: ...


@dataclass(frozen=True, slots=True)
class Relayed:
    """A whole answer as the caller gets it.

    `usage` is what it counts, in OpenAI's form, `images` how many it has, `text` what it says.
    """

    data: bytes
    usage: Body | None
    media_type: str = "application/json"
    images: int = 0
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Native:
    """Requests of callers who speak a wire format themselves, and answers as they are.

    `write` puts in the model and the options of models.yaml. `read` takes a whole answer and the
    request; it raises PortalError for what is none. The Chunks of `Stream` hold the server's own
    bytes; `text` returns what whole events of these say, in which half a character may be.
    """

    write: Callable[[Target, Body], Request]
    read: Callable[[bytes, Body], Relayed]
    Stream: MakesStream
    text: Callable[[bytes], str] | None = None


class Wire(Protocol):
    """A wire format.

    ADDRESS is the key of models.yaml that holds the server's address. FOLDS: `x` and `x:latest` are
    one model. LISTS_ALL: the server's list of models is complete, so that others do not exist.
    ADDED: fields that the module adds to requests, by the kind of the call (chat, stream, embed),
    and leaves out if `Target.omit` has them. RELAYS: the calls whose answers are relayed, by name:
    rerank, transcription, translation, image_generation.
    """

    ADDRESS: str
    FOLDS: bool
    LISTS_ALL: bool
    ADDED: Mapping[str, tuple[str, ...]]
    RELAYS: Mapping[str, Native]

    @property
    def Stream(self) -> MakesStream: ...
    @property
    def CompletionStream(self) -> MakesStream:
        """The stream of raw completions. Its chunks are OpenAI's `text_completion`."""
        ...

    def base_url(self, text: str, /) -> str: ...
    def headers(self, key: str, /) -> Mapping[str, str]:
        """Return the headers of each request, with the key of models.yaml; it may be empty.

        The `headers` of models.yaml win.
        """
        ...

    def fit(self, body: Body, /) -> Sequence[str]:
        """Return the names of the caller's fields that the format drops, in a chat request.

        Raises PortalError for a field without which the answer would have another meaning.
        """
        ...

    def chat(self, target: Target, body: Body, /) -> Request: ...
    def read_chat(self, data: bytes, stamp: Stamp, /) -> Body: ...
    def embeddings(self, target: Target, body: Body, /) -> Request: ...
    def read_embeddings(self, data: bytes, /) -> Embeddings: ...
    def fit_completion(self, body: Body, /) -> Sequence[str]:
        """As `fit`, for a request of raw completions."""
        ...

    def completion(self, target: Target, body: Body, /) -> Request: ...
    def read_completion(self, data: bytes, /) -> Completion: ...
    def models(self, target: Target, /) -> Request: ...
    def read_models(self, data: bytes, /) -> list[str]: ...
    def health(self, target: Target, /) -> Request: ...
    def read_health(self, data: bytes, /) -> None:
        """Raise PortalError unless `data` is the response of a working server."""
        ...

    def empty_chat(self, target: Target, /) -> Request | None:
        """Return a request for an answer that names nothing, which a working server rejects.

        None if the format's health says all.
        """
        ...

    def other_address(self, base_url: str, /) -> str:
        """Return the base URL that was perhaps meant, or nothing."""
        ...

    def loaded(self, target: Target, /) -> Request | None:
        """Return the request for the models in memory; None if servers do not report them."""
        ...

    def read_loaded(self, data: bytes, name: str, /) -> bool: ...
    def read_error(
        self, status: int, headers: Mapping[str, str], data: bytes, /
    ) -> PortalError: ...


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors in the order of the inputs; `model` is the name that the provider reports."""

    vectors: Sequence[Sequence[float]]
    model: str | None = None
    usage: Body | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A raw continuation of a prompt. `answer` is the provider's, if it is of OpenAI's form."""

    text: str
    finish_reason: str | None
    usage: Body | None
    answer: Body | None = None
