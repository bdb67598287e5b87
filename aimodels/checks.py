"""
System checks of settings, for `manage.py check --deploy`.

aimodels.W001  VAR_DIR, or the database in it, can be read by other accounts
aimodels.W002  the portal is reached from other machines, and no proxy ends TLS
aimodels.W003  TRUSTED_SCHEME_HEADER is set, and TRUSTED_ADDRESS_HEADER is not
aimodels.W004  Redis is on another host, and has no password
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from aimodels.private_files import is_open_to_others
from core.http.hosts import LOOPBACK_HOSTS


@register(Tags.security, deploy=True)
def check_private_files(**kwargs: Any) -> list[CheckMessage]:
    if not is_open_to_others(settings.VAR_DIR):
        return []
    return [
        checks.Warning(
            f"Other accounts of this machine can enter {settings.VAR_DIR}.",
            hint=f"chmod 700 {settings.VAR_DIR}",
            id="aimodels.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_proxy(**kwargs: Any) -> list[CheckMessage]:
    if not settings.TRUSTED_SCHEME_HEADER:
        return [_without_tls()] if set(settings.ALLOWED_HOSTS) - {*LOOPBACK_HOSTS} else []
    if settings.TRUSTED_ADDRESS_HEADER:
        return []
    return [
        checks.Warning(
            "All callers seem to have the proxy's address: limits and records name no one else.",
            hint="Set TRUSTED_ADDRESS_HEADER to the header that the proxy sets: X-Forwarded-For.",
            id="aimodels.W003",
        )
    ]


def _without_tls() -> CheckMessage:
    return checks.Warning(
        "ALLOWED_HOSTS names hosts for other machines, and no proxy is known that ends TLS: "
        "passwords and tokens would be sent in the clear.",
        hint="Put a proxy in front that sets X-Forwarded-Proto, and set TRUSTED_SCHEME_HEADER.",
        id="aimodels.W002",
    )


@register(Tags.security, deploy=True)
def check_redis(**kwargs: Any) -> list[CheckMessage]:
    url = urlsplit(settings.REDIS_URL)
    if not url.hostname or url.hostname in LOOPBACK_HOSTS or url.password:
        return []
    return [
        checks.Warning(
            "Redis is asked without a password: anyone who reaches it can change primaries.",
            hint="Set `requirepass` in Redis, and REDIS_URL=redis://:PASSWORD@host:6379/0.",
            id="aimodels.W004",
        )
    ]
