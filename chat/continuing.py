"""
Continuing an answer that was cut: stopped, broken off, or at its length limit.

The model gets the conversation up to the end of the answer, and is asked to go on: providers differ
in whether they go on by themselves from an answer at the end. What comes is added to the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from chat.models import Message, State
from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROMPT = (
    "Your last message was cut off. Go on exactly where it ends. Repeat nothing of it, and begin "
    "with what comes next, even in the middle of a word."
)
CUT = (State.STOPPED, State.INTERRUPTED)


def can_continue(message: Message) -> bool:
    """Was it an answer that was cut after its first word?"""
    is_answer = message.role == Message.Role.ASSISTANT
    return is_answer and message.state in CUT and bool(message.content.strip())


def cut_answer(messages: Sequence[Message], number: int) -> Message:
    """Return the answer with this number, the last of `messages`. Raises PortalError."""
    last = messages[-1] if messages else None
    if last is None or last.pk != number or not can_continue(last):
        text = _("Only the last answer can be continued, if it was cut after its first word.")
        raise PortalError("invalid_request", text, param="continue_of")
    return last
