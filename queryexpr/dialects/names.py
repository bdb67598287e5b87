"""The dialects' names. This imports no parser: the portal's own process has none."""

from __future__ import annotations

TITLES = {
    "sqlite": "SQLite", "postgres": "PostgreSQL", "mysql": "MySQL", "tsql": "SQL Server",
    "snowflake": "Snowflake", "bigquery": "BigQuery", "duckdb": "DuckDB", "oracle": "Oracle",
}  # fmt: skip
ALIASES = {
    "sqlite3": "sqlite", "postgresql": "postgres", "pg": "postgres", "mariadb": "mysql",
    "mssql": "tsql", "sqlserver": "tsql", "bq": "bigquery",
}  # fmt: skip
NAMES = tuple(TITLES)


def find_name(text: str) -> str | None:
    """Return the name of the dialect that `text` names, in letters of either case."""
    word = text.strip().lower()
    return word if word in TITLES else ALIASES.get(word)
