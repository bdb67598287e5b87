"""
The URL of a data source → where the database is, as its driver takes it.

Pure. Messages quote only the names of a URL's parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from core.text import listing

# Others could undo what makes a connection safe: `options`, `service`, `passfile`.
_LIBPQ = (
    "host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert",
    "sslkey", "sslcrl", "channel_binding", "gssencmode", "target_session_attrs",
)  # fmt: skip
_MYSQL = ("sslmode", "sslrootcert", "sslcert", "sslkey")  # named as in Postgres
_SSL_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")
_WRITE = (
    " Write postgres://user@host/database, mysql://user@host/database, duckdb:////absolute/path or"
    " sqlite:////absolute/path."
)
NO_URL = "This is not a URL, with its variables filled in." + _WRITE
NO_KIND = "A source cannot be of the kind {}." + _WRITE
_NAME_ALL = "Name the user, the host and the database: {}://user@host/database."


class Wrong(Exception):
    """A URL cannot be used. The message has the reason, and never quotes it."""


def file(url: str) -> dict[str, str]:
    """Return `{"path": …}`. Raises Wrong."""
    path = unquote(url.partition("://")[2][1:])
    if not path.startswith("/") or "\0" in path:
        raise Wrong(
            f"A file's URL has four slashes before its absolute path: {_scheme(url)}:////srv/a.db."
        )
    if "?" in url or "#" in url:
        raise Wrong("This URL must end before '?' and '#'; in a path write %3F and %23.")
    return {"path": path}


def postgres(url: str) -> dict[str, str]:
    """Return what libpq takes. Raises Wrong."""
    from psycopg import ProgrammingError  # not loaded for a file
    from psycopg.conninfo import conninfo_to_dict

    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value}
    except ProgrammingError:  # whose text would quote the URL
        raise Wrong(NO_URL) from None
    _check_names(parameters, _LIBPQ)
    if not {"user", "dbname"} <= parameters.keys() or not {"host", "hostaddr"} & parameters.keys():
        raise Wrong(_NAME_ALL.format(_scheme(url)))
    return parameters


def mysql(url: str) -> dict[str, str]:
    """Return host, port, user, password, dbname and how TLS is used, by libpq's names.

    Raises Wrong.
    """
    split, port = _split(url)
    parts = {
        "host": split.hostname, "port": port, "user": split.username, "password": split.password,
        "dbname": split.path.removeprefix("/"),
    }  # fmt: skip
    place = {name: unquote(value) for name, value in parts.items() if value}
    given = dict(parse_qsl(split.query, keep_blank_values=True))
    _check_names(given, _MYSQL)
    if given.get("sslmode", "prefer") not in _SSL_MODES:
        raise Wrong(f"'sslmode' is one of {listing(_SSL_MODES)}.")
    if not {"host", "user", "dbname"} <= place.keys() or "/" in place["dbname"]:
        raise Wrong(_NAME_ALL.format(_scheme(url)))
    return place | given


def _split(url: str) -> tuple[SplitResult, str]:
    try:
        split = urlsplit(url)
        return split, str(split.port or "")
    except ValueError:  # whose text would quote a part of the URL
        raise Wrong(NO_URL) from None


def _scheme(url: str) -> str:
    return url.partition(":")[0]


def _check_names(given: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise Wrong(f"'{name}' cannot be set in this URL. Known: {listing(known)}.")
