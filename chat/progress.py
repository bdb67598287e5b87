"""
An answer while it is written: its worker stores it, and readers on any worker read what is stored.

Readers ask for nothing but by the row of the answer: some reads count in `reads`, so its worker
knows that someone waits for the rest, and `stop_requested` stops it. If the row is gone, the answer
was deleted. Each function is one short transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F, Value
from django.db.models.functions import Substr

from chat.models import Conversation, Message, State
from core.auth.principals import look_up
from core.errors import PortalError

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from chat.conversations import Record
    from core.auth.credentials import Credentials

MAX_READ = 256 * 1024  # characters of a text at once


class Requests(NamedTuple):
    """What others have asked of an answer that is being written."""

    stop: bool
    reads: int


def requests_of(answer: int) -> Requests | None:
    """Return what others have asked of an answer; None if it was deleted."""
    rows = Message.objects.filter(pk=answer).values_list("stop_requested", "reads")
    row = rows.first()
    return row and Requests(*row)


def store_progress(answer: int, record: Record) -> None:
    """Store the text so far."""
    running = Message.objects.filter(pk=answer, state=State.RUNNING)
    running.update(content=record.content, thoughts=record.thoughts, thought_ms=record.thought_ms)


class Part(NamedTuple):
    """The fields of an answer, and what of its texts a reader has not read yet."""

    fields: dict[str, Any]
    thought: str
    text: str

    @property
    def running(self) -> bool:
        return bool(self.fields["state"] == State.RUNNING)

    @property
    def is_last(self) -> bool:
        """Has it ended, with nothing left to read?"""
        return not self.running and max(len(self.thought), len(self.text)) < MAX_READ


FIELDS = ("state", "conversation", "model", "resolution", "sent", "dropped", "usage",
          "finish_reason", "error")  # fmt: skip


def read(
    credentials: Credentials, answer: int, thought_at: int, text_at: int, *, count: bool
) -> Part:
    """Return what an answer has from these characters on. While it runs, `count` the read.

    Raises PortalError: the user is looked up again, and the answer may be another's, or deleted.
    """
    own = _own(credentials, answer)
    if count:
        own.filter(state=State.RUNNING).update(reads=F("reads") + 1)
    parts = own.annotate(
        thought=_from("thoughts", thought_at), text=_from("content", text_at)
    ).values("thought", "text", *FIELDS)
    row = parts.first()
    if row is None:
        raise PortalError("not_found", "There is no such answer.", param="message")
    return Part(row, row.pop("thought"), row.pop("text"))


def _from(field: str, start: int) -> Substr:
    return Substr(field, Value(start + 1), Value(MAX_READ))


def request_stop(credentials: Credentials, answer: int) -> None:
    """Ask the worker that writes an answer to stop it. Raises PortalError."""
    _own(credentials, answer).filter(state=State.RUNNING).update(stop_requested=True)


def _own(credentials: Credentials, answer: int) -> QuerySet[Message]:
    user = look_up(credentials).user
    answers = Message.objects.filter(role=Message.Role.ASSISTANT, conversation__user=user)
    return answers.filter(pk=answer)


def mark_read(conversation: Conversation) -> None:
    """Its user has seen the answer that ended while they were away."""
    if conversation.unread:
        Conversation.objects.filter(pk=conversation.pk).update(unread=False)
