"""
Text of sound: a form with a file out, JSON or text in.

Reference: https://platform.openai.com/docs/api-reference/audio
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from registry.providers.openai.bodies import checked, merged, without_nulls
from registry.providers.openai.relays.events import EventStream
from registry.providers.openai.relays.usage import tokens
from registry.providers.reading import bad_response, same
from registry.providers.wire import Relayed, Request, Upload
from registry.providers.writing import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.providers.wire import Body, Target

PLAIN = ("text", "srt", "vtt")  # forms of an answer that are not JSON
_EVENT = re.compile(rb"\s*(?:event: [^\r\n]*\r?\n)?data: ?\{")
PLAIN_TYPE = "text/plain; charset=utf-8"  # as OpenAI labels all of them


def write(path: str, target: Target, body: Body) -> Request:
    """Return the form with the model's name. The file is its last part."""
    payload = without_nulls(target, merged(target, body))
    upload: Upload = payload.pop("file")
    file = RequestField("file", upload.data, upload.name)
    file.make_multipart(content_type=upload.media_type)
    parts: list[RequestField | tuple[str, str]] = [*_parts(payload), file]
    data, media_type = encode_multipart_formdata(parts, upload.boundary)
    return Request("POST", address(target.base_url, path), target.headers, data, media_type)


def _parts(payload: Body) -> Iterator[tuple[str, str]]:
    for name, value in payload.items():
        for item in value if isinstance(value, list) else [value]:
            yield name, item if isinstance(item, str) else json.dumps(item)


def read(data: bytes, body: Body) -> Relayed:
    """Return the answer as it is; `response_format` says whether it is JSON.

    A transcript may look like JSON.
    """
    form = body.get("response_format")
    if form in PLAIN:
        return _plain(data, form)
    answer = checked(data)
    if not isinstance(answer.get("text"), str):
        raise bad_response("it holds no text")
    return Relayed(same(data, answer), tokens(answer.get("usage")))


def _plain(data: bytes, form: str) -> Relayed:
    start = data.lstrip()[:1]
    if start == b"<":
        raise bad_response("it is a page")
    if _EVENT.match(data):
        raise bad_response("it is a stream")
    if start != b"{" or (answer := _object(data)) is None:
        return Relayed(data.decode(errors="replace").encode(), None, PLAIN_TYPE)
    if form != "text" or not isinstance(answer.get("text"), str):
        raise bad_response(f"it is JSON, not {form}")
    return Relayed(answer["text"].encode(), tokens(answer.get("usage")), PLAIN_TYPE)


def _object(data: bytes) -> Body | None:
    """Return the JSON object in `data`, or None. Raises the error in it."""
    try:
        msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return checked(data)


class TranscriptStream(EventStream):
    """The events of a transcript."""

    LAST = "transcript.text.done"

    def whole(self, answer: Body) -> list[Body]:
        """Return one event: older models do not stream, whatever the request says."""
        if not isinstance(answer.get("text"), str):
            raise bad_response("it holds no text")
        rest: dict[str, Any] = {name: value for name, value in answer.items() if name != "type"}
        return [{"type": self.LAST, **rest}]


transcription = partial(write, "/audio/transcriptions")
translation = partial(write, "/audio/translations")
