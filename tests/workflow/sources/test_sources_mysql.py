"""MySQL databases as sources, on a real MariaDB: what the start refuses, and what can be run."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from queryexpr import read_tables
from tests.workflow.mysql import PASSWORD, do, sales, server, with_user
from tests.workflow.postgres import until
from tests.workflow.sources.asking import APPS, ann, asked, checked, refused, source
from workflow.sources import run
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

__all__ = ["ann", "sales", "server"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
MANY = "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 1000) "
SLOW = f"{MANY}SELECT sum(a.x * b.x * c.x * d.x) FROM n a, n b, n c, n d"


def test_a_user_who_may_only_read_is_taken(sales: Source) -> None:
    assert checked(sales) == []


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("GRANT INSERT, SELECT ON sales.staff TO {user}", "has INSERT on `sales`.`staff`"),
        ("GRANT ALL ON other.* TO {user}", "has ALL PRIVILEGES on `other`.*"),
        ("GRANT FILE ON *.* TO {user}", "has FILE on *.*"),
        ("GRANT UPDATE (salary) ON sales.staff TO {user}", "has UPDATE on `sales`.`staff`"),
        ("GRANT EXECUTE ON PROCEDURE sales.raises TO {user}", "has EXECUTE on `sales`.`raises`"),
        ("GRANT SELECT ON other.* TO {user} WITH GRANT OPTION", "REVOKE GRANT OPTION"),
    ],
)
def test_a_user_who_may_more_is_refused_with_the_remedy(server: int, order: str, said: str) -> None:
    with with_user(server, order, tables=("payroll",)) as one:
        (fault,) = checked(one)
    assert said in fault
    assert "REVOKE" in fault


def test_a_user_with_a_role_is_refused(server: int) -> None:
    do(server, "CREATE ROLE writers", "GRANT DELETE ON sales.* TO writers")
    with with_user(server, "GRANT writers TO {user}", tables=("payroll",)) as one:
        assert "The user has roles." in checked(one)[0]


def test_what_everyone_may_counts(server: int) -> None:
    do(server, "GRANT DELETE ON sales.staff TO PUBLIC")
    try:
        with with_user(server, tables=("payroll",)) as one:
            assert "Everyone (PUBLIC) has DELETE on `sales`.`staff`" in checked(one)[0]
    finally:
        do(server, "REVOKE DELETE ON sales.staff FROM PUBLIC")


def test_tables_that_cannot_be_read_are_refused(server: int) -> None:
    with with_user(server, tables=("payroll", "staff", "Invoice", "nothing")) as one:
        named = [said.split("no table or view ")[1].split(" ")[0] for said in checked(one)]
    assert sorted(named) == ["'Invoice'", "'nothing'", "'staff'"]


@pytest.mark.parametrize(
    ("host", "mode", "authority", "fails"),
    [
        ("127.0.0.1", "require", False, ""),
        ("localhost", "verify-full", True, ""),
        ("127.0.0.1", "verify-ca", True, ""),
        ("127.0.0.1", "verify-full", True, "certificate is not valid for"),
        ("localhost", "verify-full", False, "self-signed certificate"),
    ],
)
def test_a_certificate_is_checked_if_the_url_says_so(
    server: int, sales: Source, host: str, mode: str, authority: bool, fails: str
) -> None:
    ((certificate,),) = do(server, "SELECT @@ssl_cert")
    root = f"&sslrootcert={certificate}" if authority else ""
    user, password = sales.address.place["user"], quote(PASSWORD, safe="")
    url = f"mysql://{user}:{password}@{host}:{server}/sales?sslmode={mode}{root}"
    said = "".join(checked(source(url, "payroll")))
    assert fails in said if fails else not said


def test_a_server_that_cannot_be_reached_is_a_warning_without_secrets(sales: Source) -> None:
    place = sales.address.place
    wrong = source(f"mysql://{place['user']}:no@127.0.0.1:{place['port']}/sales", "payroll")
    absent = source("mysql://someone@127.0.0.1:9/sales", "payroll")
    for one in (wrong, absent):
        (said,) = checked(one)
        assert said.startswith("sales: It cannot be reached now: ")
        assert place["user"] not in said
        assert "someone" not in said


def test_a_schema_has_what_the_user_may_read(sales: Source) -> None:
    found = schema_of(sales).document
    customer, invoice, payroll = read_tables(found)[0].tables
    assert [column.name for column in customer.columns] == ["id", "Full name", "mood"]
    assert [column.comment for column in customer.columns] == ["", "As on letters", ""]
    assert customer.comment == "Those who buy"
    assert customer.columns[2].type == "ENUM('GLAD','SAD')"
    assert customer.columns[2].values == ("glad", "sad")
    assert [column.values for column in invoice.columns if column.values] == [("a", "b")]
    assert invoice.primary_key == ("number", "line")
    assert [(key.columns, key.table) for key in invoice.foreign_keys] == [
        (("customer",), "customer")
    ]
    assert [column.name for column in payroll.columns] == ["id", "monthly"]
    assert not [word for word in ("Ann", "staff", "secret", "far") if word in str(found)]


def test_checked_sql_gives_a_table(sales: Source, ann: User) -> None:
    sql = "SELECT `Full name`, mood, total FROM customer JOIN invoice ON customer = id ORDER BY 1"
    found = asked(sales, ann, sql, "customer", "invoice")
    assert found.columns == ("Full name", "mood", "total")
    assert found.kinds == ("text", "text", "number")
    assert found.rows == (("Ann", "glad", "10.50"), ("Bob", None, "5.00"))


@pytest.mark.parametrize(
    ("value", "cell", "kind"),
    [
        ("1", 1, "number"), ("18446744073709551615", "18446744073709551615", "number"),
        ("1.50", "1.50", "number"), ("0.5e0", 0.5, "number"), ("1 = 1", 1, "number"),
        ("CAST(NULL AS date)", None, "time"), ("DATE '2024-02-29'", "2024-02-29", "time"),
        ("TIMESTAMP '2024-02-29 10:00:00'", "2024-02-29T10:00:00", "time"),
        ("TIME '-100:00:00'", "-100:00:00", "time"), ("flags", 5, "number"),
        ("JSON_OBJECT('a', 1)", '{"a": 1}', "text"), ("x'00ff'", "\\x00ff", "text"),
        ("'100%s ü'", "100%s ü", "text"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_json_has(
    sales: Source, ann: User, value: str, cell: Any, kind: str
) -> None:
    found = asked(sales, ann, f"SELECT {value} FROM invoice WHERE line = 1")
    assert (found.rows, found.kinds) == (((cell,),), (kind,))


def test_rows_beyond_the_cap_are_left_out(server: int, ann: User) -> None:
    with with_user(server, tables=("payroll",), rows=250) as capped:
        found = asked(capped, ann, f"{MANY}SELECT a.x FROM n a, n b")
        assert (len(found.rows), found.truncated) == (250, True)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM staff",
        "SELECT secret FROM customer",
        "SELECT * FROM other.far",
        "SELECT * FROM mysql.user",
        "SELECT LOAD_FILE('/etc/passwd') FROM staff",
        "SELECT 1 INTO OUTFILE '/tmp/portal-out'",
        "INSERT INTO invoice VALUES (2, 1, 1, 1)",
        "CREATE TABLE t (x int)",
        "CALL raises()",
        "SELECT 1; SELECT 2",
        "SET GLOBAL max_connections = 1",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE invoice",
    ],
)
def test_nothing_but_one_query_that_reads_is_run(sales: Source, ann: User, sql: str) -> None:
    assert refused(sales, ann, sql).code == "invalid_request"


def test_a_query_that_takes_too_long_is_stopped(server: int, ann: User) -> None:
    with with_user(server, tables=("payroll",), seconds=0.5) as one:
        assert "took longer than 0.5 s" in refused(one, ann, SLOW).message
    assert until(lambda: not running(server))


def test_a_caller_who_leaves_stops_the_query(server: int, sales: Source, ann: User) -> None:
    async def leave() -> None:
        asking = asyncio.create_task(run.run(sales, run.CheckedSQL(SLOW, sales.dialect, ()), ann))
        assert await asyncio.to_thread(until, lambda: running(server))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(leave())
    assert until(lambda: not running(server))


def running(server: int) -> bool:
    """Does the server do the slow query?"""
    busy = do(server, "SELECT info FROM information_schema.processlist WHERE info IS NOT NULL")
    return (SLOW,) in busy


def test_the_password_is_in_no_message(sales: Source, ann: User) -> None:
    assert PASSWORD not in sales.scrub(f"a text with {PASSWORD}")
