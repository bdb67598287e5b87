"""
The dialects, by name. To add one, write its file and add it to the list; see
docs/adding-a-dialect.md.

This imports no parser: the portal's own process has none.
"""

from __future__ import annotations

import re

from queryexpr.dialects.bigquery import BIGQUERY
from queryexpr.dialects.duckdb import DUCKDB
from queryexpr.dialects.mysql import MYSQL
from queryexpr.dialects.oracle import ORACLE
from queryexpr.dialects.postgres import POSTGRES
from queryexpr.dialects.snowflake import SNOWFLAKE
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.dialects.tsql import TSQL

_ALL = (SQLITE, POSTGRES, MYSQL, TSQL, SNOWFLAKE, BIGQUERY, DUCKDB, ORACLE)

DEFAULT = SQLITE  # where a caller names none
DIALECTS = {dialect.name: dialect for dialect in _ALL}
NAMES = tuple(DIALECTS)
TITLES = {dialect.name: dialect.title for dialect in _ALL}
_BETWEEN = re.compile(r"[\s_-]+")
_ALIASES = {alias: dialect.name for dialect in _ALL for alias in dialect.aliases}


def find_name(text: str) -> str | None:
    """Return the name of the dialect that `text` names, as in "SQL Server", "T-SQL" or "mssql"."""
    word = _BETWEEN.sub("", text).lower()
    return word if word in DIALECTS else _ALIASES.get(word)
