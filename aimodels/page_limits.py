"""The limit of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.deprecation import MiddlewareMixin

from aimodels.errors import limited
from aimodels.routes import API
from core.auth.credentials import Credentials
from core.auth.identity import identify_blocking
from core.errors import PortalError
from core.limits.limiter import limiter
from core.logs.requests import note

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _by_page(request: HttpRequest) -> bool:
    """Did a page load a part of itself again, while its reader may be away?"""
    return request.method == "GET" and "HX-Request" in request.headers


class LimitPages(MiddlewareMixin):
    """Counts the pages of people who are signed in. The API counts requests itself."""

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        if request.resolver_match:
            note(route=f"/{request.resolver_match.route}")
        session = request.session.session_key
        if request.path.startswith(API) or session is None or request.user.is_anonymous:
            return None
        try:
            credentials = Credentials(session=session, used=not _by_page(request))
            principal = identify_blocking(credentials)
            note(person=principal.limit_key)
            limiter.page_blocking(principal.payer)
        except PortalError as error:
            if error.code == "rate_limited":
                return limited(request, error)
            if error.code == "unauthenticated":  # the session has ended since it was loaded
                request.user = AnonymousUser()
        return None
