"""
A provider's address and headers, with `${VARIABLES}` filled in.

An unset variable is not an error: the provider is unconfigured, and names the variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.variables import UNCLOSED, Filled, fill, other_form
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.yaml_errors import Finding
    from registry.config.schema import ProviderConfig
    from registry.providers.wire import Wire

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_PRINTABLE = re.compile(r"[ -~]*")
_RESERVED = {
    "host", "content-length", "content-type", "transfer-encoding", "connection", "accept",
    "accept-encoding", "x-request-id", "x-portal-hops",
}  # fmt: skip
MIN_SECRET = 4  # characters: hiding shorter values would hide parts of words


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach a provider. `base_url` has no trailing slash.

    `missing` has the variables without a usable value, with the reason. `secrets` are the values
    that must never appear in a message.
    """

    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    api_key: str = field(default="", repr=False)


def resolve_endpoint(
    name: str, provider: ProviderConfig, environ: Mapping[str, str] | None
) -> tuple[Endpoint, list[Finding]]:
    """Return how to reach `provider`, and the problems of its fields.

    Without an environment no variable is looked up, and none has a value.
    """
    wire = WIRES.get(provider.api or name)
    if wire is None:  # an unknown format; `rules` reports it
        wire = WIRES["ollama" if provider.host else "openai"]
    written = getattr(provider, wire.ADDRESS) or ""
    address = fill(getattr(provider, wire.ADDRESS) or "", environ)
    if not address.text and not address.missing:
        address.missing.update(dict.fromkeys(address.values, "empty"))
    key = fill(provider.api_key or "", environ)
    headers = {header: fill(value, environ) for header, value in provider.headers.items()}
    base_url, problem = _base_url(wire, address)
    problem = other_form(written) or problem
    problems = [*_key_problems(key, provider.api_key or ""), *_header_problems(headers)]
    if problem:
        problems.append(((wire.ADDRESS,), problem))
    return _endpoint(wire, base_url, address, key, headers), problems


def _base_url(wire: Wire, address: Filled) -> tuple[str, str]:
    """Return the URL of `address`; or an empty URL, with the reason if the file is at fault."""
    if address.unclosed:
        return "", UNCLOSED
    if not address.text or not address.usable:
        return "", ""
    try:
        base_url = wire.base_url(address.text)
        _check_url(base_url)
    except ValueError as error:
        return "", str(error)
    return base_url, ""


def _endpoint(
    wire: Wire, base_url: str, address: Filled, key: Filled, headers: Mapping[str, Filled]
) -> Endpoint:
    fields = [address, key, *headers.values()]
    return Endpoint(
        base_url,
        _headers(wire.headers(key.text), headers),
        missing={name: why for filled in fields for name, why in filled.missing.items()},
        variables=tuple(dict.fromkeys(name for filled in fields for name in filled.values)),
        secrets=_secrets(fields, base_url),
        api_key=key.text,
    )


def _headers(usual: Mapping[str, str], headers: Mapping[str, Filled]) -> dict[str, str]:
    """Return the wire format's headers, and the file's, which win; case does not matter."""
    values = {name: filled.text for name, filled in headers.items()}
    own = {name.lower() for name in values}
    return {**{name: text for name, text in usual.items() if name.lower() not in own}, **values}


def _secrets(fields: list[Filled], base_url: str) -> tuple[str, ...]:
    """Return the key, the headers' values, and the values of all variables.

    Without the server's host, and without values that are too short to be a secret.
    """
    address, *secret = fields
    host = urlsplit(base_url).netloc
    values = {filled.text for filled in secret}
    values |= {value for filled in secret for value in filled.values.values()}
    values |= {value for value in address.values.values() if value not in host}
    return tuple(value for value in values if len(value) >= MIN_SECRET)


def _key_problems(key: Filled, written: str) -> Iterator[Finding]:
    if message := other_form(written) or (key.unclosed and UNCLOSED):
        yield ("api_key",), message
    elif key.text and key.usable and not re.fullmatch(r"[!-~]+", key.text):
        yield ("api_key",), "A key must not contain white space or letters beyond ASCII."


def _header_problems(headers: Mapping[str, Filled]) -> Iterator[Finding]:
    seen: set[str] = set()
    for header, filled in headers.items():
        if not _TOKEN.fullmatch(header) or header.lower() in _RESERVED:
            yield ("headers", header), "This header must not be set here."
        elif header.lower() in seen:
            yield ("headers", header), "This header appears twice: case does not matter."
        elif filled.unclosed:
            yield ("headers", header), UNCLOSED
        elif filled.usable and not _PRINTABLE.fullmatch(filled.text):
            yield ("headers", header), "The value of a header must be one line of ASCII."
        seen.add(header.lower())


def _check_url(url: str) -> None:
    """Raise ValueError unless `url` is http(s)://host[:port][/path][?query].

    The message has no URL.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[^!-~]", url) or url.count("://") > 1:
        raise ValueError(
            "This is not a URL after filling in its variables. Write http://host:port/path."
        )
    if parts.username or parts.password:
        raise ValueError("A URL must not contain a password. Use api_key: ${VARIABLE}.")
    if "#" in url or url.endswith("?"):
        raise ValueError("This URL must end before '#', and not with '?'.")
