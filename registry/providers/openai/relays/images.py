"""
Images of a prompt, in base64 or by address.

Reference: https://platform.openai.com/docs/api-reference/images/create
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from registry.providers.openai.bodies import checked, merged, without_nulls
from registry.providers.openai.relays.events import EventStream
from registry.providers.openai.relays.usage import tokens
from registry.providers.reading import bad_response, same
from registry.providers.wire import Relayed
from registry.providers.writing import post

if TYPE_CHECKING:
    from registry.providers.events import Chunk
    from registry.providers.wire import Body, Request, Target

KINDS = ("b64_json", "url")


def write(target: Target, body: Body) -> Request:
    return post(target, "/images/generations", without_nulls(target, merged(target, body)))


def read(data: bytes, body: Body) -> Relayed:
    """Return the answer as it is: images are large."""
    answer = checked(data)
    number = len(_images(answer))
    return Relayed(same(data, answer), tokens(answer.get("usage")), images=number)


def _images(answer: Body) -> list[Body]:
    rows = answer.get("data")
    if not isinstance(rows, list) or not rows or not all(map(_is_image, rows)):
        raise bad_response("it holds no images")
    return rows


def _is_image(row: Any) -> bool:
    return isinstance(row, dict) and any(row.get(k) and isinstance(row[k], str) for k in KINDS)


class ImageStream(EventStream):
    """The events of images that are drawn, with the parts that are done so far."""

    LAST = "image_generation.completed"
    NAMED = True

    def _event(self, record: bytes, value: Body) -> Chunk:
        chunk = super()._event(record, value)
        return structs.replace(chunk, images=1) if value.get("type") == self.LAST else chunk

    def whole(self, answer: Body) -> list[Body]:
        shared = {name: value for name, value in answer.items() if name not in ("data", "created")}
        created = {"created_at": answer["created"]} if "created" in answer else {}
        return [{"type": self.LAST, **created, **shared, **row} for row in _images(answer)]
