"""
A provider's address and headers, with `${VARIABLES}` filled in.

An unset variable is not an error: the provider is unconfigured, and names the variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.variables import UNCLOSED, Filled, fill, other_form
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.yaml.errors import Finding
    from core.yaml.tree import Path
    from registry.config.schema import ProviderConfig
    from registry.providers.wire import Wire

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_PRINTABLE = re.compile(r"[ -~]*")
_RESERVED = {
    "host", "content-length", "content-type", "transfer-encoding", "connection", "accept",
    "accept-encoding", "x-request-id", "x-portal-hops",
}  # fmt: skip
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MIN_SECRET = 4  # characters: hiding shorter values would hide parts of words


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach a provider. `base_url` has no trailing slash.

    `servers` are the base URLs of several servers, of which `base_url` is the first. `missing` has
    the variables without a usable value, with the reason. `secrets` are the values that must never
    appear in a message.
    """

    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    api_key: str = field(default="", repr=False)
    servers: tuple[str, ...] = ()

    @property
    def origins(self) -> set[tuple[str, int]]:
        """Host and port of each server, which sections may share."""
        parts = [urlsplit(url) for url in (self.base_url, *self.servers)]
        return {
            (
                "localhost" if url.hostname in LOOPBACK else url.hostname.rstrip("."),
                url.port or (443 if url.scheme == "https" else 80),
            )
            for url in parts
            if url.hostname
        }


def resolve_endpoint(
    name: str, provider: ProviderConfig, environ: Mapping[str, str] | None
) -> tuple[Endpoint, list[Finding]]:
    """Return how to reach `provider`, and the problems of its fields.

    Without an environment no variable is looked up, and none has a value.
    """
    wire = WIRES.get(provider.api or name)
    if wire is None:  # an unknown format; `rules` reports it
        wire = WIRES["ollama" if provider.host else "openai"]
    key = fill(provider.api_key or "", environ)
    headers = {header: fill(value, environ) for header, value in provider.headers.items()}
    addresses, urls, problems = _addresses(provider, wire, environ)
    problems += [*_key_problems(key, provider.api_key or ""), *header_problems(headers)]
    endpoint = _endpoint(wire, urls, addresses, key, headers)
    return (replace(endpoint, servers=tuple(urls)) if provider.endpoints else endpoint), problems


def _addresses(
    provider: ProviderConfig, wire: Wire, environ: Mapping[str, str] | None
) -> tuple[list[Filled], list[str], list[Finding]]:
    addresses: list[Filled] = []
    urls: list[str] = []
    problems: list[Finding] = []
    for path, written in written_in(provider, wire):
        address = fill(written, environ)
        if not address.text and not address.missing:
            address.missing.update(dict.fromkeys(address.values, "empty"))
        base_url, problem = _base_url(wire, address)
        if base_url and base_url in urls:
            problem = "This server appears twice."
        if problem := other_form(written) or problem:
            problems.append((path, problem))
        addresses.append(address)
        urls.append(base_url)
    return addresses, urls, problems


def written_in(provider: ProviderConfig, wire: Wire) -> list[tuple[Path, str]]:
    """Return the address of `provider`, or those of its servers, as written and where."""
    if provider.endpoints:
        return [(("endpoints", number), text) for number, text in enumerate(provider.endpoints)]
    return [((wire.ADDRESS,), getattr(provider, wire.ADDRESS) or "")]


def _base_url(wire: Wire, address: Filled) -> tuple[str, str]:
    """Return the URL of `address`; or an empty URL, with the reason if the file is at fault."""
    if address.unclosed:
        return "", UNCLOSED
    if not address.text or not address.usable:
        return "", ""
    try:
        base_url = wire.base_url(address.text)
        check_url(base_url)
    except ValueError as error:
        return "", str(error)
    return base_url, ""


def _endpoint(
    wire: Wire,
    urls: list[str],
    addresses: list[Filled],
    key: Filled,
    headers: Mapping[str, Filled],
) -> Endpoint:
    secret = [key, *headers.values()]
    fields = [*addresses, *secret]
    return Endpoint(
        urls[0],
        _headers(wire.headers(key.text), headers),
        missing={name: why for filled in fields for name, why in filled.missing.items()},
        variables=tuple(dict.fromkeys(name for filled in fields for name in filled.values)),
        secrets=_secrets(secret, addresses, urls),
        api_key=key.text,
    )


def _headers(usual: Mapping[str, str], headers: Mapping[str, Filled]) -> dict[str, str]:
    """Return the wire format's headers, and the file's, which win; case does not matter."""
    values = {name: filled.text for name, filled in headers.items()}
    own = {name.lower() for name in values}
    return {**{name: text for name, text in usual.items() if name.lower() not in own}, **values}


def _secrets(secret: list[Filled], addresses: list[Filled], urls: list[str]) -> tuple[str, ...]:
    """Return the key, the headers' values, and the values of all variables.

    Without the servers' hosts, and without values that are too short to be a secret.
    """
    hosts = [urlsplit(url).netloc for url in urls]
    values = {filled.text for filled in secret}
    values |= {value for filled in secret for value in filled.values.values()}
    for address in addresses:
        used = address.values.values()
        values |= {value for value in used if not any(value in host for host in hosts)}
    return tuple(value for value in values if len(value) >= MIN_SECRET)


def _key_problems(key: Filled, written: str) -> Iterator[Finding]:
    if message := other_form(written) or (key.unclosed and UNCLOSED):
        yield ("api_key",), message
    elif key.text and key.usable and not re.fullmatch(r"[!-~]+", key.text):
        yield ("api_key",), "A key must not contain white space or letters beyond ASCII."


def header_problems(headers: Mapping[str, Filled]) -> Iterator[Finding]:
    """Yield what is wrong with headers that are sent with each request."""
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


def check_url(url: str) -> None:
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
