"""DEBUG, for development: its pages show no settings, and it is served to this machine only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.views.debug import SafeExceptionReporterFilter

from core.http.hosts import LOOPBACK_HOSTS

_SHOWS = "DEBUG shows the code and its variables to anyone who causes an error"


class NoSettings(SafeExceptionReporterFilter):
    """Django hides settings by their name. Ours hold secrets in URLs too, such as REDIS_URL."""

    def get_safe_settings(self) -> dict[str, Any]:
        return {"(hidden)": "The portal's pages of errors show no settings."}


def refusal(host: str) -> str:
    """Return why the portal may not be served on `host` while DEBUG is on, or an empty string."""
    if not settings.DEBUG:
        return ""
    if host not in LOOPBACK_HOSTS:
        return f"{_SHOWS}. Unset DEBUG, or set HOST to 127.0.0.1."
    if settings.TRUSTED_SCHEME_HEADER or settings.TRUSTED_ADDRESS_HEADER:
        return f"{_SHOWS}, and a proxy passes requests on. Unset DEBUG, or TRUSTED_…_HEADER."
    return ""
