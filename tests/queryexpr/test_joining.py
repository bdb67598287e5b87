"""How an error says what to join."""

from __future__ import annotations

import pytest

from tests.queryexpr.test_check import judged

SCHEMA = """
CREATE TABLE region (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE customer (id INTEGER PRIMARY KEY, region_id INTEGER REFERENCES region (id), billed INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id),
  payer_id INTEGER REFERENCES payer (id), placed TEXT);
CREATE TABLE payer (id INTEGER PRIMARY KEY, paid INTEGER);
CREATE TABLE line (order_id INTEGER, part INTEGER, FOREIGN KEY (order_id) REFERENCES orders (id));
CREATE TABLE trip (a INTEGER REFERENCES town (id), b INTEGER REFERENCES town (id));
CREATE TABLE town (id INTEGER PRIMARY KEY, mayor TEXT);
CREATE TABLE alone (x INTEGER);
"""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT orders.placed FROM line", "add JOIN orders ON line.order_id = orders.id."),
        ("SELECT l.placed FROM line AS l", "It is a column of orders: add JOIN orders ON l.order_id = orders.id."),
        ("SELECT line.part FROM orders o", "add JOIN line ON o.id = line.order_id."),
        ("SELECT region.name FROM orders",
         "add JOIN customer ON orders.customer_id = customer.id JOIN region ON customer.region_id = region.id."),
        ("SELECT town.mayor FROM trip", "FROM has no table 'town': join it."),
        ("SELECT alone.x FROM trip", "FROM has no table 'alone': join it."),
        ("SELECT town.mayor FROM alone WHERE EXISTS (SELECT 1 FROM town)", "FROM has no table 'town': join it."),
    ],
)  # fmt: skip
def test_an_error_says_how_a_table_is_joined(sql: str, said: str) -> None:
    message = judged(sql, schema=SCHEMA)["issues"][0]["message"]
    assert message.endswith(said)


def test_what_an_error_says_can_be_done() -> None:
    way = judged("SELECT region.name FROM line", schema=SCHEMA)["issues"][0]["message"]
    joins = way.partition("add ")[2].rstrip(".")
    assert judged(f"SELECT region.name FROM line {joins}", schema=SCHEMA)["valid"]
