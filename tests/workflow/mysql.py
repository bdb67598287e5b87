"""A real MariaDB server with a database as a data source, and users on it."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.support.servers.mariadb import mariadb
from tests.workflow.sources.asking import source
from workflow.sources.source import Source

TABLES = """
CREATE DATABASE sales; CREATE DATABASE other; USE sales;
CREATE TABLE customer (id int PRIMARY KEY, `Full name` varchar(50) NOT NULL COMMENT 'As on letters',
  mood enum('glad', 'sad'), secret text) COMMENT 'Those who buy';
CREATE TABLE invoice (number int, line int, customer int, total decimal(10, 2),
  flags bit(3) DEFAULT 5, grade char(1) CHECK (grade IN ('a', 'b')),
  PRIMARY KEY (number, line), FOREIGN KEY (customer) REFERENCES customer (id));
CREATE TABLE staff (id int PRIMARY KEY, salary int);
CREATE VIEW payroll AS SELECT id, salary DIV 12 AS monthly FROM staff;
CREATE TABLE other.far (id int);
INSERT INTO customer VALUES (1, 'Ann', 'glad', 'x'), (2, 'Bob', NULL, 'y');
INSERT INTO staff VALUES (1, 120000);
INSERT INTO invoice (number, line, customer, total) VALUES (1, 1, 1, 10.5), (1, 2, 2, 5);
CREATE PROCEDURE raises() UPDATE staff SET salary = salary + 1;
"""
PASSWORD = "päss/wörd"
READS = (
    "GRANT SELECT ON sales.invoice TO {user}",
    "GRANT SELECT ON sales.payroll TO {user}",
    "GRANT SELECT (id, `Full name`, mood) ON sales.customer TO {user}",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with our tables."""
    folder = tmp_path_factory.mktemp("tls")
    with mariadb("", *tls_options(folder)) as connection:
        do(connection.port, *filter(str.strip, TABLES.split(";")))
        yield connection.port


def tls_options(folder: Path) -> list[str]:
    """Return the server's options for a certificate of `localhost`."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return [f"--ssl-cert={certificate}", f"--ssl-key={key}"]


def do(port: int, *orders: str) -> Any:
    with pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True) as connection:
        cursor = connection.cursor()
        for order in orders:
            cursor.execute(order)
        return cursor.fetchall()


@contextmanager
def with_user(
    server: int, *orders: str, tables: tuple[str, ...], **fields: Any
) -> Iterator[Source]:
    """A source of a user of its own, to whom `orders` are done; they name it {user}."""
    name = f"user_{secrets.token_hex(4)}"
    user = f"{name}@'127.0.0.1'"
    do(server, f"CREATE USER {user} IDENTIFIED BY '{PASSWORD}'")
    try:
        do(server, *(order.format(user=user) for order in (*READS, *orders)))
        yield source(
            f"mysql://{name}:p%C3%A4ss%2Fw%C3%B6rd@127.0.0.1:{server}/sales", *tables, **fields
        )
    finally:
        do(server, f"DROP USER {user}")


@pytest.fixture
def sales(server: int) -> Iterator[Source]:
    with with_user(server, tables=("customer", "invoice", "payroll")) as found:
        yield found
