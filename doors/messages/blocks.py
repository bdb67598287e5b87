"""Translates blocks of content into OpenAI's parts: texts, images, documents, search results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from core.text import quote
from doors import fates
from doors.messages.table import BLOCKS

if TYPE_CHECKING:
    from registry.providers.wire import Body

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


def lost(block: Body) -> list[str]:
    """Return the names of a block's fields that only servers of this API get, or none."""
    return fates.lost_inside(block, BLOCKS[block["type"]], "content")


def marked(rows: list[Body]) -> list[str]:
    """Return the name of the cache's marks if texts have some, which are joined into one."""
    is_marked = any("cache_control" in row for row in rows if row["type"] == "text")
    return ["content.cache_control"] if is_marked else []


def _part(block: Body, where: str, dropped: list[str]) -> Body | None:
    kind = block["type"]
    dropped += lost(block)
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
    return {"type": "file", "file": {"filename": title, "file_data": address}}
