"""Translates blocks of content into OpenAI's parts: texts, images, documents, search results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from core.text import quote

if TYPE_CHECKING:
    from registry.providers.wire import Body

READ = {
    "text": {"type", "text", "cache_control", "citations"},
    "image": {"type", "source", "cache_control"},
    "document": {"type", "source", "title", "context", "citations", "cache_control"},
    "search_result": {"type", "source", "title", "content", "citations", "cache_control"},
    "tool_use": {"type", "id", "name", "input", "cache_control", "caller"},
    "tool_result": {"type", "tool_use_id", "content", "is_error", "cache_control"},
    "thinking": {"type", "thinking", "signature"},
    "redacted_thinking": {"type", "data"},
}
ASKED = ("text", "image", "document", "search_result")  # what a user's turn and a result may hold
REFERENCES = ("tool_reference",)  # to a tool of the request, of a client's search
FILES = ("container_upload",)


def parts(blocks: Any, place: str, dropped: list[str], *, said: bool = False) -> list[Body]:
    """Return OpenAI's parts. Raises PortalError for a block that has no such part.

    `said`: the blocks are a model's answer, which loses those of another type. Empty texts are
    left out: several servers refuse them.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise refused(f"{place}: it is text, or a list of blocks.", place)
    translated = []
    for number, block in enumerate(blocks):
        kind, where = block.get("type"), f"{place}[{number}]"
        if kind in FILES:
            raise refused(f"{where}: the file of an ID may be another user's.", where)
        if kind not in ASKED:
            if not (said or kind in REFERENCES):
                raise refused(f"{where}.type: {quote(str(kind))} is not known here.", where)
            dropped.append(f"content.{kind}")
        elif part := _part(block, where, dropped):
            translated.append(part)
    return translated


def _part(block: Body, where: str, dropped: list[str]) -> Body | None:
    kind = block["type"]
    dropped += [f"content.{name}" for name in sorted(block.keys() - READ[kind])]
    if kind == "text":
        part = _text(block, where)
    elif kind == "search_result":
        part = _search(block, where, dropped)
    else:
        part = _media(block, kind, where, dropped)
    marks = {"cache_control": block["cache_control"]} if block.get("cache_control") else {}
    return None if part.get("text") == "" else {**part, **marks}


def _text(block: Body, where: str) -> Body:
    if not isinstance(block.get("text"), str):
        raise refused(f"{where}.text: it is missing, or not text.", where)
    return {"type": "text", "text": block["text"]}


def _search(block: Body, where: str, dropped: list[str]) -> Body:
    """Return what a client's own search found as text, with its title and source."""
    head = [block[name] for name in ("title", "source") if isinstance(block.get(name), str)]
    texts = parts(block.get("content"), f"{where}.content", dropped)
    return {"type": "text", "text": "\n".join([*head, *(part.get("text", "") for part in texts)])}


def _media(block: Body, kind: str, where: str, dropped: list[str]) -> Body:
    source = block.get("source")
    match source if isinstance(source, dict) else {}:
        case {"type": "base64", "media_type": str(media), "data": str(data)}:
            address = f"data:{media};base64,{data}"
        case {"type": "url", "url": str(address)}:
            pass
        case {"type": "text", "data": str(text)} if kind == "document":
            return {"type": "text", "text": text}
        case _:
            raise refused(f"{where}.source: send its content in base64.", where)
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": address}}
    title = block.get("title") or "document.pdf"
    dropped += [f"content.{name}" for name in ("context", "citations") if block.get(name)]
    return {"type": "file", "file": {"filename": title, "file_data": address}}
