"""
Where a data source is: its URL, with `${VARIABLES}` filled in. All of it is secret.

Messages here quote only the names of variables and parameters of a URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from core.variables import PRINTABLE, UNCLOSED, Filled, defaults_only, fill
from workflow.sources.engines import BY_SCHEME
from workflow.sources.places import NO_KIND, NO_URL, Wrong

_LITERAL = re.compile(r":(?!//)[^@]+@|[?&](?:ssl)?password=[^&]", re.IGNORECASE)
_IN_THE_OPEN = (
    "This URL contains a password. Put the URL, or the password, into a variable and write"
    " ${NAME} in its place."
)
_SCHEME = re.compile(r"[a-z][a-z+]{1,20}://", re.IGNORECASE)  # no part of a password
_SET_IT = "Set it where the portal starts, or delete the source."


@dataclass(frozen=True, slots=True)
class Address:
    """`place` is `{"path": …}`, or a server by libpq's names. `secrets` are in no message."""

    dialect: str
    place: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def resolve(written: str, environ: Mapping[str, str]) -> Address:
    """Return what the URL `written` in the file leads to. Raises Wrong."""
    if _holds_password(written):
        raise Wrong(_IN_THE_OPEN)
    filled = _filled(written, environ)
    dialect, place = _place(filled.text)
    secrets = {filled.text, *filled.values.values(), *_secret_parts(place)}
    return Address(dialect, place, tuple(secrets))


def _holds_password(written: str) -> bool:
    literal = defaults_only(written)
    engine = BY_SCHEME.get(literal.partition("://")[0].lower())
    is_file = engine is not None and not engine.port
    return not is_file and _LITERAL.search(literal) is not None


def _filled(written: str, environ: Mapping[str, str]) -> Filled:
    """Return `written` with its variables' values. Raises Wrong if one has none."""
    filled = fill(written, environ, PRINTABLE)
    if filled.unclosed:
        raise Wrong(UNCLOSED)
    for name, value in filled.values.items():
        if not value:
            raise Wrong(f"The variable {name} is not set. {_SET_IT}")
    for name, reason in filled.missing.items():
        raise Wrong(f"The variable {name} {reason}.")
    return filled


def _place(url: str) -> tuple[str, dict[str, str]]:
    scheme = url.partition("://")[0]
    engine = BY_SCHEME.get(scheme.lower())
    if engine is None:
        raise Wrong(NO_KIND.format(scheme) if _SCHEME.match(url) else NO_URL)
    place = engine.place(url)
    engine.check_installed()
    return engine.dialect.name, place


def _secret_parts(place: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts of a place that are secret, as they are and as URLs encode them."""
    for name in ("path", "host", "hostaddr", "dbname", "user", "password"):
        if value := place.get(name):
            yield from (value, quote(value, safe=""))
