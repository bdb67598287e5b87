"""Where a question goes: its conversation, the messages before it, and those that it replaces."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from chat import size
from chat.frames import MAX_BESIDE, TARGETS
from chat.models import Conversation, Message, State
from chat.titles import title_of
from chat.versions import BUSY
from core.errors import PortalError, Sentence

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from chat.frames import Ask

MANY_BESIDE = _("{count} models answer this question. Wait for one.")
GRACE = timedelta(minutes=1)  # after TOTAL_TIMEOUT: an answer that still runs is lost


def conversation_of(user: Any, ask: Ask) -> Conversation:
    """Return the user's conversation that `ask` names, or a new one that is not saved yet.

    Raises PortalError, also `busy`: it has one answer at a time, but for those beside another.
    """
    if ask.conversation is None:
        if any(getattr(ask, name) for name in TARGETS):
            names = ", ".join(f"`{name}`" for name in TARGETS)
            message = f"{names} need the `conversation` of that message."
            raise PortalError("invalid_request", message, param="conversation")
        return Conversation(user=user, title=title_of(ask.content))
    owned = Conversation.objects.filter(user=user, pk=ask.conversation)
    conversation = owned.select_for_update().first()
    if conversation is None:
        raise _missing("conversation", "conversation")
    running = conversation.messages.filter(state=State.RUNNING)
    lost = timezone.now() - timedelta(seconds=settings.TOTAL_TIMEOUT) - GRACE
    _check_free(running.filter(created__gt=lost), ask.beside)
    interrupt(running.filter(created__lte=lost))
    return conversation


def _check_free(running: QuerySet[Message], beside: int | None) -> None:
    """Raise PortalError `busy` if no answer may be given now; `beside` is the question's number.

    Those beside another, which are `replaced`, are nothing that a new question follows.
    """
    in_the_way = running.exclude(parent=beside) if beside else running.filter(replaced=False)
    if in_the_way.exists():
        raise PortalError("busy", BUSY)
    if beside and running.count() >= MAX_BESIDE:
        raise PortalError("busy", [Sentence(MANY_BESIDE, count=MAX_BESIDE)])


def interrupt(running: QuerySet[Message]) -> int:
    """Mark answers as interrupted, and return how many."""
    return running.update(
        state=State.INTERRUPTED,
        error={"code": "server_restarting", "message": "The portal stopped meanwhile."},
    )


def _missing(what: str, param: str) -> PortalError:
    return PortalError("not_found", f"There is no such {what}.", param=param)


def split(conversation: Conversation, ask: Ask) -> tuple[list[Message], list[int]]:
    """Return the messages that stay, and the IDs of those that `ask` replaces.

    Raises PortalError. The last message is the question itself, if it has been asked before.
    """
    if ask.conversation is None:
        return [], []
    messages = conversation.messages.filter(replaced=False)
    target = ask.retry_of or ask.edit_of or ask.beside
    if not target:
        return _read(messages), []
    size.check_replaced(size.stored(conversation.messages.filter(replaced=True)))
    if ask.beside:
        return _up_to(messages, ask.beside), []
    role, param = ("assistant", "retry_of") if ask.retry_of else ("user", "edit_of")
    replaced = list(messages.filter(pk__gte=target).values_list("pk", "role"))
    if not replaced or replaced[0] != (target, role):
        raise _missing("message", param)
    kept = _read(messages.filter(pk__lt=target))
    if ask.retry_of and (not kept or kept[-1].role != "user"):
        raise _missing("message", param)
    return kept, [pk for pk, _ in replaced]


def _up_to(messages: QuerySet[Message], question: int) -> list[Message]:
    """Return the messages up to the question with this number."""
    kept = _read(messages.filter(pk__lte=question))
    if not kept or (kept[-1].pk, kept[-1].role) != (question, Message.Role.USER):
        raise _missing("message", "beside")
    return kept


def _read(messages: QuerySet[Message]) -> list[Message]:
    """Return stored messages, unless they are too large to be read for each question."""
    size.check_length(size.stored(messages))
    return list(messages.defer("thoughts"))
