"""What pages read of messages: of a very long answer only its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, TextField, When
from django.db.models.functions import Left, Length

from chat.attachments.shown import with_files
from chat.models import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

# Characters of an answer; a provider may send 64 MB. Questions are whole, because a page has to
# edit them, and a frame limits them to 1 MB.
MAX_SHOWN = 200_000
BEGINNING = Case(
    When(role=Message.Role.ASSISTANT, then=Left("content", MAX_SHOWN)),
    default="content",
    output_field=TextField(),
)


def shown(messages: QuerySet[Message]) -> Iterator[Message]:
    """Yield messages whose `content` is what is shown; `length` is that of all."""
    rows = with_files(messages.select_related("feedback").defer("content"))
    for row in rows.annotate(size=Length("content"), beginning=BEGINNING):
        row.content, row.length = row.beginning, row.size
        yield row


def sizes(messages: QuerySet[Message]) -> QuerySet[Message, tuple[int, int]]:
    """Return the keys of messages, and how many characters of each are shown."""
    return messages.values_list("pk", Length(BEGINNING) + Length("thoughts"))
