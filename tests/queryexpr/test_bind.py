"""The databases in which the gate prepares queries."""

from __future__ import annotations

import sqlite3

import pytest

from queryexpr.gate import bind
from queryexpr.schema.catalogue import Catalogue


def test_a_database_that_leaves_the_cache_is_closed() -> None:
    connection = bind._sqlite(Catalogue(())).connection
    bind._sqlite.cache_clear()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
