"""What this app stores about people."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from chat.models import Attachment, Conversation, Feedback, Instructions, Message, Prompt, Vote
from core.personal_data import Kind, personal_data

if TYPE_CHECKING:
    from core.personal_data.kinds import Text


def _text(row: Conversation) -> Text:
    from chat.pages import export  # with Markdown's libraries, which few workers need for this

    return f"{export.file_name(row)}-{row.pk.hex[:8]}.md", export.markdown_pieces(row)


def _fields(row: Conversation) -> dict[str, Any]:
    from chat.pages import export

    return export.fields(row, thoughts=True)


CONVERSATIONS = Kind(
    name="conversations",
    title=gettext_noop("Conversations with models, with all messages"),
    model=Conversation,
    parts=(Message, Attachment),
    of=lambda user: Conversation.objects.filter(user=user),
    fields=_fields,
    texts=_text,
    own=True,
    expiry=Conversation.expiry,
)

INSTRUCTIONS = Kind(
    name="instructions",
    title=gettext_noop("Instructions for all my conversations"),
    model=Instructions,
    of=lambda user: Instructions.objects.filter(user=user),
    own=True,
)

PROMPTS = Kind(
    name="prompts",
    title=gettext_noop("Saved prompts, own and shared with groups"),
    model=Prompt,
    parts=(Prompt.groups.through,),
    of=lambda user: Prompt.objects.filter(user=user),
    own=True,
)


def _file(row: Attachment) -> dict[str, Any]:
    names = ("name", "kind", "pasted", "note", "size", "created", "unsent_since", "message_id")
    whole = Attachment.objects.get(pk=row.pk)  # not kept, as rows are
    content = {"text": whole.text, "base64": base64.b64encode(whole.data).decode()}
    return {"id": row.pk, **{name: getattr(row, name) for name in names}, **content}


ATTACHMENTS = Kind(
    name="attachments",
    title=gettext_noop("Files that I attached to questions"),
    model=Attachment,
    of=lambda user: Attachment.objects.filter(user=user).defer("data", "text"),
    fields=_file,
    own=True,
    expiry=Attachment.expiry,
)

FEEDBACK = Kind(
    name="feedback",
    title=gettext_noop("Feedback on answers"),
    model=Feedback,
    of=lambda user: Feedback.objects.filter(message__conversation__user=user),
    own=True,
)

VOTES = Kind(
    name="votes",
    title=gettext_noop("Which answers I kept of those that I compared"),
    model=Vote,
    of=lambda user: Vote.objects.filter(question__conversation__user=user),
    own=True,
)

personal_data.register(VOTES, FEEDBACK, CONVERSATIONS, INSTRUCTIONS, PROMPTS, ATTACHMENTS)
