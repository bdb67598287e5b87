"""
What the wire formats share: requests out, events in. No I/O, no clock, no randomness.

Every wire module has the names of `Wire`. Callers' bodies and answers are in OpenAI's format; each
module translates to and from its own.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from core.errors import PortalError
from registry.providers.framing import whole_characters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    """An HTTP request to a provider. `body` is JSON, or None for a GET.

    `headers` are the same for all requests of a target: the transport adds those of one request.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = None


class Stamp(msgspec.Struct, frozen=True):
    """The ID and the Unix time, in seconds, of an answer that we compose, and what it answers."""

    id: str
    created: int
    request: dict[str, Any] = {}


class Chunk(msgspec.Struct, frozen=True):  # three times as cheap as a frozen dataclass
    """A piece of a streamed answer.

    `data` is one server-sent event or more, ready for the caller: each an OpenAI
    `chat.completion.chunk`, verbatim where the provider sent one. `text` and `reasoning` are their
    content, in whole characters. `usage_only` marks the closing chunk that OpenAI sends only to
    callers who request it.
    """

    data: bytes
    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: Body | None = None
    usage_only: bool = False


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


class Wire(Protocol):
    """A wire format.

    ADDRESS is the key of models.yaml that holds the server's address. FOLDS: `x` and `x:latest` are
    one model. LISTS_ALL: the server's list of models is complete, so that others do not exist.
    ADDED: fields that the module adds to requests, by the kind of the call (chat, stream, embed),
    and leaves out if `Target.omit` has them.
    """

    ADDRESS: str
    FOLDS: bool
    LISTS_ALL: bool
    ADDED: Mapping[str, tuple[str, ...]]

    @property
    def Stream(self) -> MakesStream: ...

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
    """A raw continuation of a prompt."""

    text: str
    finish_reason: str | None
    usage: Body | None


def address(base_url: str, path: str) -> str:
    """Return the address of a route. A base URL may have a query: `…/name?api-version=1`."""
    root, mark, query = base_url.partition("?")
    return f"{root}{path}{mark}{query}"


def bearer(key: str) -> Mapping[str, str]:
    """Return the key as most servers read it."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def get(target: Target, path: str) -> Request:
    return Request("GET", address(target.base_url, path), target.headers)


def post(target: Target, path: str, body: Mapping[str, Any]) -> Request:
    """Return a JSON POST. Raises PortalError `invalid_request` for text that is not Unicode."""
    try:
        data = msgspec.json.encode(body)
    except (UnicodeEncodeError, ValueError, TypeError):
        raise PortalError("invalid_request", "The body holds text that is not Unicode.") from None
    return Request("POST", address(target.base_url, path), target.headers, data)


def bad_response(what: str) -> PortalError:
    return PortalError("provider_bad_response", f"The provider's answer was not usable: {what}.")


def cut_off() -> PortalError:
    return PortalError("provider_bad_response", "The provider's answer broke off before its end.")


def decode(data: bytes, *, halves: bool = False) -> Body:
    """Return the JSON object in `data`. Raises PortalError `provider_bad_response`.

    Lone surrogates become U+FFFD; with `halves` they stay: the next line may hold the other half.
    """
    value = decode_any(data, halves=halves)
    if not isinstance(value, dict):
        raise bad_response("it is not a JSON object")
    return value


def decode_any(data: bytes, *, halves: bool = False) -> Any:
    """Return the JSON value in `data`, as `decode` does. NaN and infinity become null."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        try:  # msgspec refuses lone surrogates, which models do write, and NaN
            value = json.loads(data.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
            return value if halves else in_whole_characters(value)
        except (ValueError, RecursionError):
            raise bad_response("it is not JSON") from None


def in_whole_characters(value: Any) -> Any:
    """Return a copy of a JSON value without lone surrogates."""
    if isinstance(value, dict):
        return {whole_characters(k): in_whole_characters(v) for k, v in value.items()}
    if isinstance(value, list):
        return [in_whole_characters(item) for item in value]
    return whole_characters(value) if isinstance(value, str) else value


def token_count(value: Any) -> int | None:
    """Return `value` if it is a token count, else None. Some servers write it as text or float."""
    is_text = isinstance(value, str) and value.isdecimal() and len(value) < MAX_DIGITS
    if is_text or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    return value if type(value) is int and value >= 0 else None


MAX_DIGITS = 20


def usage(prompt: Any, completion: Any) -> Body | None:
    """Return OpenAI's `usage`, with null for a count that the provider did not report."""
    counts = token_count(prompt), token_count(completion)
    if counts == (None, None):
        return None
    total = None if None in counts else sum(count or 0 for count in counts)
    return {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": total}


def image_bytes(url: str) -> str:
    """Return the base64 part of a `data:` URL. Raises PortalError `invalid_request`."""
    head, comma, data = url.partition(",")
    if comma and head[:5].lower() == "data:" and head.lower().endswith(";base64"):
        data = "".join(data.split())  # some encoders break lines
        try:
            base64.b64decode(data, validate=True)
        except ValueError:
            pass
        else:
            return data
    raise PortalError(
        "invalid_request", "An image or a file must be a data: URL in base64.", param="messages"
    )
