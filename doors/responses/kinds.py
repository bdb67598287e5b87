"""The events of a response: their names, and how each is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from registry.providers.wire import Body


class Kind(NamedTuple):
    """The names of the events of an item that holds text, and where in the item the text is."""

    delta: str
    part: str
    place: dict[str, int]
    text: str  # the field of the text in the last event
    more: dict[str, Any]  # fields of the events about text


CONTENT, SUMMARY = {"content_index": 0}, {"summary_index": 0}
KINDS = {
    "text": Kind("output_text", "content_part", CONTENT, "text", {"logprobs": []}),
    "refusal": Kind("refusal", "content_part", CONTENT, "refusal", {}),
    "reasoning": Kind("reasoning_summary_text", "reasoning_summary_part", SUMMARY, "text", {}),
}
EVENT = b'event: %b\ndata: {"type":"%b","sequence_number":%b,%b\n\n'
encode = msgspec.json.encode


def event(kind: str, number: int, fields: Body) -> bytes:
    return _written(kind, b"%d" % number, encode(fields)[1:])


def template(kind: str, fields: Body) -> bytes:
    """Return how a delta is written, with places for its number and its text."""
    return _written(kind, b"%d", encode(fields)[1:-1] + b',"delta":%b}')


def _written(kind: str, number: bytes, fields: bytes) -> bytes:
    name = kind.encode()
    return EVENT % (name, name, number, fields)


def failed(response: Body, number: int, error: Body) -> bytes:
    """Return `error`, which clients raise, and `response.failed`, which agents wait for."""
    words = {"code": error["code"], "message": error["message"]}
    first = event("error", number, {**words, "param": error["param"], "error": error})
    response = response | {"status": "failed", "error": words}
    return first + event("response.failed", number + 1, {"response": response})
