"""What this app stores about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.models import Conversation, Instructions, Message, Prompt
from chat.pages import export
from core.personal_data import Kind, personal_data

if TYPE_CHECKING:
    from core.personal_data.kinds import Text


def _text(row: Conversation) -> Text:
    return f"{export.file_name(row)}-{row.pk.hex[:8]}.md", export.markdown_pieces(row)


def _fields(row: Conversation) -> dict[str, Any]:
    return export.fields(row, thoughts=True)


CONVERSATIONS = Kind(
    name="conversations",
    title="Conversations with models, with all messages",
    model=Conversation,
    parts=(Message,),
    of=lambda user: Conversation.objects.filter(user=user),
    fields=_fields,
    texts=_text,
    own=True,
    expiry=Conversation.expiry,
)

INSTRUCTIONS = Kind(
    name="instructions",
    title="Instructions for all my conversations",
    model=Instructions,
    of=lambda user: Instructions.objects.filter(user=user),
    own=True,
)

PROMPTS = Kind(
    name="prompts",
    title="Saved prompts, own and shared with groups",
    model=Prompt,
    parts=(Prompt.groups.through,),
    of=lambda user: Prompt.objects.filter(user=user),
    own=True,
)

personal_data.register(CONVERSATIONS, INSTRUCTIONS, PROMPTS)
