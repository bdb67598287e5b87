"""The texts in streams that are relayed as they are: many events are decoded at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from core.errors import PortalError
from registry.providers.framing import ServerSentEvents
from registry.providers.reading import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


def in_events(
    data: bytes, mark: bytes, decoder: msgspec.json.Decoder[T], text: Callable[[T], str]
) -> str:
    """Return the text in whole server-sent events; what has no `mark` has none."""
    lines = (line[5:] for line in data.splitlines() if line.startswith(b"data:"))
    records = [line for line in lines if mark in line]
    return _joined(records, lambda: ServerSentEvents().feed(data), decoder, text)


def in_lines(data: bytes, decoder: msgspec.json.Decoder[T], text: Callable[[T], str]) -> str:
    """Return the text in lines of JSON."""
    records = data.splitlines()
    return _joined(records, lambda: records, decoder, text)


def _joined(
    records: list[bytes],
    whole: Callable[[], Iterable[bytes]],
    decoder: msgspec.json.Decoder[T],
    text: Callable[[T], str],
) -> str:
    """Return the text of records; `whole` returns them should they not be one on each line."""
    try:
        decoded = decoder.decode_lines(b"\n".join(records))
    except (msgspec.MsgspecError, ValueError, RecursionError):  # half a character, for one
        decoded = [one for record in whole() if (one := _read(record, decoder.type)) is not None]
    return "".join([text(one) for one in decoded])


def _read(record: bytes, type: Any) -> Any:  # noqa: A002
    """Return a record that the decoder did not take, as it is; None if it has no such form."""
    try:
        return msgspec.convert(decode(record, halves=True), type)
    except (PortalError, msgspec.ValidationError):
        return None
