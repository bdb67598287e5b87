"""How much of its largest size a conversation has: all of it is read for each question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils.translation import gettext_noop as _

from chat.models import Attachment
from core.errors import PortalError, Sentence

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from chat.models import Conversation, Message

NEARLY_FULL = 80  # percent: the page says so
REPLACED = 4  # times the largest size: what may be kept of what was asked or answered again
FULL = _("This conversation is full: it may have {limit} characters. Start a new one.")
REPLACED_FULL = _("Over {limit} characters of this conversation were replaced. Start a new one.")


def check_length(size: int) -> int:
    """Return how full a conversation of so many characters is, in percent.

    Raises PortalError `payload_too_large`.
    """
    limit = settings.MAX_CONVERSATION_CHARS
    if size > limit:
        raise PortalError("payload_too_large", [Sentence(FULL, limit=limit)], param="conversation")
    return _percent(size)


def check_replaced(size: int) -> None:
    """Raise `payload_too_large` if too many characters of a conversation were replaced."""
    if size > (limit := REPLACED * settings.MAX_CONVERSATION_CHARS):
        sentences = [Sentence(REPLACED_FULL, limit=limit)]
        raise PortalError("payload_too_large", sentences, param="conversation")


def stored(messages: QuerySet[Message]) -> int:
    """Return how many characters stored messages have, with their files, without reading them."""
    files = Attachment.objects.filter(message__in=messages.order_by())
    own = messages.aggregate(size=Sum(Length("content")))["size"] or 0
    return own + of_files(files)


def of_files(files: QuerySet[Attachment]) -> int:
    """Return how many characters the texts of files have, without reading them."""
    return files.aggregate(size=Sum(Length("text")))["size"] or 0


def is_nearly_full(conversation: Conversation) -> bool:
    """Will it soon take no more questions?"""
    return _percent(stored(conversation.messages.filter(replaced=False))) >= NEARLY_FULL


def _percent(size: int) -> int:
    return int(100 * size // settings.MAX_CONVERSATION_CHARS)
