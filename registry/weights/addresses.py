"""Addresses of downloads: where redirects may lead, and how messages name them."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from registry.weights.errors import SourceError


def redirected(url: str, location: str) -> str:
    """Return where a redirect leads. Raises SourceError if the scheme is another."""
    try:
        target = urljoin(url, location)
        same = bool(location) and urlsplit(target).scheme == urlsplit(url).scheme
    except ValueError:
        same = False
    if not same:
        raise bad_redirect(url)
    return target


def bad_redirect(url: str) -> SourceError:
    return SourceError(f"{host(url)} redirects to another scheme, which is not followed.")


def host(url: str) -> str:
    """Return host and path: a query may have a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def reason(error: Exception) -> str:
    """Return why no response came, without addresses of objects."""
    text = str(error)
    if "resolve" in text or "getaddrinfo" in text:
        return "the name is not known"
    if "refused" in text:
        return "the connection was refused"
    if "timed out" in text:
        return "no answer in time"
    if "CERTIFICATE" in text.upper():
        return "its certificate is not trusted"
    return "the connection broke off"
