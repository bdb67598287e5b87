"""
A part of a message's content: of which types, which keys pass, and what a server would load.

A part that a server loads by itself, from a URL or a file's ID, is refused: it would fetch it from
inside its network, or read the file of another user.
"""

from __future__ import annotations

from typing import Any

from chat.requests.dangers import check_name, is_address, refused
from chat.requests.fields import ADDRESS, MAX_PATH, WHY, plain
from core.text import quote

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
TEXT_OF_PART = frozenset({"type", "text", "refusal", "thinking", "reasoning", "title", "name"})


def fit_part(part: Any, where: str, dropped: dict[str, None], *, fetches: bool) -> dict[str, Any]:
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
    check_address(value[name], f"{where}.{kind}.{name}", is_url=name == "url", fetches=fetches)
    return part


def _check_unknown(key: str, value: Any, place: str) -> None:
    """Raise PortalError for an unknown key of media that a server would act upon."""
    check_name(key, LOADABLE, place.removesuffix(key))
    if isinstance(value, dict | list):
        raise refused(f"{place}: it is text, not an object or a list.", place)
    if plain(key) in WHY or (isinstance(value, str) and ADDRESS.match(value.lstrip()[:MAX_PATH])):
        raise refused(f"{place}: the provider would fetch this address.", place)


def check_address(value: str, where: str, *, is_url: bool, fetches: bool) -> None:
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
