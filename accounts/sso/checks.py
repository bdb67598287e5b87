"""
System checks of the settings for single sign-on.

accounts.E001  OIDC_ISSUER is not an https address, or is too long to store
accounts.E002  OIDC_CLIENT_ID is not set
accounts.E003  OIDC_GROUPS is not an object of names
accounts.E004  OIDC_GROUPS maps to the group that OIDC_OPERATORS manages
accounts.E005  OIDC_CLIENT_SECRET is not set
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from accounts.sso.groups import OPERATORS
from core.http.hosts import LOOPBACK_HOSTS

MAX_ISSUER = 200  # characters, as the table of identities holds


@register(Tags.security)
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    groups = settings.OIDC_GROUPS
    named = isinstance(groups, dict) and all(
        isinstance(name, str) and 0 < len(name) <= 150 for name in groups.values()
    )
    problems = (
        (_is_secure(settings.OIDC_ISSUER), "OIDC_ISSUER must be an https address of at most "
         f"{MAX_ISSUER} characters, without a query.", "E001"),
        (settings.OIDC_CLIENT_ID, "OIDC_CLIENT_ID is not set.", "E002"),
        (named, 'OIDC_GROUPS must be JSON: {"group at the provider": "group here"}.', "E003"),
        (not named or OPERATORS not in groups.values(),
         f"OIDC_GROUPS may not name {OPERATORS!r}, which OIDC_OPERATORS manages.", "E004"),
        (settings.OIDC_CLIENT_SECRET, "OIDC_CLIENT_SECRET is not set: register the portal as a "
         "confidential client.", "E005"),
    )  # fmt: skip
    hint = "docs/single-sign-on.md shows a complete example."
    return [
        Error(text, hint=hint, id=f"accounts.{code}") for right, text, code in problems if not right
    ]


def _is_secure(issuer: str) -> bool:
    """May tokens of this issuer be trusted? On a loopback address there is no network to read."""
    parts = urlsplit(issuer)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    return (
        bool(parts.hostname)
        and (parts.scheme == "https" or local)
        and len(issuer) <= MAX_ISSUER
        and not parts.query
        and not parts.fragment
    )
