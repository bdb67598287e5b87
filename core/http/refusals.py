"""An error as the plain text of a page's request, in the language of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from core.plain_errors import message_of

if TYPE_CHECKING:
    from core.errors import PortalError


def refused(error: PortalError) -> HttpResponse:
    """Return the message of `error`, which a script of the page shows."""
    response = HttpResponse(
        message_of(error), status=error.kind.status, content_type="text/plain; charset=utf-8"
    )
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
