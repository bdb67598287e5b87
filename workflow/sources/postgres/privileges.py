"""
The rights that a source's Postgres role must not have, each with its remedy.

A role also has the rights of roles that it is a member of, because SET ROLE allows that.
"""

from __future__ import annotations

from typing import Any

import psycopg

from workflow.sources import identity
from workflow.sources.missing import no_table

Tables = list[tuple[str, str]]
Connection = psycopg.Connection[Any]
MAX_NAMED = 5  # in one message

_WITH = """
WITH mine AS (
  SELECT * FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(session_user, oid, 'MEMBER')
), schemas AS (
  SELECT oid, nspname, nspowner FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_'
), relations AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name, n.oid AS schema, nspname, relname, relowner
  FROM schemas n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
  WHERE n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
)
"""
_SUPERUSER = "SELECT rolname FROM mine WHERE rolsuper"
_ATTRIBUTES = """
SELECT DISTINCT has FROM mine, LATERAL (VALUES ('CREATEDB', rolcreatedb),
  ('CREATEROLE', rolcreaterole), ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)
) AS v(has, it) WHERE it ORDER BY has
"""
_MEMBER = """
SELECT rolname FROM mine WHERE rolname IN ('pg_write_all_data', 'pg_write_server_files',
  'pg_execute_server_program', 'pg_read_server_files', 'pg_maintain', 'pg_signal_backend')
ORDER BY rolname
"""
_OWNS = """
SELECT 'the database' FROM pg_catalog.pg_database JOIN mine ON mine.oid = datdba
WHERE datname = pg_catalog.current_database()
UNION ALL SELECT 'schema ' || nspname FROM schemas JOIN mine ON mine.oid = nspowner
UNION ALL (SELECT name FROM relations JOIN mine ON mine.oid = relowner ORDER BY name)
"""
_WRITES = """
SELECT name FROM relations r WHERE EXISTS (SELECT FROM mine WHERE
  pg_catalog.has_table_privilege(mine.oid, r.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
  OR pg_catalog.has_any_column_privilege(mine.oid, r.oid, 'INSERT, UPDATE')) ORDER BY name
"""
_CREATES = """
SELECT 'the database' WHERE EXISTS (SELECT FROM mine WHERE
  pg_catalog.has_database_privilege(mine.oid, pg_catalog.current_database(), 'CREATE'))
UNION ALL SELECT 'schema ' || nspname FROM schemas s WHERE EXISTS (SELECT FROM mine WHERE
  pg_catalog.has_schema_privilege(mine.oid, s.oid, 'CREATE'))
"""
_RELATIONS = "SELECT name FROM relations"
_READABLE = """
SELECT nspname, relname, pg_catalog.has_schema_privilege(r.schema, 'USAGE')
  AND pg_catalog.has_any_column_privilege(r.oid, 'SELECT')
FROM relations r JOIN unnest(%s::text[], %s::text[]) AS t(s, n) ON t.s = nspname AND t.n = relname
"""
_POLICIES = """
SELECT pg_catalog.bool_or(pg_catalog.row_security_active(c.oid))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN unnest(%s::text[], %s::text[]) AS t(s, n) ON t.s = n.nspname AND t.n = c.relname
"""

PORTALS = (
    "This is the portal's own database, which holds people's conversations and secrets."
    " Use another database."
)
SUPERUSER = "The role is a superuser, or a member of one. Create a role that may only SELECT."
RIGHTS = (
    (_ATTRIBUTES, "The role has {}. Take that away with ALTER ROLE … NOCREATEDB NOCREATEROLE"
     " NOREPLICATION NOBYPASSRLS, also from roles that it is a member of."),
    (_MEMBER, "The role is a member of {}. REVOKE that."),
    (_OWNS, "The role owns {}, or may act for the owner. Create another role for the portal."),
    (_WRITES, "The role may write to {}. REVOKE INSERT, UPDATE, DELETE, TRUNCATE on each, also"
     " from PUBLIC and from roles that it is a member of."),
    (_CREATES, "The role may create in {}. REVOKE CREATE ON it, also from PUBLIC: up to"
     " Postgres 14 everyone may in public."),
)  # fmt: skip
_NO_SELECT = "The role may not read {!r}. GRANT USAGE on its schema and SELECT on it."


def faults(connection: Connection, tables: Tables, portal: identity.Identity | None) -> list[str]:
    """Return why this connection may not be used. For a superuser, that is the only reason."""
    if portal and identity.same(portal, identity.of_server(lambda sql: _one(connection, sql))):
        return [PORTALS]
    if _names(connection, _SUPERUSER):
        return [SUPERUSER]
    rights = [(_names(connection, query), message) for query, message in RIGHTS]
    return [
        *(message.format(_listed(names)) for names, message in rights if names),
        *_unreadable(connection, tables),
    ]


def has_policies(connection: Connection, tables: Tables) -> bool:
    """Do row-security policies decide which rows of a listed table the role sees?"""
    row = connection.execute(_POLICIES.encode(), [*map(list, zip(*tables, strict=True))]).fetchone()
    return bool(row and row[0])


def _one(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def _names(connection: Connection, query: str) -> list[str]:
    return [row[0] for row in connection.execute((_WITH + query).encode())]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


def _unreadable(connection: Connection, tables: Tables) -> list[str]:
    schemas, names = zip(*tables, strict=True)
    rows = connection.execute((_WITH + _READABLE).encode(), [[*schemas], [*names]])
    readable = {(schema, name): is_readable for schema, name, is_readable in rows}
    known = [] if readable.keys() >= {*tables} else _names(connection, _RELATIONS)
    return [
        _NO_SELECT.format(name) if table in readable else no_table(name, known)
        for table, name in zip(tables, map(".".join, tables), strict=True)
        if not readable.get(table)
    ]
