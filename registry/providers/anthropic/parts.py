"""
Translates the parts of a message's content: texts, images and documents.
"""

from __future__ import annotations

import base64
from typing import Any

from core.errors import PortalError
from registry.providers.openai.values import text_of
from registry.providers.wire import Body
from registry.providers.writing import image_bytes

TEXTS = ("text", "refusal", "input_text", "output_text")
THOUGHTS = ("thinking", "reasoning", "redacted_thinking", "reasoning.text")
UNREAD = (*THOUGHTS, "reference")  # a citation without its text
# The beginnings of files in base64 that come without a media type, as Ollama's clients send them.
PDF = "JVBERi"
MAGIC = {"iVBOR": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}


def part_blocks(part: str | Body) -> list[Body]:
    """Return the block for a part, or none for blank text and for thoughts, which come first."""
    if isinstance(part, str):
        return [_bare_image(part)]
    kind = part["type"]
    if kind in UNREAD:
        return []
    if kind in TEXTS:
        text = text_of([part]) or str(part.get(kind) or "")
        return [_marked({"type": "text", "text": text}, part)] if text.strip() else []
    if kind in ("image_url", "input_image"):
        return [_marked(_image(_url(part["image_url"])), part)]
    if kind == "file":
        return [_marked(_document(part["file"]["file_data"], part["file"].get("filename")), part)]
    if kind == "document_url":
        return [_marked(_document(_url(part["document_url"]), part.get("name")), part)]
    raise _refused(f"content of type '{kind}'")


def _url(value: Any) -> str:
    return str(value["url"] if isinstance(value, dict) else value)


def _image(url: str) -> Body:
    if url[:8].lower() == "https://":  # only where the provider may fetch
        return {"type": "image", "source": {"type": "url", "url": url}}
    data = image_bytes(url)
    return {"type": "image", "source": _base64(_media_type(url), data)}


def _bare_image(data: str) -> Body:
    if data.startswith("data:"):
        return _image(data)
    media_type = next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), None)
    if media_type is None:
        raise _refused("an image that is not PNG, JPEG, GIF or WebP in base64")
    return {"type": "image", "source": _base64(media_type, data)}


def _document(url: str, title: Any) -> Body:
    """Return a document block: a PDF, or plain text."""
    if url.startswith(PDF):
        url = f"data:application/pdf;base64,{url}"
    media_type = _media_type(url)
    if media_type == "text/plain":
        text = base64.b64decode(image_bytes(url)).decode(errors="replace")
        source = {"type": "text", "media_type": media_type, "data": text}
    elif media_type == "application/pdf":
        source = _base64(media_type, image_bytes(url))
    else:
        raise _refused("a file that is neither a PDF nor plain text, as a data: URL")
    block: Body = {"type": "document", "source": source}
    return {**block, "title": title} if isinstance(title, str) and title else block


def _base64(media_type: str, data: str) -> Body:
    return {"type": "base64", "media_type": media_type, "data": data}


def _media_type(url: str) -> str:
    head = url.partition(",")[0]
    return head[5:].partition(";")[0].lower() if head[:5].lower() == "data:" else ""


def _marked(block: Body, part: Body) -> Body:
    """Keep the part's cache mark, and a document's wish for citations."""
    names = ("cache_control", "citations") if block["type"] == "document" else ("cache_control",)
    return block | {name: part[name] for name in names if isinstance(part.get(name), dict)}


def _refused(what: str) -> PortalError:
    return PortalError("invalid_request", f"Anthropic cannot read {what}.", param="messages")
