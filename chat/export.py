"""A conversation as a file: Markdown to read, JSON with everything that is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.text import slugify

from chat.models import Conversation, Message
from chat.presentation import show
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Callable


def markdown(conversation: Conversation) -> str:
    """Return what is on the page, without what was replaced."""
    parts = [f"# {conversation.title}"]
    for message in conversation.messages.filter(replaced=False):
        shown = show(message, service.current)
        author = f"{shown.title}, {message.model}" if shown.is_answer else "You"
        at = timezone.localtime(message.created)
        parts.append(f"## {author} ({at:%Y-%m-%d %H:%M})")
        parts += [part for part in (message.content, f"*{shown.note}*" * bool(shown.note)) if part]
    return "\n\n".join(parts) + "\n"


def in_json(conversation: Conversation) -> str:
    """Return all that is stored, what was replaced too."""
    found = {
        "id": str(conversation.pk),
        "title": conversation.title,
        "created": conversation.created.isoformat(),
        "messages": [_fields(message) for message in conversation.messages.all()],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


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
    """Return a title as a file's name may hold it."""
    return slugify(title)[:60] or "conversation"


KINDS: dict[str, tuple[Callable[[Conversation], str], str]] = {
    "md": (markdown, "text/markdown; charset=utf-8"),
    "json": (in_json, "application/json"),
}
