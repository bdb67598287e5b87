"""The tables of a Postgres database as JSON. No row is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from workflow.sources.declared import declare
from workflow.sources.tables import ColumnJSON, KeyJSON, TableJSON

Tables = list[tuple[str, str]]
Connection = psycopg.Connection[Any]

_WITH = """
WITH listed AS (
  SELECT c.oid, nspname, relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN unnest(%s::text[], %s::text[]) AS t(s, r) ON t.s = nspname AND t.r = relname
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
)
"""
# A domain counts as its base type: its name does not show how to compare it.
_COLUMNS = """
SELECT nspname, relname, pg_catalog.obj_description(t.oid, 'pg_class'), attname,
  CASE WHEN typtype = 'd' THEN pg_catalog.format_type(typbasetype, typtypmod)
       ELSE pg_catalog.format_type(atttypid, atttypmod) END,
  attnotnull OR typnotnull,
  EXISTS (SELECT FROM pg_catalog.pg_index
          WHERE indrelid = t.oid AND indisprimary AND attnum = ANY (indkey)),
  pg_catalog.col_description(t.oid, attnum)
FROM listed t JOIN pg_catalog.pg_attribute ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_catalog.pg_type y ON y.oid = atttypid
WHERE pg_catalog.has_column_privilege(t.oid, attnum, 'SELECT')
ORDER BY attnum
"""
_KEYS = """
SELECT t.nspname, t.relname, o.nspname, o.relname, array_agg(a.attname::text ORDER BY at),
  array_agg(b.attname::text ORDER BY at)
FROM listed t JOIN pg_catalog.pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
JOIN listed o ON o.oid = f.confrelid,
  unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(own, other, at),
  pg_catalog.pg_attribute a, pg_catalog.pg_attribute b
WHERE a.attrelid = t.oid AND a.attnum = own AND b.attrelid = o.oid AND b.attnum = other
GROUP BY f.oid, f.conname, t.nspname, t.relname, o.nspname, o.relname ORDER BY f.conname
"""

_UNIQUE = """
SELECT nspname, relname, array_agg(attname::text ORDER BY at)
FROM listed t JOIN pg_catalog.pg_index i ON indrelid = t.oid AND indisunique AND indisvalid
  AND NOT indisprimary AND indpred IS NULL AND indexprs IS NULL,
  unnest(indkey::int2[]) WITH ORDINALITY AS k(number, at), pg_catalog.pg_attribute a
WHERE at <= indnkeyatts AND a.attrelid = t.oid AND attnum = number
GROUP BY nspname, relname, indexrelid ORDER BY indexrelid
"""
_ENUMS = """
SELECT nspname, relname, pg_catalog.format('%%I IN (%%s)', attname,
  string_agg(pg_catalog.quote_literal(enumlabel), ',' ORDER BY enumsortorder))
FROM listed t JOIN pg_catalog.pg_attribute ON attrelid = t.oid AND attnum > 0
JOIN pg_catalog.pg_enum ON enumtypid = atttypid
WHERE pg_catalog.has_column_privilege(t.oid, attnum, 'SELECT')
GROUP BY nspname, relname, attname
"""
_CHECKS = """
SELECT nspname, relname, pg_catalog.pg_get_constraintdef(c.oid)
FROM listed t JOIN pg_catalog.pg_constraint c ON c.conrelid = t.oid AND c.contype = 'c'
"""


def schemas_of(tables: Tables) -> list[str]:
    """Return the schemas, in the order in which they are first listed."""
    return [*dict.fromkeys(schema for schema, _ in tables)]


def describe(connection: Connection, tables: Tables) -> list[TableJSON]:
    """Return what the role may read of `tables`, and of their foreign keys those among them.

    They come in the search path's order, so that a bare name means the same here and there.
    """
    order = schemas_of(tables)
    described: dict[tuple[str, str], TableJSON] = {
        table: {
            "name": table[1],
            "schema": table[0],
            "columns": [],
            "foreign_keys": [],
            "unique_keys": [],
        }
        for table in sorted(tables, key=lambda table: order.index(table[0]))
    }
    for schema, name, comment, *column in _ask(connection, _COLUMNS, tables):
        described[schema, name]["comment"] = comment or ""
        described[schema, name]["columns"].append(_column(*column))
    for schema, name, listed in (
        *_ask(connection, _ENUMS, tables), *_ask(connection, _CHECKS, tables),
    ):  # fmt: skip
        declare(described[schema, name]["columns"], [listed])
    for schema, name, *other, columns, references in _ask(connection, _KEYS, tables):
        key: KeyJSON = {"columns": columns, "table": ".".join(other), "references": references}
        described[schema, name]["foreign_keys"].append(key)
    for schema, name, columns in _ask(connection, _UNIQUE, tables):
        described[schema, name]["unique_keys"].append(columns)
    return [*described.values()]


def _ask(connection: Connection, query: str, tables: Tables) -> Iterable[tuple[Any, ...]]:
    schemas, names = zip(*tables, strict=True)
    return connection.execute((_WITH + query).encode(), [[*schemas], [*names]]).fetchall()


def _column(name: str, kind: str, firm: bool, primary_key: bool, comment: str | None) -> ColumnJSON:
    return {"name": name, "type": kind, "nullable": not firm, "primary_key": primary_key,
            "comment": comment or ""}  # fmt: skip
