"""
Where a data source is: its URL, with `${VARIABLES}` filled in. All of it is secret.

Pure. Messages here quote only the names of variables and parameters of a URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from core.text import listing
from core.variables import PRINTABLE, UNCLOSED, Filled, defaults_only, fill

# Others could undo what makes a connection safe: `options`, `service`, `passfile`.
PARAMETERS = (
    "host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert",
    "sslkey", "sslcrl", "channel_binding", "gssencmode", "target_session_attrs",
)  # fmt: skip
_LITERAL = re.compile(r":(?!//)[^@]+@|[?&](?:ssl)?password=[^&]", re.IGNORECASE)
_IN_THE_OPEN = (
    "This URL contains a password. Put the URL, or the password, into a variable and write"
    " ${NAME} in its place."
)
_SET_IT = "Set it where the portal starts, or delete the source."
_NO_URL = (
    "This is not a URL, with its variables filled in. Write postgres://user@host/database or"
    " sqlite:////absolute/path."
)


class Wrong(Exception):
    """A URL cannot be used. The message has the reason, and never quotes it."""


@dataclass(frozen=True, slots=True)
class Address:
    """`place` is `{"path": …}` or what libpq takes. `secrets` may appear in no message."""

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
    return not literal.startswith("sqlite:") and _LITERAL.search(literal) is not None


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
    scheme = url.partition("://")[0].lower()
    if scheme == "sqlite":
        return "sqlite", {"path": _path(url)}
    if scheme in ("postgres", "postgresql"):
        return "postgres", _conninfo(url)
    raise Wrong(_NO_URL)


def _path(url: str) -> str:
    path = unquote(url.partition("://")[2][1:])
    if not path.startswith("/") or "\0" in path:
        raise Wrong("A file's URL has four slashes before its absolute path: sqlite:////srv/a.db.")
    if "?" in url or "#" in url:
        raise Wrong("This URL must end before '?' and '#'; in a path write %3F and %23.")
    return path


def _conninfo(url: str) -> dict[str, str]:
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value}
    except ProgrammingError:  # whose text would quote the URL
        raise Wrong(_NO_URL) from None
    for name in parameters:
        if name not in PARAMETERS:
            raise Wrong(f"'{name}' cannot be set in this URL. Known: {listing(PARAMETERS)}.")
    if not {"user", "dbname"} <= parameters.keys() or not {"host", "hostaddr"} & parameters.keys():
        raise Wrong("Name the role, the host and the database: postgres://user@host/database.")
    return parameters


def _secret_parts(place: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts of a place that are secret, as they are and as URLs encode them."""
    for name in ("path", "host", "hostaddr", "dbname", "user", "password"):
        if value := place.get(name):
            yield from (value, quote(value, safe=""))
