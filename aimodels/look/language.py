"""
The language of pages: the browser's, unless another was chosen on the account page, which a cookie
keeps. What the API says stays English.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog

from aimodels.routes import API
from core.http.decorators import page

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

FOR_EVER = "public, max-age=31536000, immutable"  # addresses change with what is there
YEAR = 365 * 24 * 3600  # seconds


class PageLanguage(LocaleMiddleware):
    """Activates the language of a page's reader, and English for the API."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith(API):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_api = request.path.startswith(API)
        return response if is_api else super().process_response(request, response)


def chosen_language(request: HttpRequest) -> str:
    """Return the code of the language that was chosen; empty if the browser decides."""
    choice = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return choice if choice in dict(settings.LANGUAGES) else ""


@require_POST
@page
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice in this browser, or leave it to the browser again."""
    response = redirect("account")
    choice = request.POST.get("language", "")
    if choice in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, choice, YEAR,
            secure=settings.SECURE_COOKIES, httponly=True, samesite="Lax",
        )  # fmt: skip
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def words_url() -> str:
    """Return the address of the scripts' texts in the active language; empty for English."""
    english = settings.LANGUAGE_CODE
    language = translation.get_language() or english
    return "" if language == english else reverse("words", args=[language, _mark(language)])


@cache
def _mark(language: str) -> str:
    return hashlib.sha256(_words(language)).hexdigest()[:12]


@cache
def _words(language: str) -> bytes:
    """Return the script that gives the others their texts."""
    request = HttpRequest()
    request.method = "GET"
    with translation.override(language):
        response = JavaScriptCatalog.as_view()(request)
    assert isinstance(response, HttpResponse)
    return response.content


@require_safe
def words(request: HttpRequest, language: str, mark: str) -> HttpResponse:
    """Return the texts. Another `mark` is that of another worker, while the portal is upgraded."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    headers = {"Cache-Control": FOR_EVER if mark == _mark(language) else "no-store"}
    return HttpResponse(_words(language), "text/javascript", headers=headers)
