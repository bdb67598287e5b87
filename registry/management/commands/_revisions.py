"""The part of `manage.py models` that reads the revisions that were stored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.timezone import is_naive, make_aware

from core.errors import PortalError
from registry.workers import revisions

if TYPE_CHECKING:
    from registry.models import Revision


def text_at(what: str) -> str:
    """Return the text at a time, or of a revision. Raises PortalError."""
    try:
        time = datetime.fromisoformat(what)
    except ValueError:
        return _find(what).text.rstrip()
    found = revisions.at(make_aware(time) if is_naive(time) else time)
    if found is None:
        raise PortalError("invalid_request", f"No revision is known of {what}.")
    return found.text.rstrip()


def diff_of(old: str, new: str) -> str:
    """Return a unified diff of two revisions. Raises PortalError."""
    lines = list(revisions.diff(_find(old), _find(new)))
    return "\n".join(lines) or "changes nothing"


def _find(revision: str) -> Revision:
    found = revisions.find(revision)
    if found is None:
        message = f"{revision} is no revision that was stored. Errors and answers name them."
        raise PortalError("invalid_request", message)
    return found
