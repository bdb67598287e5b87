"""A conversation as a file: Markdown to read, JSON with everything that is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.text import slugify

from chat.models import Conversation, Message
from chat.presentation import view
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Callable


def markdown(conversation: Conversation) -> str:
    """Return what the page shows, without replaced messages."""
    parts = [f"# {conversation.title}"]
    for message in conversation.messages.filter(replaced=False):
        row = view(message, service.current)
        author = f"{row.title}, {message.model}" if row.is_answer else "You"
        at = timezone.localtime(message.created)
        parts.append(f"## {author} ({at:%Y-%m-%d %H:%M})")
        parts += [part for part in (message.content, f"*{row.note}*" * bool(row.note)) if part]
    return "\n\n".join(parts) + "\n"


def in_json(conversation: Conversation) -> str:
    """Return all that is stored, with replaced messages."""
    document = {
        "id": str(conversation.pk),
        "title": conversation.title,
        "created": conversation.created.isoformat(),
        "local_only": conversation.local_only,
        "messages": [_fields(message) for message in conversation.messages.all()],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _fields(message: Message) -> dict[str, Any]:
    common = {
        "id": message.pk,
        "role": message.role,
        "created": message.created.isoformat(),
        "content": message.content,
        "replaced": message.replaced,
    }
    if message.role == Message.Role.USER:
        return common
    names = ("state", "model", "resolution", "usage", "finish_reason", "error", "first_token_ms",
             "duration_ms", "sent", "dropped")  # fmt: skip
    return {**common, **{name: getattr(message, name) for name in names}}


def slug(title: str) -> str:
    """Return a title as a part of a file name."""
    return slugify(title)[:60] or "conversation"


KINDS: dict[str, tuple[Callable[[Conversation], str], str]] = {
    "md": (markdown, "text/markdown; charset=utf-8"),
    "json": (in_json, "application/json"),
}
