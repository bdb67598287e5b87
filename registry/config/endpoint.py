"""
Where a provider is and how it is entered: address and headers, with `${VARIABLES}` filled in.

An unset variable never is an error: the provider is unconfigured, and says which variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from registry.config.schema import VARIABLE
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.config.schema import ProviderConfig

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_PRINTABLE = re.compile(r"[ -~]*")
_OURS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept",
         "accept-encoding"}  # fmt: skip
_HALF_VARIABLE = (
    "This `${` is not closed by a variable's name and `}`. Write ${NAME} or ${NAME:-x}."
)

Finding = tuple[tuple[str, ...], str]  # path below the provider, message


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`base_url` without a trailing slash; `missing` maps a variable to what is wrong with it.

    `secrets` are the values that must never appear in a message.
    """

    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    api_key: str = field(default="", repr=False)


@dataclass(slots=True)
class _Filled:
    """A field with its variables replaced. Unusable if one of them has no usable value."""

    text: str
    variables: dict[str, str] = field(default_factory=dict)  # name → value
    missing: dict[str, str] = field(default_factory=dict)
    broken: bool = False  # a `${` that begins no variable

    @property
    def usable(self) -> bool:
        return not self.missing and not self.broken


def resolve_endpoint(
    name: str, provider: ProviderConfig, environ: Mapping[str, str] | None
) -> tuple[Endpoint, list[Finding]]:
    """Return how to enter `provider`, and what is wrong with what the file says of it.

    Without an environment no variable is looked up, and none has a value.
    """
    wire = WIRES.get(provider.api or name)
    if wire is None:
        return Endpoint("", {}), []  # an unknown format; `rules` says so
    address = _fill(getattr(provider, wire.ADDRESS) or "", environ)
    key = _fill(provider.api_key or "", environ)
    headers = {header: _fill(value, environ) for header, value in provider.headers.items()}
    problems = [*_key_problems(key, provider.api_key or ""), *_header_problems(headers)]
    base_url = ""
    if not address.text and not address.missing:
        address.missing.update(dict.fromkeys(address.variables, "empty"))
    if address.broken:
        problems.append(((wire.ADDRESS,), _HALF_VARIABLE))
    elif address.text and address.usable:
        try:
            base_url = wire.base_url(address.text)
            _check_url(base_url)
        except ValueError as error:
            problems.append(((wire.ADDRESS,), str(error)))
    filled = [address, key, *headers.values()]
    return (
        Endpoint(
            base_url,
            _headers(key.text, headers),
            missing={n: why for one in filled for n, why in one.missing.items()},
            variables=tuple(dict.fromkeys(n for one in filled for n in one.variables)),
            secrets=_secrets(key, headers, _beyond_host(address, base_url)),
            api_key=key.text,
        ),
        problems,
    )


def _fill(text: str, environ: Mapping[str, str] | None) -> _Filled:
    filled = _Filled(text)

    def value(found: re.Match[str]) -> str:
        name = found["name"]
        if environ is None:
            filled.missing[name] = "not looked up"
            return ""
        given = environ.get(name, "")
        if not given and found["default"] is not None:
            given = found["default"]
        elif not given:
            filled.missing[name] = "not set"
        elif not re.fullmatch(r"[!-~]+", given):
            filled.missing[name] = "holds white space or an unusual character"
        filled.variables[name] = given
        return given

    filled.text = VARIABLE.sub(value, text)
    filled.broken = "${" in VARIABLE.sub("", text)
    return filled


def _headers(key: str, headers: Mapping[str, _Filled]) -> dict[str, str]:
    given = {name: filled.text for name, filled in headers.items()}
    own = any(name.lower() == "authorization" for name in given)
    return given if own or not key else {"Authorization": f"Bearer {key}", **given}


def _beyond_host(address: _Filled, base_url: str) -> set[str]:
    """Return the variables' values in an address that do not tell where the server is."""
    return {v for v in address.variables.values() if v not in urlsplit(base_url).netloc}


def _secrets(key: _Filled, headers: Mapping[str, _Filled], more: set[str]) -> tuple[str, ...]:
    """Return whole values and their variables' values, longest first, so that all can be hidden."""
    fields = [key, *headers.values()]
    found = {one.text for one in fields} | {v for one in fields for v in one.variables.values()}
    hidden = (value for value in found | more if len(value) > 3)
    return tuple(sorted(hidden, key=len, reverse=True))


def _key_problems(key: _Filled, written: str) -> Iterator[Finding]:
    if key.broken or re.search(r"\$[A-Za-z_]", written):
        yield ("api_key",), _HALF_VARIABLE
    elif key.text and key.usable and not re.fullmatch(r"[!-~]+", key.text):
        yield ("api_key",), "A key holds no white space and no letters beyond ASCII."


def _header_problems(headers: Mapping[str, _Filled]) -> Iterator[Finding]:
    seen: set[str] = set()
    for header, filled in headers.items():
        if not _TOKEN.fullmatch(header) or header.lower() in _OURS:
            yield ("headers", header), "This header cannot be set here."
        elif header.lower() in seen:
            yield ("headers", header), "This header stands here twice: case does not matter."
        elif filled.broken:
            yield ("headers", header), _HALF_VARIABLE
        elif filled.usable and not _PRINTABLE.fullmatch(filled.text):
            yield ("headers", header), "A header's value is one line of ASCII."
        seen.add(header.lower())


def _check_url(url: str) -> None:
    """Raise ValueError unless `url` is http(s)://host[:port][/path]. Never quotes it."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[^!-~]", url) or url.count("://") > 1:
        raise ValueError(
            "This is not a URL, with its variables filled in. Write http://host:port/path."
        )
    if parts.username or parts.password:
        raise ValueError("A URL must not hold a password. Use api_key: ${VARIABLE}.")
    if "?" in url or "#" in url:
        raise ValueError("This URL must end before '?' and '#'.")
