"""Where django-allauth's flow hands over to the portal: after the protocol, or at its failure."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render

from accounts.record import record_sso_refusal
from accounts.sso import people, protocol

logger = logging.getLogger(__name__)


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Of allauth's own ways to sign up, to link and to sign in, none is used."""

    def get_provider(self, request: HttpRequest, *args: Any, **more: Any) -> protocol.Provider:
        return protocol.provider(request)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        raise ImmediateHttpResponse(people.sign_in(request, sociallogin))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None,
        exception: Exception | None = None, extra_context: Any = None,
    ) -> NoReturn:  # fmt: skip
        reason = repr(str(exception or request.GET.get("error", "")))[:500]
        logger.warning("Single sign-on failed: %s %s", error, reason)
        cancelled = request.GET.get("error") == "access_denied"
        record_sso_refusal(request, "cancelled" if cancelled else "failed")
        context = {"cancelled": cancelled}
        raise ImmediateHttpResponse(
            render(request, "accounts/sso_failed.html", context, status=403)
        )
