"""
The databases of portals under test: SQLite in their folder. If DATABASE_URL names a Postgres,
each portal has a database there, copied from the one that is prepared first.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db.backends.postgresql.operations import DatabaseOperations

if TYPE_CHECKING:
    from tests.support.portal import Portal

POSTGRES = os.environ.get("DATABASE_URL", "")
# Postgres is tested on one server only, to save time: the run on SQLite tests both.
SERVERS = ["uvicorn"] if POSTGRES else ["daphne", "uvicorn"]


def new_database(copied_from: str = "") -> dict[str, str]:
    """Create a database, a copy of the one at the URL `copied_from`; return its variables."""
    if not POSTGRES:
        return {}
    name = f"portal_{secrets.token_hex(6)}"
    template = urlsplit(copied_from).path.lstrip("/") or "template1"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return {"DATABASE_URL": urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))}


def truncate_with_references() -> None:
    """Let Django empty tables to which others refer that have no model, as Knox's own has none."""
    flush = DatabaseOperations.sql_flush

    def cascading(self: Any, style: Any, tables: Any, **options: Any) -> Any:
        return flush(self, style, tables, **{**options, "allow_cascade": True})

    DatabaseOperations.sql_flush = cascading  # type: ignore[method-assign]


def rows(portal: Portal, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of `query` in a portal's database."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()
    with closing(sqlite3.connect(portal.folder / "db.sqlite3", timeout=10)) as database:
        return database.execute(query).fetchall()


@contextmanager
def locked(portal: Portal, tables: str = "chat_message, chat_conversation") -> Iterator[None]:
    """Lock these tables of a portal against writes; SQLite locks all."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            connection.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
            yield
            connection.rollback()
        return
    database = sqlite3.connect(portal.folder / "db.sqlite3", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def destroy(portal: Portal) -> None:
    """Make a portal's database unusable while the portal runs."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            name = urlsplit(url).path.lstrip("/")
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    else:
        (portal.folder / "db.sqlite3").write_bytes(b"no database")
