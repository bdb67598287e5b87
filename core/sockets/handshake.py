"""
Who may open a WebSocket: `admit(scope)`, before the socket is accepted.

Browsers send a user's cookies with sockets that any page opens, so a session needs an `Origin`
of ours: scheme, host and port. Programs send a token and usually no origin. What stands in an
address is logged by proxies, so a socket takes no query string, where tokens would stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from core import auth
from core.errors import PortalError
from core.http.hosts import host_allowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.auth import Credentials, Principal

Origin = tuple[str, str, int]  # scheme, host, port
PORTS = {"http": 80, "https": 443}


async def admit(scope: Mapping[str, Any]) -> tuple[Credentials, Principal]:
    """Return what the caller shows, and who it is. Raises PortalError."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not host_allowed(host):
        raise PortalError("permission_denied", "This Host is not one of ALLOWED_HOSTS.")
    if scope.get("query_string"):
        raise PortalError("permission_denied", "A socket's address has no query string.")
    shown = auth.shown_by(scope["headers"])
    origin = headers.get(b"origin")
    if (origin is not None or not shown.token) and not _is_ours(origin or b"", scope, host):
        raise PortalError("permission_denied", "This page's origin may not open sockets here.")
    return shown, await auth.recognise(shown)


def _is_ours(origin: bytes, scope: Mapping[str, Any], host: str) -> bool:
    try:
        given = _parts(origin.decode("latin-1"))
        own = _parts(f"{_scheme(scope)}://{host}")
        trusted = map(_parts, settings.CSRF_TRUSTED_ORIGINS)
        return given == own or any(_matches(given, one) for one in trusted)
    except ValueError:  # a port that is no number
        return False


def _matches(given: Origin, trusted: Origin) -> bool:
    """Is this a trusted origin? Its host may be `*.example.org`, as Django has it."""
    host = trusted[1].removeprefix("*")
    same = given[1] == host or (host.startswith(".") and given[1].endswith(host))
    return same and (given[0], given[2]) == (trusted[0], trusted[2])


def _parts(origin: str) -> Origin:
    """Return scheme, host and port. Raises ValueError for what is not an origin."""
    found = urlsplit(origin)
    plain = origin.startswith(f"{found.scheme}://{found.netloc}") and not found.username
    if found.scheme not in PORTS or not found.hostname or not plain or origin.count("/") > 2:
        raise ValueError(origin)
    return found.scheme, found.hostname, found.port or PORTS[found.scheme]


def _scheme(scope: Mapping[str, Any]) -> str:
    """Return the scheme of the portal's pages, which a proxy may have to tell us."""
    if settings.TRUSTED_SCHEME_HEADER:
        name = settings.TRUSTED_SCHEME_HEADER.lower().encode()
        return "https" if dict(scope["headers"]).get(name) == b"https" else "http"
    return "https" if scope.get("scheme") == "wss" else "http"
