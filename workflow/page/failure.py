"""A question that no model answered: what the page shows of it, and an Inquiry stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from core.plain_errors import LONGER, words_for
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.errors import PortalError


@dataclass(frozen=True, slots=True)
class Failure:
    """An error's code and message, the title of the model that was asked, and how long it took.

    Without a title it is not known which model it is about.
    """

    code: str
    message: str
    model: str
    seconds: int
    request_id: str

    @property
    def sentence(self) -> str:
        """What happened, in plain words."""
        return words_for(self.code).of(self.model or gettext("The model"), self.message)

    @property
    def elsewhere(self) -> bool:
        """May another model answer?"""
        return words_for(self.code).elsewhere

    @property
    def longer(self) -> bool:
        """May only a model with a larger context answer?"""
        return self.code == LONGER

    @property
    def details(self) -> str:
        return f"{self.message} Request: {self.request_id}"

    def as_event(self) -> dict[str, Any]:
        """Return what the page's script shows."""
        return {
            "sentence": self.sentence,
            "details": self.details,
            "seconds": self.seconds,
            "elsewhere": self.elsewhere,
            "longer": self.longer,
        }


def failure_of(error: PortalError, seconds: float, request_id: str) -> Failure | None:
    """Return what is kept of an error; None for one that is about the request, not its answer."""
    words = words_for(error.code)
    if not (words.again or words.elsewhere or words.report):
        return None
    title = title_of(error.resolution)
    return Failure(error.code, error.message, title, round(seconds), request_id)


def title_of(resolution: Mapping[str, Any] | None) -> str:
    """Return the title of the model of a resolution as JSON; its ID, if it has left the file."""
    name = str((resolution or {}).get("id", ""))
    model = service.current.models.get(name)
    return model.title if model else name
