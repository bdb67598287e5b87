"""Hosts and ports, for the commands that listen."""

from __future__ import annotations

import errno
import socket

from django.conf import settings

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 — compared with, not bound to


def base_url(host: str, port: int) -> str:
    """Return the address under which a browser on this machine reaches `host`:`port`."""
    shown = "localhost" if host in EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def public_url() -> str:
    """Return the address at which people reach the portal, judged by ALLOWED_HOSTS."""
    hosts = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    if not hosts or hosts[0] in LOOPBACK:
        return base_url(settings.HOST, settings.PORT)
    if settings.SECURE_COOKIES:
        return f"https://{hosts[0]}"
    return base_url(hosts[0], settings.PORT)


def why_not(host: str, port: int) -> str:
    """Return in words why nothing can listen there, or an empty string if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _reason(error)
        except OverflowError:
            return "ports end at 65535"
    return ""


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "the host's name cannot be resolved"
    return {
        errno.EADDRINUSE: "another program listens there",
        errno.EACCES: "ports below 1024 need more rights",
        errno.EADDRNOTAVAIL: "this machine does not have that address",
    }.get(error.errno or 0, error.strerror or "it failed")
