"""
A chat's messages: which fields and parts pass, and which a server would act upon.

What a provider said in an answer is taken back as history, whatever fields it has. Only a part that
a server loads by itself, from a URL or a file's ID, is refused: it would fetch it from inside its
network, or read the file of another user.
"""

from __future__ import annotations

from typing import Any

from chat.requests.fields import WHY, plain
from core.errors import PortalError
from core.text import quote

MESSAGE = frozenset({
    "role", "content", "name", "tool_calls", "tool_call_id", "function_call", "refusal", "audio",
    "annotations", "reasoning_content", "reasoning", "reasoning_details", "thinking",
    "thinking_blocks", "provider_specific_fields", "parsed", "prefix", "id", "cache_control",
    "citations", "context", "images", "executed_tools", "search_results", "documents",
    "extra_content", "reasoning_signature", "phase", "status", "type", "weight", "tool_name",
    "partial", "tool_plan", "reasoning_opaque", "encrypted_content",
})  # fmt: skip
# The value of a part of each type: text, or an object with this key.
TEXTS = frozenset({"text", "refusal", "input_text", "output_text"})
MEDIA = {
    "image_url": "url", "video_url": "url", "audio_url": "url", "document_url": "url",
    "input_audio": "data", "file": "file_data",
}  # fmt: skip
PART = frozenset({
    "type", "text", "cache_control", "annotations", "citations", "id", "index", "signature", "data",
    "title", "name", "format", "detail", "status", "summary", "thinking", "reasoning", "closed",
    "provider_options", "provider_specific_fields", "extra_content", "encrypted_content", "refusal",
})  # fmt: skip
THOUGHTS = frozenset({"thinking", "reasoning", "redacted_thinking", "reasoning.text"})
TYPES = (*sorted(TEXTS), *MEDIA, *sorted(THOUGHTS))


def fit_messages(
    messages: list[dict[str, Any]], dropped: dict[str, None], *, fetches: bool, keep_all: bool
) -> list[dict[str, Any]]:
    """Return the messages with the fields that pass, and add the others' names to `dropped`.

    `fetches`: the provider may fetch images from https addresses. Raises PortalError.
    """
    return [
        message
        if _is_plain(message)
        else _message(message, f"messages[{number}]", dropped, fetches=fetches, keep_all=keep_all)
        for number, message in enumerate(messages)
    ]


def _is_plain(message: dict[str, Any]) -> bool:
    """Is it a message of text with known fields? Nearly all are."""
    plain_content = isinstance(message.get("content"), str) and "images" not in message
    return plain_content and message.keys() <= MESSAGE


def _message(
    message: dict[str, Any], where: str, dropped: dict[str, None], *, fetches: bool, keep_all: bool
) -> dict[str, Any]:
    if unknown := message.keys() - MESSAGE:
        if dangerous := [name for name in sorted(unknown) if plain(name) in WHY]:
            raise refused_field(f"{where}.{dangerous[0]}", WHY[plain(dangerous[0])])
        if not keep_all:
            dropped.update(dict.fromkeys(f"messages.{name}" for name in sorted(unknown)))
            message = {name: v for name, v in message.items() if name not in unknown}
    for key in ("content", "images"):
        if isinstance(parts := message.get(key), list):
            places = [f"{where}.{key}[{number}]" for number in range(len(parts))]
            read = _part if key == "content" else _image
            fitted = [
                read(part, place, dropped, fetches=fetches)
                for part, place in zip(parts, places, strict=True)
            ]
            if fitted != parts:
                message = {**message, key: fitted}
    return message


def _image(image: Any, where: str, dropped: dict[str, None], *, fetches: bool) -> Any:
    """Return an image of a message's own list: a part, or Ollama's base64."""
    if isinstance(image, str):
        _check_address(image, "", where, is_image=fetches)
        return image
    return _part(image, where, dropped, fetches=fetches)


def _part(
    part: str | dict[str, Any], where: str, dropped: dict[str, None], *, fetches: bool
) -> dict[str, Any]:
    """Return a part that passes. Raises PortalError, which names the key that it means."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        given = f", not {quote(kind)}" if isinstance(kind, str) else ""
        raise refused(f"{where}.type: a part is one of {', '.join(TYPES)}{given}.", where)
    if unknown := part.keys() - PART - {kind}:
        if foreign := sorted(name for name in unknown if name in MEDIA or plain(name) in WHY):
            raise refused(f"{where}.{foreign[0]}: a part of type {kind} does not have it.", where)
        dropped.update(dict.fromkeys(f"content.{name}" for name in sorted(unknown)))
        part = {name: value for name, value in part.items() if name not in unknown}
    if kind in TEXTS:
        if not isinstance(part.get(kind, part.get("text")), str):
            raise refused(f"{where}.{kind}: a part of type {kind} needs it, as text.", where)
        return part
    return _media(part, kind, where, fetches=fetches) if kind in MEDIA else part


def _media(part: dict[str, Any], kind: str, where: str, *, fetches: bool) -> dict[str, Any]:
    value, name = part.get(kind), MEDIA[kind]
    if isinstance(value, str) and kind.endswith("_url"):  # as some clients write it
        value = {"url": value}
        part = {**part, kind: value}
    if not isinstance(value, dict):
        raise refused(f"{where}.{kind}: it is an object with `{name}`.", where)
    if "file_id" in value or "file_id" in part:
        raise refused(
            f"{where}.{kind}.file_id: the file of an ID may be another user's. Send its content.",
            where,
        )
    if not isinstance(value.get(name), str) or not value[name]:
        raise refused(f"{where}.{kind}.{name}: it is missing, or not text.", where)
    for key, text in value.items():
        is_image = fetches and kind == "image_url"
        _check_address(text, key, f"{where}.{kind}.{key}", is_image=is_image)
    return part


def _check_address(value: Any, name: str, where: str, *, is_image: bool) -> None:
    """Raise PortalError for what a server would fetch."""
    if isinstance(value, dict | list):
        raise refused(f"{where}: it is text, not an object or a list.", where)
    if not isinstance(value, str):
        return
    is_address = name == "url" or "://" in value[:100]
    if not is_address or value[:5].lower() == "data:":
        return
    if is_image and value[:8].lower() == "https://":
        return
    remedy = "Send the content as a data: URL, or ask an operator for `fetches: true`."
    raise refused(f"{where}: the provider would fetch this address. {remedy}", where)


def refused_field(path: str, why: str) -> PortalError:
    """Return the error for a field that callers may not set."""
    return refused(f"{path}: callers do not choose {why}. Operators do, in models.yaml.", path)


def refused(message: str, path: str) -> PortalError:
    return PortalError("invalid_request", message, param=path.partition("[")[0].partition(".")[0])
