"""Translates the parts of a message, or of a tool's output, into OpenAI's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from core.text import quote
from doors import fates
from doors.responses.contents import ITEMS, NO_FETCH, NO_IDS, PARTS

if TYPE_CHECKING:
    from registry.providers.wire import Body

TEXT = PARTS["input_text"]
TEXTS = ("input_text", "output_text", "text", "summary_text", "reasoning_text")
DETAILS = ("auto", "low", "high")  # the chat's; a finer one is high


def parts(content: Any, place: str) -> list[Body]:
    """Return parts. Raises PortalError for content that is neither text nor parts."""
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise refused(f"{place}: it is text, or a list of parts.", place)
    return [_part(part, f"{place}[{number}]") for number, part in enumerate(content)]


def lost(item: Body, kind: str) -> list[str]:
    """Return the names of the fields of an item, and of its parts, that are not carried."""
    rows = item.get("content") or item.get("output")
    names = fates.lost_inside(item, ITEMS[kind], "input")
    for part in rows if isinstance(rows, list) and kind != "reasoning" else ():
        if isinstance(part, dict):
            names += fates.lost_inside(part, PARTS.get(str(part.get("type")), TEXT), "content")
    return names


def text_of(rows: list[Body], separator: str = "") -> str:
    return separator.join(row["text"] for row in rows if row["type"] == "text")


def _part(part: Any, place: str) -> Body:
    if not isinstance(part, dict):
        raise refused(f"{place}: a part is an object.", place)
    kind = part.get("type")
    if part.get("file_id"):
        raise refused(f"{place}.file_id: {NO_IDS}", place)
    if part.get("file_url"):
        raise refused(f"{place}.file_url: {NO_FETCH}", place)
    if kind in TEXTS and isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"]}
    if kind == "refusal":
        return {"type": "text", "text": str(part.get("refusal") or "")}
    if kind == "input_image" and (url := address(part.get("image_url"))):
        return {"type": "image_url", "image_url": {"url": url, **_detail(part)}}
    if kind == "input_file" and isinstance(part.get("file_data"), str):
        name = part.get("filename") or "file.pdf"
        return {"type": "file", "file": {"filename": name, "file_data": part["file_data"]}}
    if kind == "input_audio" and isinstance(part.get("input_audio"), dict):
        return {"type": "input_audio", "input_audio": part["input_audio"]}
    raise refused(f"{place}: {quote(str(kind), 80)} cannot be sent, or lacks its content.", place)


def address(value: Any) -> str:
    """Return an image's address; some clients write it as in a chat."""
    value = value.get("url") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def _detail(part: Body) -> Body:
    if not (detail := part.get("detail")):
        return {}
    return {"detail": detail if detail in DETAILS else "high"}
