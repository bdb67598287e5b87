"""Postgres databases as sources, on a real server: what the start refuses, what is shown."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User

from queryexpr import read_tables
from tests.support.paths import ROOT
from tests.support.servers.databases import POSTGRES
from tests.workflow.postgres import as_role, do, sales, server, with_role
from tests.workflow.sources.asking import APPS, ann, asked, checked, source
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

__all__ = ["ann", "sales", "server"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)


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
from core.errors import ConfigError
from tests.workflow.sources.asking import source
from workflow.sources.source import Sources
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


@pytest.mark.skipif(
    not POSTGRES, reason="the portal of this run is on SQLite: make test-postgres runs it"
)
def test_the_database_of_this_run_is_refused_as_a_source(transactional_db: None) -> None:
    from django.db import connection

    given = connection.settings_dict
    url = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    assert "sales: This is the portal's own database" in checked(source(url, "workflow_run"))[0]


# ── What is shown ───────────────────────────────────────────────────────────────────────────


def test_a_schema_has_names_types_keys_and_comments(sales: Source) -> None:
    customer, payroll, invoice = read_tables(schema_of(sales).document)[0].tables
    assert (customer.schema, customer.comment) == ("public", "Those who buy")
    assert [(c.name, c.type, c.nullable, c.comment) for c in customer.columns] == [
        ("id", "INTEGER", False, ""), ("Full name", "TEXT", False, "As on letters"),
        ("mood", "MOOD", True, ""),
    ]  # fmt: skip
    assert customer.columns[2].values == ("glad", "sad")
    assert [c.values for c in invoice.columns if c.values] == [("a", "b")]
    assert invoice.primary_key == ("number", "line")
    assert [c.type for c in invoice.columns if c.name == "total"] == ["NUMERIC(10,2)"]
    assert [(key.columns, key.table, key.references) for key in invoice.foreign_keys] == [
        (("customer",), "customer", ("id",))
    ]
    assert payroll.foreign_keys == ()


def test_a_schema_has_nothing_of_what_is_not_listed_or_may_not_be_read(sales: Source) -> None:
    said = str(schema_of(sales).document)
    assert not [word for word in ("staff", "salary", "secret", "Ann") if word in said]


def test_a_bare_name_means_the_same_here_and_there(server: str, ann: User) -> None:
    both = source(as_role(server), "archive.invoice", "customer", "archive.customer", name="both")
    first = read_tables(schema_of(both).document)[0].table("customer")
    assert first is not None
    assert first.schema == "archive"
    assert asked(both, ann, "SELECT * FROM customer", "customer").columns == ("id",)
