"""A page for addresses that are opened but take forms only, instead of the browser's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from aimodels.programs import is_program

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class ExplainNotAllowed(MiddlewareMixin):
    """Gives Django's empty answers with status 405 a page, for browsers."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code != 405 or response.content or is_program(request):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page
