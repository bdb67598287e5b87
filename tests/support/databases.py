"""
The databases of portals under test: SQLite in their folder, or, where DATABASE_URL names a
Postgres, one of its own for each, copied from the one that was prepared.
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

if TYPE_CHECKING:
    from tests.support.portal import Portal

POSTGRES = os.environ.get("DATABASE_URL", "")
# What is run on Postgres was run on SQLite before, on both servers: each pair would be too long.
SERVERS = ["uvicorn"] if POSTGRES else ["daphne", "uvicorn"]


def new_database(copied_from: str = "") -> dict[str, str]:
    """Return the variables that lead to a new database, a copy of the one at that URL."""
    if not POSTGRES:
        return {}
    name = f"portal_{secrets.token_hex(6)}"
    template = urlsplit(copied_from).path.lstrip("/") or "template1"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return {"DATABASE_URL": urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))}


def rows(portal: Portal, query: str) -> list[tuple[Any, ...]]:
    """Return what `query` finds in a portal's database."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()
    with closing(sqlite3.connect(portal.folder / "db.sqlite3", timeout=10)) as database:
        return database.execute(query).fetchall()


@contextmanager
def locked(portal: Portal) -> Iterator[None]:
    """Let nobody else write to a portal's conversations."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE chat_message, chat_conversation IN EXCLUSIVE MODE")
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
    """Take a portal's database away while it runs."""
    if url := portal.variables.get("DATABASE_URL"):
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            name = urlsplit(url).path.lstrip("/")
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    else:
        (portal.folder / "db.sqlite3").write_bytes(b"no database")
