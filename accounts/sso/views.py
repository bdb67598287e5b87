"""
The way to the provider and back.

Pages leave for the provider by a `Refresh` header: browsers apply the policy `form-action 'self'`
to redirects of forms, too.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in.next_page import next_page
from accounts.sso.backend import BACKEND
from accounts.sso.people import ID_TOKEN
from accounts.sso.protocol import Protocol, discovery, nonce_of, provider

logger = logging.getLogger(__name__)


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. With `fresh`, the person must sign in there again."""
    fresh = "fresh" in request.POST
    state = get_random_string(40)
    parameters = {"nonce": nonce_of(state)}
    if fresh:
        parameters |= {"prompt": "login", "max_age": "0"}
    try:
        response = provider(request).redirect(
            request, "login", next_page(request, request.POST.get("next", "")),
            state_id=state, auth_params=parameters, fresh=fresh,
        )  # fmt: skip
    except OAuth2Error as error:
        logger.error("Single sign-on is not available: %s", error)
        return render(request, "accounts/sso_failed.html", {"unavailable": True}, status=503)
    return leave(request, response.headers["Location"])


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Sign in who comes back from the provider: `Adapter` answers."""
    response: HttpResponse = OAuth2CallbackView.adapter_view(Protocol(request))(request)
    return response


def leave(request: HttpRequest, url: str) -> HttpResponse:
    response = render(request, "accounts/leaving.html", {"url": url, "name": settings.OIDC_NAME})
    response.headers["Refresh"] = f"0; url={url}"
    return response


def end_session_url(request: HttpRequest) -> str:
    """Return where the provider ends its session; empty if this one began otherwise.

    Without the provider, people sign out here only.
    """
    if not settings.OIDC_SIGN_OUT or request.session.get(BACKEND_SESSION_KEY) != BACKEND:
        return ""
    try:
        url = discovery.document().get("end_session_endpoint")
    except OAuth2Error as error:
        logger.error("Signing out at the provider failed: %s", error)
        return ""
    parameters: dict[str, Any] = {
        "client_id": settings.OIDC_CLIENT_ID,
        "id_token_hint": request.session.get(ID_TOKEN, ""),
        "post_logout_redirect_uri": request.build_absolute_uri(reverse("login")),
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}" if url else ""
