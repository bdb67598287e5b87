"""The address of a mail server: `smtp+tls://user:password@host:587`."""

from __future__ import annotations

from urllib.parse import urlsplit

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}  # plain; STARTTLS; TLS from the begin


def address(text: str) -> str:
    """Return `text` if it is an address of a mail server, or empty. Raises ValueError."""
    if text:
        url = urlsplit(text)
        if url.scheme not in PORTS or not url.hostname or url.port == 0 or url.path.strip("/"):
            raise ValueError
    return text
