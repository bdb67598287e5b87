"""The language of the reader of a page, where Django's middleware does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.http.exchange import Exchange, Handler


def language_of(headers: Mapping[bytes, bytes]) -> str:
    """Return the language that was chosen in a browser, else the one that it asks for."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)


def for_readers(handler: Handler) -> Handler:
    """Return the handler of a page's request: what it says is in the language of the page.

    The language is that of the request's own task, also while it waits.
    """

    async def in_language(exchange: Exchange) -> None:
        with translation.override(language_of(exchange.headers)):
            await handler(exchange)

    return in_language
