"""
Who may open a WebSocket: `admit(scope)`, before the socket is accepted.

Browsers send a user's cookies with sockets that any page opens, so a session needs the portal's
`Origin`: scheme, host and port. Programs send a token and usually no origin. Proxies log addresses,
so a query string is refused: it might contain a token.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from core.auth.credentials import credentials_in
from core.auth.identity import identify
from core.auth.scopes import check_scope
from core.errors import PortalError
from core.http.hosts import host_allowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.auth.credentials import Credentials
    from core.auth.principals import Principal

Origin = tuple[str, str, int]  # scheme, host, port
PORTS = {"http": 80, "https": 443}


async def admit(scope: Mapping[str, Any]) -> tuple[Credentials, Principal]:
    """Return the caller's credentials, and who it is. Raises PortalError."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not host_allowed(host):
        raise PortalError("permission_denied", "This Host is not one of ALLOWED_HOSTS.")
    if scope.get("query_string"):
        raise PortalError("permission_denied", "The address of a WebSocket has no query string.")
    credentials = credentials_in(scope["headers"])
    origin = headers.get(b"origin")
    if (origin is not None or not credentials.token) and not _is_ours(origin or b"", scope, host):
        raise PortalError("permission_denied", "This page's origin may not open WebSockets here.")
    # Pages connect again by themselves: only what is sent on the socket is a use of the session.
    unused = replace(credentials, used=False)
    principal = await identify(unused, scope, in_grace=True)
    check_scope(principal.scopes, scope["path"])
    return credentials, principal


def _is_ours(origin: bytes, scope: Mapping[str, Any], host: str) -> bool:
    try:
        page = _parts(origin.decode("latin-1"))
        portal = _parts(f"{_scheme(scope)}://{host}")
        trusted = map(_parts, settings.CSRF_TRUSTED_ORIGINS)
        return page == portal or any(_matches(page, pattern) for pattern in trusted)
    except ValueError:  # a port that is not a number
        return False


def _matches(origin: Origin, trusted: Origin) -> bool:
    """Does `origin` match a trusted one? As in Django, its host may be `*.example.org`."""
    host = trusted[1].removeprefix("*")
    same = origin[1] == host or (host.startswith(".") and origin[1].endswith(host))
    return same and (origin[0], origin[2]) == (trusted[0], trusted[2])


def _parts(origin: str) -> Origin:
    """Return scheme, host and port. Raises ValueError if this is not an origin."""
    url = urlsplit(origin)
    plain = origin.startswith(f"{url.scheme}://{url.netloc}") and not url.username
    if url.scheme not in PORTS or not url.hostname or not plain or origin.count("/") > 2:
        raise ValueError(origin)
    return url.scheme, url.hostname, url.port or PORTS[url.scheme]


def _scheme(scope: Mapping[str, Any]) -> str:
    """Return the scheme of the portal's pages: a proxy's header has it, if one is trusted."""
    if settings.TRUSTED_SCHEME_HEADER:
        name = settings.TRUSTED_SCHEME_HEADER.lower().encode()
        return "https" if dict(scope["headers"]).get(name) == b"https" else "http"
    return "https" if scope.get("scheme") == "wss" else "http"
