"""The language of the reader of a page, where Django's middleware does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils import translation

from core.http.envelope import Form
from core.http.exchange import post
from core.plain_errors import message_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.errors import PortalError
    from core.http.exchange import Application, Handler, Receive, Scope, Send


class ReadersForm(Form):
    """The form of what pages ask for: their errors are in the active language."""

    def error(self, error: PortalError, identifier: str) -> dict[str, Any]:
        body = super().error(error, identifier)
        body["error"]["message"] = message_of(error)
        return body


READERS_FORM = ReadersForm()


def language_of(headers: Mapping[bytes, bytes]) -> str:
    """Return the language that was chosen in a browser, else the one that it asks for."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)


def post_for_readers(handler: Handler) -> Application:
    """Return the ASGI application that serves POST of a page, in the language of its reader.

    The language is that of the request's own task, also while it waits.
    """
    application = post(handler, READERS_FORM)

    async def in_language(scope: Scope, receive: Receive, send: Send) -> None:
        with translation.override(language_of(scope["by_name"])):
            await application(scope, receive, send)

    return in_language
