"""A real Postgres server with a database as a data source, and roles on it."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts.with_postgres import postgres
from tests.workflow.sources.asking import source
from workflow.sources.source import Source

TABLES = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE DOMAIN money_amount AS numeric(10, 2);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE SCHEMA archive;
CREATE TABLE customer (id int PRIMARY KEY, "Full name" text NOT NULL, mood mood, secret text);
COMMENT ON TABLE customer IS 'Those who buy';
COMMENT ON COLUMN customer."Full name" IS 'As on letters';
CREATE TABLE archive.invoice (number int, line int, customer int REFERENCES customer,
  clerk int, total money_amount, grade varchar(5) CHECK (grade IN ('a', 'b')), PRIMARY KEY (number, line));
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


def until(holds: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
