"""Queries and tables for databases in memory, where no table has a schema of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from queryexpr.build.builder import Builder
from queryexpr.build.emit import emit
from queryexpr.build.queries import QUERIES
from queryexpr.build.values import VALUES
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import QueryExpression, TableName
from queryexpr.schema.catalogue import Catalogue, Table

# What DuckDB may do in memory: nothing outside of it.
LOCKED_DUCKDB: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false", "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false", "allow_community_extensions": "false",
    "threads": "1", "memory_limit": "256MB",
}  # fmt: skip


def flat_sql(expression: QueryExpression, dialect: Dialect, catalogue: Catalogue) -> str:
    """Return the SQL of a query that `dialect` understands. Its tables are those of `flat`."""
    return emit(_Flat(dialect, catalogue, VALUES, QUERIES).query(expression.query), dialect)


def flat(table: Table) -> Table:
    """Return the table with its whole name as its name, and without foreign keys."""
    return replace(table, name=table.full, foreign_keys=(), schema="", database="", comment="")


class _Flat(Builder):
    """Writes tables without their schemas."""

    def query(self, node: Any) -> Any:
        if isinstance(node, TableName) and (node.schema_ or node.database):
            names = {"table": node.name, "alias": node.alias or node.table}
            node = node.model_copy(update={"schema_": None, "database": None, **names})
        return super().query(node)
