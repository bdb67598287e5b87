"""Is a text the one that was sent, or given? By the macs of a row, which has no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.metering.macs import ANSWER, PROMPT, canonical, is_of, prompt_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from uuid import UUID

    from django.contrib.auth.models import User

    from ledger.models import Call

SAME, OTHER = "same", "other"


class Kept:
    """`texts_of` returns the answers of a receipt that a user's own conversations have."""

    def __init__(self) -> None:
        self.texts_of: Callable[[User, UUID], Collection[str]] = lambda user, receipt: ()


kept = Kept()


def is_prompt(call: Call, request: Mapping[str, Any]) -> bool:
    """Has a request the prompt of this call? Its other fields do not matter."""
    prompt = canonical(prompt_of(request))
    return is_of(bytes(call.prompt_mac), PROMPT, call.pk.bytes, prompt)


def is_answer(call: Call, text: bytes) -> bool:
    """Is it the answer of this call, in UTF-8?"""
    return is_of(bytes(call.answer_mac), ANSWER, call.pk.bytes, text)


def in_conversation(call: Call, user: User) -> str | None:
    """Compare what the user's own conversation has with what was given: SAME or OTHER.

    OTHER proves no change: an answer may be continued, and thoughts are cut out of it. None if
    there is no such conversation, or the answer was not complete.
    """
    if not call.answer_mac:
        return None
    texts = kept.texts_of(user, call.pk)
    if any(is_answer(call, text.encode()) for text in texts):
        return SAME
    return OTHER if texts and call.outcome == "ok" else None
