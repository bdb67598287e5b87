"""
A chat's messages: which fields and parts pass, and which a server would act upon.

What a provider said in an answer is taken back as history, whatever fields it has. A part that a
server loads by itself, from a URL or a file's ID, is refused: it would fetch it from inside its
network, or read the file of another user. An answer in the history loses such a part, and one of an
unknown type.
"""

from __future__ import annotations

from typing import Any

from chat.requests.dangers import Options, check_name, is_address, refused, refused_field
from chat.requests.fields import ADDRESS, LOADED, MAX_PATH, WHY, plain
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
LOADABLE = frozenset({"url", "data", "file_data"})
WORDS = frozenset({
    "detail", "format", "filename", "file_name", "name", "title", "mime_type", "media_type",
    "min_pixels", "max_pixels", "total_pixels", "fps", "nframes", "max_frames", "cache_control",
})  # fmt: skip
PART = frozenset({
    "type", "text", "cache_control", "annotations", "citations", "id", "index", "signature", "data",
    "title", "name", "format", "detail", "status", "summary", "thinking", "reasoning", "closed",
    "provider_options", "provider_specific_fields", "extra_content", "encrypted_content", "refusal",
    "reference_ids",
})  # fmt: skip
THOUGHTS = frozenset({"thinking", "reasoning", "redacted_thinking", "reasoning.text"})
KEPT = THOUGHTS | {"reference"}
TYPES = (*sorted(TEXTS), *MEDIA, *sorted(KEPT))
KINDS = frozenset((*MEDIA, "type"))
CONTENTS = frozenset({"role", "content", "images", "tool_calls"})
OWN = Options(sent=True)


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
    is_answer = message.get("role") == "assistant"
    if unknown := message.keys() - MESSAGE:
        for name in sorted(unknown):
            _check_field(name, message[name], f"{where}.{name}", is_answer=is_answer)
        if not keep_all:
            dropped.update(dict.fromkeys(f"messages.{name}" for name in sorted(unknown)))
            message = {name: v for name, v in message.items() if name not in unknown}
    if not isinstance(message.get("images"), list | None):
        raise refused(f"{where}.images: it is a list.", where)
    for key in ("content", "images"):
        if isinstance(parts := message.get(key), list):
            fitted = _parts(parts, key, where, dropped, fetches=fetches, is_answer=is_answer)
            if fitted != parts:
                message = {**message, key: fitted}
    return message


def _check_field(name: str, value: Any, place: str, *, is_answer: bool) -> None:
    """Raise PortalError for an unknown field of a message that a server would act upon.

    What an answer cites may be an address.
    """
    check_name(name, CONTENTS, place.removesuffix(name))
    if why := WHY.get(plain(name)):
        raise refused_field(place, why)
    if not is_answer and LOADED.search(name.lower()):
        OWN.check(value, place)


def _parts(
    parts: list[Any],
    key: str,
    where: str,
    dropped: dict[str, None],
    *,
    fetches: bool,
    is_answer: bool,
) -> list[Any]:
    """Return the parts that pass. An answer loses the others; else they raise PortalError."""
    read = _part if key == "content" else _image
    fitted = []
    for number, part in enumerate(parts):
        try:
            fitted.append(read(part, f"{where}.{key}[{number}]", dropped, fetches=fetches))
        except PortalError:
            if not is_answer:
                raise
            kind = part.get("type") if isinstance(part, dict) else None
            dropped[f"{key}.{kind}" if isinstance(kind, str) else key] = None
    return fitted


def _image(image: Any, where: str, dropped: dict[str, None], *, fetches: bool) -> Any:
    """Return an image of a message's own list: a part, or Ollama's base64."""
    if isinstance(image, str):
        _check_address(image, where, is_url=False, fetches=fetches)
        return image
    return _part(image, where, dropped, fetches=fetches)


def _part(part: Any, where: str, dropped: dict[str, None], *, fetches: bool) -> dict[str, Any]:
    """Return a part that passes. Raises PortalError, which names the key that it means."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if not isinstance(part, dict):
        raise refused(f"{where}: a part is an object.", where)
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        given = f", not {quote(kind)}" if isinstance(kind, str) else ""
        raise refused(f"{where}.type: a part is one of {', '.join(TYPES)}{given}.", where)
    if unknown := part.keys() - PART - {kind}:
        for name in sorted(unknown):
            check_name(name, KINDS, f"{where}.")
            if name in MEDIA or plain(name) in WHY:
                raise refused(f"{where}.{name}: a part of type {kind} does not have it.", where)
        dropped.update(dict.fromkeys(f"content.{name}" for name in sorted(unknown)))
        part = {name: value for name, value in part.items() if name not in unknown}
    if kind in TEXTS and not isinstance(part.get(kind, part.get("text")), str):
        raise refused(f"{where}.{kind}: a part of type {kind} needs it, as text.", where)
    passed: dict[str, Any] = part
    return _media(passed, kind, where, dropped, fetches=fetches) if kind in MEDIA else passed


def _media(
    part: dict[str, Any], kind: str, where: str, dropped: dict[str, None], *, fetches: bool
) -> dict[str, Any]:
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
    fetches = fetches and kind == "image_url"
    if unknown := [key for key in value if key not in WORDS and key != name]:
        for key in unknown:
            _check_unknown(key, value[key], f"{where}.{kind}.{key}")
        dropped.update(dict.fromkeys(f"content.{kind}.{key}" for key in unknown))
        part = {**part, kind: {k: v for k, v in value.items() if k not in unknown}}
    _check_address(value[name], f"{where}.{kind}.{name}", is_url=name == "url", fetches=fetches)
    return part


def _check_unknown(key: str, value: Any, place: str) -> None:
    """Raise PortalError for an unknown key of media that a server would act upon."""
    check_name(key, LOADABLE, place.removesuffix(key))
    if isinstance(value, dict | list):
        raise refused(f"{place}: it is text, not an object or a list.", place)
    if plain(key) in WHY or (isinstance(value, str) and ADDRESS.match(value.lstrip()[:MAX_PATH])):
        raise refused(f"{place}: the provider would fetch this address.", place)


def _check_address(value: str, where: str, *, is_url: bool, fetches: bool) -> None:
    """Raise PortalError for what a server would fetch, or open."""
    if value[:5].lower() == "data:":
        if is_address(value):
            raise refused(f"{where}: it is no data: URL with content.", where)
        return
    if not (is_url or ADDRESS.match(value.lstrip()[:MAX_PATH])):
        return
    if fetches and value[:8].lower() == "https://":
        return
    remedy = "Send the content as a data: URL, or ask an operator for `fetches: true`."
    raise refused(f"{where}: the provider would fetch this address. {remedy}", where)
