"""A conversation as a file: Markdown to read, JSON with what is beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext

from chat.attachments.shown import FileView, exported, with_files
from chat.models import Conversation, Message
from chat.pages.presentation import view
from core.personal_data.kinds import each
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def markdown(conversation: Conversation) -> str:
    """Return what the page shows, without replaced messages."""
    return "".join(markdown_pieces(conversation))


def markdown_pieces(conversation: Conversation) -> Iterator[str]:
    """Yield the same, message by message."""
    yield f"# {conversation.title}\n"
    if conversation.instructions:
        yield f"\n## {gettext('Instructions')}\n\n{conversation.instructions}\n"
    for message in each(with_files(conversation.messages.filter(replaced=False))):
        row = view(message, service.current)
        author = f"{row.title}, {message.model}" if row.is_answer else gettext("You")
        at = timezone.localtime(message.created)
        attached = [f"*{_attached(file)}*" for file in row.files]
        parts = [f"## {author} ({at:%Y-%m-%d %H:%M})", *attached, message.content]
        parts += [f"*{row.note}*"] if row.note else []
        yield "\n" + "\n\n".join(part for part in parts if part) + "\n"


def _attached(file: FileView) -> str:
    return gettext("Attached: {name} ({facts})").format(name=file.file.name, facts=file.facts)


def in_json(conversation: Conversation) -> str:
    """Return what was asked and answered, with replaced messages."""
    return json.dumps(fields(conversation), ensure_ascii=False, indent=2) + "\n"


def fields(conversation: Conversation, *, thoughts: bool = False) -> dict[str, Any]:
    """Return what is stored, as JSON has it. The models' thoughts are left out, unless wanted."""
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "created": conversation.created.isoformat(),
        "local_only": conversation.local_only,
        "instructions": conversation.instructions,
        "pinned": conversation.pinned,
        "folder": conversation.folder,
        "messages": [
            _fields(message) | (_thoughts(message) if thoughts else {})
            for message in conversation.messages.all()
        ],
    }


def _fields(message: Message) -> dict[str, Any]:
    common = {
        "id": message.pk,
        "role": message.role,
        "created": message.created.isoformat(),
        "content": message.content,
        "replaced": message.replaced,
        "parent": message.parent_id,
    }
    if message.role == Message.Role.USER:
        return {**common, "attachments": [*exported(message)]}
    names = ("state", "model", "resolution", "usage", "finish_reason", "error", "first_token_ms",
             "duration_ms", "sent", "dropped")  # fmt: skip
    return {**common, **{name: getattr(message, name) for name in names}}


def _thoughts(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in ("thoughts", "thought_ms")}


def slug(title: str) -> str:
    """Return a title as a part of a file name."""
    return slugify(title)[:60] or "conversation"


def file_name(conversation: Conversation) -> str:
    """Return the name of its file, without the ending."""
    return f"{slug(conversation.title)}-{timezone.localdate(conversation.created)}"


KINDS: dict[str, tuple[Callable[[Conversation], str], str]] = {
    "md": (markdown, "text/markdown; charset=utf-8"),
    "json": (in_json, "application/json"),
}
