"""Postgres databases as sources, on a real server: roles, schemas, and what can be run."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission, User

from registry.errors import PortalError
from scripts.with_postgres import postgres
from tests.databases import POSTGRES
from tests.test_workflow_sources import source
from tests.test_workflow_sources_sqlite import APPS, checked
from workflow.models import Run
from workflow.query.schema_json import read_tables
from workflow.sources import run
from workflow.sources.access import Source
from workflow.sources.result import Judged, Result
from workflow.sources.schema import schema_of

pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
ROOT = Path(__file__).resolve().parent.parent
TABLES = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE DOMAIN money_amount AS numeric(10, 2);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE SCHEMA archive;
CREATE TABLE customer (id int PRIMARY KEY, "Full name" text NOT NULL, mood mood, secret text);
COMMENT ON TABLE customer IS 'Those who buy';
COMMENT ON COLUMN customer."Full name" IS 'As on letters';
CREATE TABLE archive.invoice (number int, line int, customer int REFERENCES customer,
  clerk int, total money_amount, PRIMARY KEY (number, line));
CREATE TABLE staff (id int PRIMARY KEY, salary int);
ALTER TABLE archive.invoice ADD FOREIGN KEY (clerk) REFERENCES staff;
CREATE VIEW payroll AS SELECT id, salary / 12 AS monthly FROM staff;
CREATE TABLE archive.customer (id int);
INSERT INTO customer VALUES (1, 'Ann', 'glad', 'x'), (2, 'Bob', NULL, 'y');
INSERT INTO staff VALUES (1, 120000);
INSERT INTO archive.invoice VALUES (1, 1, 1, 1, 10.5), (1, 2, 2, 1, 5);
CREATE SEQUENCE counter;
CREATE ROLE reader LOGIN;
GRANT USAGE ON SEQUENCE counter TO reader;
GRANT USAGE ON SCHEMA archive TO reader;
GRANT SELECT ON archive.invoice, archive.customer, payroll TO reader;
GRANT SELECT (id, "Full name", mood) ON customer TO reader;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL, for its superuser, of a database with our tables."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, postgres(Path(folder)) as url:
        assert until(lambda: answers(url)), "it listens before it answers"
        do(url, "CREATE DATABASE sales")
        do(sales := url.replace("/postgres", "/sales").replace("postgres:", "postgresql:"), TABLES)
        yield sales


def do(url: str, sql: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def answers(url: str) -> bool:
    try:
        return do(url, "SELECT true") == [(True,)]
    except psycopg.OperationalError:
        return False


def as_role(server: str, role: str = "reader") -> str:
    return server.replace("tests@", f"{role}@")


@pytest.fixture
def sales(server: str) -> Source:
    return source(as_role(server), "customer", "archive.invoice", "payroll")


@contextmanager
def with_role(server: str, *orders: str) -> Iterator[Source]:
    """A source of a role of its own, to which `orders` are done; they name it {role}."""
    role = f"role_{secrets.token_hex(4)}"
    do(server, f"CREATE ROLE {role} LOGIN; GRANT SELECT ON payroll TO {role}")
    try:
        for order in orders:
            do(server, order.format(role=role))
        yield source(as_role(server, role), "payroll")
    finally:
        do(server, f"REASSIGN OWNED BY {role} TO tests; DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.fixture
def ann(transactional_db: None) -> User:
    user = User.objects.create_user("ann")
    user.groups.add(Group.objects.create(name="analysts"))
    user.user_permissions.add(Permission.objects.get(codename="run_sql"))
    return user


def asked(source: Source, user: User, sql: str, *tables: str) -> Result:
    return asyncio.run(run.run(source, Judged(sql, "postgres", tables), user))


def until(holds: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def refused(source: Source, user: User, sql: str) -> PortalError:
    with pytest.raises(PortalError) as caught:
        asked(source, user, sql)
    return caught.value


# ── What the start refuses ──────────────────────────────────────────────────────────────────


def test_a_role_that_may_only_read_is_taken(sales: Source) -> None:
    assert checked(sales) == []


def test_a_superuser_is_refused(server: str) -> None:
    (said,) = checked(source(server, "customer", line=3, column=3))
    assert said.startswith("sources.yaml:3:3  sales: The role is a superuser, or a member of one.")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("ALTER ROLE {role} CREATEDB BYPASSRLS", "The role has BYPASSRLS, CREATEDB."),
        ("ALTER ROLE {role} CREATEROLE", "The role has CREATEROLE."),
        ("ALTER ROLE {role} REPLICATION", "The role has REPLICATION."),
        ("GRANT pg_execute_server_program TO {role}", "member of pg_execute_server_program."),
        ("GRANT pg_write_server_files TO {role}", "member of pg_write_server_files."),
        ("GRANT pg_write_all_data TO {role}", "member of pg_write_all_data."),
        ("ALTER DATABASE sales OWNER TO {role}", "The role owns the database"),
        ("CREATE SCHEMA AUTHORIZATION {role}", "The role owns schema role_"),
        ("ALTER VIEW payroll OWNER TO {role}", "The role owns public.payroll"),
        ("GRANT INSERT ON staff TO {role}", "The role may write to public.staff."),
        ("GRANT UPDATE (salary) ON staff TO {role}", "The role may write to public.staff."),
        ("GRANT TRUNCATE ON archive.invoice TO {role}", "may write to archive.invoice."),
        ("GRANT DELETE ON staff TO PUBLIC", "The role may write to public.staff."),
        ("GRANT CREATE ON DATABASE sales TO {role}", "The role may create in the database."),
        ("GRANT CREATE ON SCHEMA archive TO {role}", "The role may create in schema archive."),
        ("REVOKE SELECT ON payroll FROM {role}", "The role may not read 'public.payroll'."),
    ],
)
def test_a_role_that_may_do_more_is_refused(server: str, order: str, said: str) -> None:
    with with_role(server, order) as one:
        assert any(said in line for line in checked(one)), checked(one)
    do(server, "REVOKE DELETE ON staff FROM PUBLIC; ALTER DATABASE sales OWNER TO tests")


def test_what_a_role_may_become_counts_as_its_own(server: str) -> None:
    do(server, "CREATE ROLE clerk NOINHERIT; GRANT UPDATE ON staff TO clerk")
    with with_role(server, "ALTER ROLE {role} NOINHERIT", "GRANT clerk TO {role}") as one:
        assert any("may write to public.staff" in line for line in checked(one))
    with with_role(server, "GRANT tests TO {role}") as one:
        assert "a member of one" in checked(one)[0]


def test_tables_that_are_not_there_are_refused(server: str) -> None:
    (said,) = checked(source(as_role(server), "customer", "archive.bills"))
    assert "sales: There is no table or view 'archive.bills'." in said


def test_a_server_that_cannot_be_reached_is_a_warning_without_its_url(server: str) -> None:
    url = as_role(server).replace("/sales", "/no-such-database")
    for away in (url, "postgres://reader:s3cret-word@127.0.0.1:1/sales"):
        (said,) = checked(source(away, "customer"))
        assert said.startswith("sales: It cannot be reached now: ")
        for secret in ("s3cret-word", "no-such-database", "127.0.0.1", "reader"):
            assert secret not in said


PORTAL = """
import django; django.setup()
from registry.errors import ConfigError
from tests.test_workflow_sources import source
from workflow.sources.access import Sources
from workflow.sources.check import check_sources
import sys
try:
    print(check_sources(Sources({"sales": source(sys.argv[1], "payroll")}, "sources.yaml")))
except ConfigError as error:
    print(error)
"""


def portal_with(database: str, url: str) -> str:
    """Return what the start of a portal, whose database is `database`, says of a source."""
    given = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", PORTAL, url], cwd=ROOT, env=given, check=True,
                          capture_output=True, text=True)  # fmt: skip
    return done.stdout


def test_the_portals_own_database_is_refused_however_it_is_spelled(server: str) -> None:
    own = "sales: This is the portal's own database"
    assert own in portal_with(server, as_role(server))
    assert own in portal_with(server, as_role(server).replace("127.0.0.1", "localhost"))
    do(server, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    assert own in portal_with(server, as_role(server))
    do(server, "GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC")


def test_another_database_on_the_portals_server_may_be_a_source(server: str) -> None:
    assert portal_with(server.replace("/sales", "/postgres"), as_role(server)) == "[]\n"


def test_what_cannot_be_told_from_the_portals_database_is_not_used(server: str) -> None:
    away = "postgres://nobody@127.0.0.1:1/portal"
    assert "the portal's own database does not answer" in portal_with(away, as_role(server))


# ── What is shown ───────────────────────────────────────────────────────────────────────────


def test_a_schema_has_names_types_keys_and_comments(sales: Source) -> None:
    customer, payroll, invoice = read_tables(schema_of(sales))[0].tables
    assert (customer.schema, customer.comment) == ("public", "Those who buy")
    assert [(c.name, c.type, c.nullable, c.comment) for c in customer.columns] == [
        ("id", "INTEGER", False, ""), ("Full name", "TEXT", False, "As on letters"),
        ("mood", "MOOD", True, ""),
    ]  # fmt: skip
    assert invoice.primary_key == ("number", "line")
    assert [c.type for c in invoice.columns if c.name == "total"] == ["NUMERIC(10,2)"]
    assert [(key.columns, key.table, key.references) for key in invoice.foreign_keys] == [
        (("customer",), "customer", ("id",))
    ]
    assert payroll.foreign_keys == ()


def test_a_schema_has_nothing_of_what_is_not_listed_or_may_not_be_read(sales: Source) -> None:
    said = str(schema_of(sales))
    assert not [word for word in ("staff", "salary", "secret", "Ann") if word in said]


def test_a_bare_name_means_the_same_here_and_there(server: str, ann: User) -> None:
    both = source(as_role(server), "archive.invoice", "customer", "archive.customer", name="both")
    first = read_tables(schema_of(both))[0].table("customer")
    assert first is not None
    assert first.schema == "archive"
    assert asked(both, ann, "SELECT * FROM customer", "customer").columns == ("id",)


# ── What is run ─────────────────────────────────────────────────────────────────────────────


def test_checked_sql_gives_a_table(sales: Source, ann: User) -> None:
    sql = 'SELECT "Full name", mood, total FROM customer JOIN invoice ON customer = id ORDER BY 1'
    found = asked(sales, ann, sql, "customer", "invoice")
    assert found.kinds == ("text", "text", "number")
    assert found.rows == (("Ann", "glad", "10.50"), ("Bob", None, "5.00"))
    record = Run.objects.get()
    assert (record.rows, record.milliseconds, record.error) == (2, found.milliseconds, "")


@pytest.mark.parametrize(
    ("value", "cell", "kind"),
    [
        ("1", 1, "number"), ("9007199254740993", "9007199254740993", "number"),
        ("1.50", "1.50", "number"), ("'NaN'::float8", "NaN", "number"), ("0.5::real", 0.5, "number"),
        ("1 = 1", True, "boolean"), ("NULL::date", None, "time"),
        ("DATE '2024-02-29'", "2024-02-29", "time"), ("'infinity'::timestamp", "infinity", "time"),
        ("TIMESTAMP '2024-02-29 10:00'", "2024-02-29T10:00:00", "time"),
        ("TIMESTAMPTZ '2024-02-29 10:00+00'", "2024-02-29T10:00:00+00", "time"),
        ("DATE '0044-03-15 BC'", "0044-03-15 BC", "time"), ("TIME '10:00'", "10:00:00", "time"),
        ("INTERVAL '1 month'", "1 mon", "text"), ("ARRAY[1,2]", "{1,2}", "text"),
        ("'{\"a\": 1}'::jsonb", '{"a": 1}', "text"), (r"'\x00ff'::bytea", r"\x00ff", "text"),
        ("ROW(1, 'x')", "(1,x)", "text"), ("'100%s'", "100%s", "text"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_json_has(
    sales: Source, ann: User, value: str, cell: Any, kind: str
) -> None:
    found = asked(sales, ann, f"SELECT {value}")
    assert (found.rows, found.kinds) == (((cell,),), (kind,))


def test_long_bytes_and_text_are_cut(sales: Source, ann: User) -> None:
    found = asked(sales, ann, "SELECT repeat('x', 20000), decode(repeat('00', 100), 'hex')")
    assert [len(str(cell)) for cell in found.rows[0]] == [10_001, 131]
    assert found.truncated


def test_rows_beyond_the_cap_are_left_out(server: str, ann: User) -> None:
    capped = source(as_role(server), "customer", rows=250)
    found = asked(capped, ann, "SELECT generate_series(1, 1000000000)")
    assert (len(found.rows), found.truncated) == (250, True)
    assert not asked(capped, ann, "SELECT generate_series(1, 250)").truncated


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM staff",
        "SELECT secret FROM customer",
        "INSERT INTO staff VALUES (9, 9)",
        "SELECT 1; ROLLBACK; SELECT 2",
        "SELECT 1; SELECT pg_sleep(0)",
        "ROLLBACK",
        "SET TRANSACTION READ WRITE",
        "COPY customer TO PROGRAM 'true'",
        "SELECT * FROM customer FOR UPDATE",
        "SELECT nextval('counter')",
    ],
)
def test_nothing_but_one_query_that_reads_is_run(sales: Source, ann: User, sql: str) -> None:
    assert refused(sales, ann, sql).code == "invalid_request"


def test_what_a_query_could_write_yet_is_undone(server: str, sales: Source, ann: User) -> None:
    asked(sales, ann, "SELECT lo_create(0)")  # which Postgres 15 calls read-only
    assert do(server, "SELECT oid FROM pg_largeobject_metadata") == []


@pytest.mark.parametrize(
    "setting", ["default_transaction_read_only = off", "search_path = archive"]
)
def test_a_roles_own_settings_change_nothing(server: str, ann: User, setting: str) -> None:
    with with_role(server, f"ALTER ROLE {{role}} SET {setting}") as one:
        found = asked(
            one, ann, "SELECT current_setting('transaction_read_only'), monthly FROM payroll"
        )
        assert found.rows == (("on", 10_000),)


def test_a_source_whose_role_was_given_more_is_used_no_longer(server: str, ann: User) -> None:
    with with_role(server) as one:
        assert asked(one, ann, "SELECT 1 FROM payroll", "payroll").rows == ((1,),)
        do(server, f"GRANT INSERT ON staff TO {one.address.place['user']}")
        error = refused(one, ann, "SELECT 1 FROM payroll")
    assert (error.code, error.message) == (
        "store_unavailable", "The data source sales may not be used. Tell an operator.",
    )  # fmt: skip


def test_a_query_that_takes_too_long_is_stopped_in_the_server(server: str, ann: User) -> None:
    error = refused(source(as_role(server), "customer", seconds=0.5), ann, "SELECT pg_sleep(60)")
    assert error.message == "The query took longer than 0.5 s. Ask for less of sales."
    assert until(lambda: not backends(server))


def test_who_leaves_stops_the_query_in_the_server(server: str, ann: User) -> None:
    slow = source(as_role(server), "customer", seconds=60)

    async def leave() -> None:
        asking = asyncio.create_task(
            run.run(slow, Judged("SELECT pg_sleep(60)", "postgres", ()), ann)
        )
        assert await asyncio.to_thread(until, lambda: "active" in backends(server))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(leave())
    assert until(lambda: not backends(server), 3)
    assert Run.objects.get().error == "stopped: nobody waited any longer"


def backends(server: str) -> list[str]:
    """Return what the connections of sources do."""
    sql = "SELECT state FROM pg_stat_activity WHERE application_name = 'portal data source'"
    return [row[0] for row in do(server, sql)]


def test_a_lost_connection_is_told_without_the_url(server: str, ann: User) -> None:
    error = refused(
        source(as_role(server), "customer"), ann, "SELECT pg_terminate_backend(pg_backend_pid())"
    )
    assert error.code == "invalid_request"
    assert "127.0.0.1" not in error.message


@pytest.mark.skipif(not POSTGRES, reason="the portal of this run is on SQLite")
def test_the_database_of_this_run_is_refused_as_a_source(transactional_db: None) -> None:
    from django.db import connection

    given = connection.settings_dict
    url = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    assert "sales: This is the portal's own database" in checked(source(url, "workflow_run"))[0]
