"""Host names: the portal's, and which are allowed."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http.request import split_domain_port, validate_host

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 — compared with, not bound to


def base_url(host: str, port: int) -> str:
    """Return the address under which a browser on this machine reaches `host`:`port`."""
    name = "localhost" if host in EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def host_allowed(host: str) -> bool:
    """Is the `Host` header's value one of ALLOWED_HOSTS?"""
    return _host_allowed(host, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=256)
def _host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def public_url() -> str:
    """Return the portal's address for users, which is derived from ALLOWED_HOSTS."""
    hosts = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    if not hosts or hosts[0] in LOOPBACK_HOSTS:
        return base_url(settings.HOST, settings.PORT)
    if settings.SECURE_COOKIES:
        return f"https://{hosts[0]}"
    return base_url(hosts[0], settings.PORT)
