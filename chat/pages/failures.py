"""Failed answers, as the page shows them: in plain words, with what a reader can do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from core.plain_errors import LONGER, words_for

if TYPE_CHECKING:
    from datetime import datetime

    from chat.models import Message
    from core.errors import PortalError
    from core.plain_errors import Words


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an answer failed, or broke off.

    `sentence` is for everyone, `message` the error's own. From `until` on it may succeed.
    """

    words: Words
    sentence: str
    code: str
    message: str
    request_id: str
    tried: list[dict[str, Any]]
    until: datetime | None = None

    @property
    def longer(self) -> bool:
        """Does it need a model with a larger context?"""
        return self.code == LONGER


def failure_of(message: Message, title: str) -> Failure | None:
    """Return the failure of an answer by the model with this title, or None."""
    if not (error := message.error):
        return None
    code, own = error.get("code", ""), error.get("message", "")
    words = words_for(code)
    return Failure(
        words,
        words.of(title, gettext(own) if own else ""),
        code,
        own,
        error.get("request_id", ""),
        (message.resolution or {}).get("tried", []),
        _until(message, error.get("retry_after")),
    )


def _until(message: Message, seconds: int | None) -> datetime | None:
    if not seconds:
        return None
    return message.created + timedelta(seconds=seconds, milliseconds=message.duration_ms or 0)


def as_record(error: PortalError, request_id: str) -> dict[str, Any]:
    """Return what is stored of the error of an answer."""
    record: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "request_id": request_id,
    }
    if error.retry_after:
        record |= {"retry_after": error.retry_after}
    if fallbacks := (error.resolution or {}).get("fallbacks"):
        record |= {"fallbacks": fallbacks}
    return record
