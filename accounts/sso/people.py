"""Whose identity it is: the person with this issuer and subject, and no one by likeness."""

from __future__ import annotations

import logging
import re
import time
from itertools import count
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.powerful import is_powerful
from accounts.record import record_sso_refusal
from accounts.sign_in.confirm import confirm
from accounts.sso.backend import BACKEND
from accounts.sso.groups import set_groups
from accounts.sso.protocol import FRESH_SECONDS, LEEWAY_SECONDS

logger = logging.getLogger(__name__)
ID_TOKEN = "sso_id_token"  # noqa: S105 — a key of the session
MAX_NAME = 140  # of 150 characters: a number may follow


def sign_in(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    """Sign in the person of a login whose claims were checked, and set their groups."""
    if sociallogin.state.get("fresh") and not _is_fresh(sociallogin.claims):
        record_sso_refusal(request, "not signed in again")
        context = {"old": True, "unsaid": sociallogin.claims.get("auth_time") is None}
        return render(request, "accounts/sso_failed.html", context, status=403)
    user = _person(sociallogin)
    if not user.is_active:
        record_sso_refusal(request, "disabled", user.get_username())
        return render(request, "accounts/sso_failed.html", {"disabled": True}, status=403)
    with transaction.atomic():
        set_groups(user, sociallogin.claims)
    login(request, user, backend=BACKEND)
    confirm(request, _asked_at(sociallogin))
    if settings.OIDC_SIGN_OUT:
        request.session[ID_TOKEN] = sociallogin.id_token
    return redirect(sociallogin.state.get("next") or settings.LOGIN_REDIRECT_URL)


def _asked_at(sociallogin: Any) -> float:
    """Return when the provider asked who it is; 0 if that is not known, as in a silent sign-in."""
    if (at := _auth_time(sociallogin.claims)) is not None:
        return at
    return time.time() if sociallogin.state.get("fresh") else 0.0


def _auth_time(claims: dict[str, Any]) -> float | None:
    """Return when the provider says that it asked; None if it does not say, 0 if it makes no sense.

    A time to come, or one in milliseconds, would stay new for as long.
    """
    at, now = claims.get("auth_time"), time.time()
    if at is None:
        return None
    if isinstance(at, bool) or not isinstance(at, int | float) or not at <= now + LEEWAY_SECONDS:
        return 0.0
    return min(float(at), now)


def _is_fresh(claims: dict[str, Any]) -> bool:
    """Did the person sign in at the provider just now?

    Some do not say when it was. The person at the browser can remove the request to ask again,
    `prompt=login`, from the address, so an operator decides whether that counts.
    """
    at = _auth_time(claims)
    if at is None:
        return bool(settings.OIDC_TRUST_PROMPT)
    return time.time() - at <= FRESH_SECONDS


def _person(sociallogin: Any) -> User:
    identity = sociallogin.account
    if sociallogin.is_existing:
        return User.objects.get(pk=sociallogin.user.pk)
    try:
        with transaction.atomic():
            user = _by_email(sociallogin.claims) or _new(sociallogin.claims)
            SocialAccount.objects.create(provider=identity.provider, uid=identity.uid, user=user)
            return user
    except IntegrityError:  # the same person signed in twice at once, for the first time
        row = SocialAccount.objects.select_related("user").get(
            provider=identity.provider, uid=identity.uid
        )
        return row.user  # type: ignore[no-any-return]


def _by_email(claims: dict[str, Any]) -> User | None:
    """Return the one person with this address, if OIDC_LINK_BY_EMAIL allows to link them.

    The provider must have verified the address. Those with power here are not linked: anyone who
    writes addresses at the provider would take it over. Nor are those with an identity.
    """
    email = claims.get("email")
    if not (settings.OIDC_LINK_BY_EMAIL and email and claims.get("email_verified") is True):
        return None
    people = list(User.objects.filter(email__iexact=str(email))[:2])
    if len(people) != 1 or is_powerful(people[0]):
        return None
    if SocialAccount.objects.filter(user=people[0]).exists():
        return None
    logger.info("%s was linked to an identity of %s", people[0].username, settings.OIDC_ISSUER)
    return people[0]


def _new(claims: dict[str, Any]) -> User:
    """Create a person. A name that someone has gets a number: it is no proof of identity."""
    user = User(
        username=_free_name(_name(claims)),
        email=_text(claims, "email", 254) if claims.get("email_verified") is True else "",
        first_name=_text(claims, "given_name", 150),
        last_name=_text(claims, "family_name", 150),
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _text(claims: dict[str, Any], claim: str, length: int) -> str:
    value = claims.get(claim)
    return "".join(c for c in value if c.isprintable())[:length] if isinstance(value, str) else ""


def _name(claims: dict[str, Any]) -> str:
    """Return what a person is called, of the characters that names may have."""
    for claim in ("preferred_username", "email", "sub"):
        text = User.normalize_username(_text(claims, claim, MAX_NAME))
        if name := re.sub(r"[^\w.@+-]+", "-", text).strip("-")[:MAX_NAME]:
            return name
    return "person"


def _free_name(name: str) -> str:
    """Return `name`, or with a number if someone has it, in capitals or not."""
    names = (name if n == 1 else f"{name}-{n}" for n in count(1))
    return next(n for n in names if not User.objects.filter(username__iexact=n).exists())
