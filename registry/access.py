"""
Where a provider is and how it is entered: address and headers, with `${VARIABLES}` filled in.

An unset variable never is an error: the provider is unconfigured, and says which variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from registry.providers import WIRES
from registry.schema import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.schema import ProviderConfig

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_PRINTABLE = re.compile(r"[ -~]*")
_OURS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept",
         "accept-encoding"}  # fmt: skip

Finding = tuple[tuple[str, ...], str]  # path below the provider, message


@dataclass(frozen=True, slots=True)
class Access:
    """`base_url` without a trailing slash; `missing` maps a variable to what is wrong with it.

    `secrets` are the values that must never appear in a message.
    """

    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)


def resolve_access(
    name: str, provider: ProviderConfig, environ: Mapping[str, str]
) -> tuple[Access, list[Finding]]:
    """Return how to enter `provider`, and what is wrong with what the file says of it."""
    wire = WIRES.get(provider.api or name)
    if wire is None:
        return Access("", {}), []  # an unknown format; `rules` says so
    fill = _Filler(environ)
    address = getattr(provider, wire.ADDRESS)
    base_url = fill(address or "")
    key = fill(provider.api_key or "")
    headers = {header: fill(value) for header, value in provider.headers.items()}
    problems = list(_header_problems(headers, fill))
    if key and not fill.missing and not re.fullmatch(r"[!-~]+", key):
        problems.append((("api_key",), "A key holds no white space and no letters beyond ASCII."))
    if address is not None and not fill.missing:
        try:
            base_url = wire.base_url(base_url)
            _check_url(base_url)
        except ValueError as error:
            problems.append(((wire.ADDRESS,), str(error)))
    sent = {"Authorization": f"Bearer {key}", **headers} if key else headers
    secrets = tuple(s for s in (key, *headers.values()) if s)
    variables = tuple(dict.fromkeys(fill.seen))
    return Access(base_url, sent, fill.missing, variables, secrets), problems


class _Filler:
    """Replaces variables; remembers which were seen and which have no usable value."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.seen: list[str] = []
        self.missing: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        return VARIABLE.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        name, default = found["name"], found["default"]
        self.seen.append(name)
        value = self.environ.get(name, "")
        if not value and default is not None:
            return default
        if not value:
            self.missing[name] = "not set"
        elif not re.fullmatch(r"[!-~]+", value):
            self.missing[name] = "holds white space or an unusual character"
        return value


def _header_problems(headers: Mapping[str, str], fill: _Filler) -> Iterator[Finding]:
    for header, value in headers.items():
        if not _TOKEN.fullmatch(header) or header.lower() in _OURS:
            yield ("headers", header), "This header cannot be set here."
        elif not fill.missing and not _PRINTABLE.fullmatch(value):
            yield ("headers", header), "A header's value is one line of ASCII."


def _check_url(url: str) -> None:
    """Raise ValueError unless `url` is http(s)://host[:port][/path]. Never quotes it."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[^!-~]", url):
        raise ValueError(
            "This is not a URL, with its variables filled in. Write http://host:port/path."
        )
    if parts.username or parts.password:
        raise ValueError("A URL must not hold a password. Use api_key: ${VARIABLE}.")
    if parts.query or parts.fragment:
        raise ValueError("This URL must end before '?' and '#'.")
