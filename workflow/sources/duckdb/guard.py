"""
What a query may do in DuckDB, beyond that there is nothing to write to: read listed tables.

The gate let nothing else through; this holds should it ever. The query is read by DuckDB itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from workflow.sources.failures import Failed

# Functions in FROM that make rows of what the query holds. Others read files and catalogues.
FUNCTIONS = {"unnest", "range", "generate_series", "json_each", "json_tree", "generate_subscripts"}
_CHECKED = ("BASE_TABLE", "TABLE_FUNCTION", "SHOW_REF")
_ONE = "Only one query that reads can be run"


def check(
    connection: duckdb.DuckDBPyConnection, sql: str, tables: Iterable[tuple[str, str]]
) -> None:
    """Raise Failed unless `sql` is one SELECT that reads nothing but `tables`."""
    row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree["error"] or len(tree["statements"]) != 1:
        raise Failed(tree.get("error_message") or _ONE)
    names = {name.lower() for table in tables for name in (table[1], ".".join(table))}
    for node in _nodes(tree):
        _check_node(node, names)


def _check_node(node: dict[str, Any], names: set[str]) -> None:
    if node["type"] == "SHOW_REF":  # SHOW, DESCRIBE and SUMMARIZE, which are queries here
        raise Failed(_ONE)
    if node["type"] == "BASE_TABLE":
        name = ".".join(node["qualified_name"]["path"])
        if name.lower() not in names | node["withs"]:
            raise Failed(f"There is no table {name}")
    elif node["type"] == "TABLE_FUNCTION" and _function(node) not in FUNCTIONS:
        raise Failed(f"The function {_function(node)} cannot be read from")


def _function(node: dict[str, Any]) -> str:
    return str(node["function"].get("function_name", "")).lower()


def _nodes(value: Any, withs: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """Yield what a query reads from, each with the names that a WITH around it defines."""
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part, withs)
    elif isinstance(value, dict):
        if value.get("type") in _CHECKED:
            yield {**value, "withs": withs}
        defined = (value.get("cte_map") or {}).get("map") or []
        inside = withs | {str(entry["key"]).lower() for entry in defined}
        for part in value.values():
            yield from _nodes(part, inside)
