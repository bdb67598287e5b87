"""
POST /v1/audio/transcriptions and /v1/audio/translations: sound in, text out, whole or streamed.

Reference: https://platform.openai.com/docs/api-reference/audio
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from chat.asked import asked
from chat.relays.answer import relay_call
from chat.requests import fit_transcription, read_transcription
from chat.requests.dangers import refused
from chat.requests.relays import LISTS
from core.http.form import read_form
from core.ids import new_id
from registry.providers.wire import Upload

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from core.http.exchange import Exchange
    from core.http.form import FormData

MAX_ID = 300  # characters of a model's ID
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


async def transcribe(exchange: Exchange) -> None:
    await _hear(exchange, "transcription")


async def translate(exchange: Exchange) -> None:
    """Answer in English, whatever the language of the sound."""
    await _hear(exchange, "translation")


async def _hear(exchange: Exchange, call: str) -> None:
    media_type = exchange.headers[b"content-type"].decode("latin-1")
    payload = await asyncio.to_thread(_payload, exchange.data, media_type)
    exchange.data = b""  # the file is in the payload
    if deployment := exchange.scope.get("deployment"):
        payload["model"] = deployment
    body, resolution = await asked(
        exchange, "transcription", read_transcription, fit_transcription, payload
    )
    await relay_call(exchange, call, body, resolution)


def _payload(data: bytes, media_type: str) -> dict[str, Any]:
    form = read_form(data, media_type)
    payload: dict[str, Any] = {name: _value(name, values) for name, values in form.fields.items()}
    if len(str(payload.get("model") or "")) > MAX_ID:
        raise refused(f"model: it is longer than {MAX_ID} characters.", "model")
    if "file" in payload:
        raise refused("file: it is a field without a file name.", "file")
    return payload | _file(form)


def _value(name: str, values: list[str]) -> str | list[str]:
    if name.endswith("[]") or name in LISTS:
        return values
    if len(values) > 1:
        raise refused(f"{name}: it appears twice.", name)
    return values[0]


def _file(form: FormData) -> dict[str, Upload]:
    files = [(name, file) for name, several in form.files.items() for file in several]
    if len(files) > 1 or (files and files[0][0] != "file"):
        raise refused("The form has one file, with the name `file`.", "file")
    return {name: _upload(file) for name, file in files}


def _upload(file: UploadedFile[bytes]) -> Upload:
    declared = file.content_type or ""
    media_type = declared if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"
    return Upload(file.name or "file", media_type, file.read(), new_id())
