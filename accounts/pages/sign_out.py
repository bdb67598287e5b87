from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse


class SignOut(LogoutView):
    """Ends the session here and, with OIDC_SIGN_OUT, at the provider."""

    next_page = "login"

    def post(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if not (settings.OIDC_ISSUER and settings.OIDC_SIGN_OUT):
            return super().post(request, *args, **more)
        from accounts.sso import views

        url = views.end_session_url(request)  # before the session is gone
        response = super().post(request, *args, **more)
        return views.leave(request, url) if url else response
