"""What a confirmed query uses, and which edits of schema and meanings make it stale."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import check_sql
from tests.workflow.meanings.files import GOOD, SCHEMA, read
from workflow.confirmed.parts import changes, parts_of

MEANINGS = read().of("sales")
DOCUMENT = {**SCHEMA, "meanings": MEANINGS.document if MEANINGS else {}}
SQL = (
    "SELECT customers.region, MEASURE(net_revenue) AS revenue FROM orders JOIN customers"
    " ON orders.customer_id = customers.id GROUP BY customers.region"
)


def parts(sql: str = SQL) -> Any:
    judgement = answer(check_sql(sql, "sqlite", "sqlite", DOCUMENT))
    assert judgement.valid, judgement.issues
    return json.loads(json.dumps(parts_of(judgement, SCHEMA["tables"], MEANINGS)))


def stale(kept: Any, tables: Any = None, text: str = GOOD) -> list[str]:
    edited = read(text, schema=None).of("sales")
    return [str(change) for change in changes(kept, tables or SCHEMA["tables"], edited)]


def edited(table: str, column: str, **fields: Any) -> list[Any]:
    """Return the tables with one column changed; without fields it is gone."""
    tables: list[Any] = copy.deepcopy(SCHEMA["tables"])
    for one in tables:
        if one["name"] == table:
            one["columns"] = [
                {**c, **fields} if c["name"] == column else c
                for c in one["columns"]
                if fields or c["name"] != column
            ]
    return tables


def test_the_parts_are_the_columns_and_meanings_of_the_query() -> None:
    kept = parts()
    assert kept["tables"] == {
        "orders": {"id": "INTEGER", "customer_id": "INTEGER", "total": "NUMERIC", "status": "INTEGER"},
        "customers": {"id": "INTEGER", "region": "TEXT"},
    }  # fmt: skip
    assert set(kept["meanings"]) == {
        "measure net_revenue", "dimension region", "codes orders.status", "join orders customers",
    }  # fmt: skip


def test_a_query_is_not_stale_while_nothing_changes() -> None:
    assert stale(parts()) == []


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        (edited("orders", "total"), "There is no column orders.total any more."),
        (edited("orders", "total", type="TEXT"), "orders.total was NUMERIC and is TEXT."),
        (edited("orders", "total", name="amount"), "There is no column orders.total any more."),
        (SCHEMA["tables"][:1], "There is no table customers any more."),
    ],
)
def test_a_change_of_what_it_uses_makes_it_stale(tables: Any, reason: str) -> None:
    assert stale(parts(), tables) == [reason]


@pytest.mark.parametrize(
    "tables",
    [
        edited("orders", "placed"),
        edited("orders", "placed", type="TEXT"),
        edited("customers", "email"),
        edited("salaries", "amount", type="TEXT"),
        edited("orders", "total", comment="in EUR"),
        edited("orders", "total", type="numeric"),
        [*SCHEMA["tables"], {"name": "more", "columns": [{"name": "total", "type": "TEXT"}]}],
    ],
)
def test_another_change_of_the_schema_does_not(tables: Any) -> None:
    assert stale(parts(), tables) == []


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("<> 4", "< 4", "The definition has changed: measure net_revenue (meanings.yaml:5)."),
        ("SUM(orders.total)", "SUM(orders.status)", "The definition has changed: measure net_revenue (meanings.yaml:5)."),
        ("net_revenue:", "net_sales:", "The definition is gone: measure net_revenue."),
        ("4: refunded", "5: refunded", "The definition has changed: codes orders.status (meanings.yaml:23)."),
        ("many_to_one", "one_to_one", "The definition has changed: join orders customers (meanings.yaml:18)."),
        ("region: customers.region", "region: customers.email", "The definition has changed: dimension region (meanings.yaml:13)."),
    ],
)  # fmt: skip
def test_a_change_of_a_meaning_makes_it_stale(before: str, after: str, reason: str) -> None:
    assert before in GOOD
    assert stale(parts(), text=GOOD.replace(before, after)) == [reason]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("owner: Finance", "owner: Sales"),
        ("COUNT(orders.id)", "COUNT(orders.total)"),
        ("synonyms: [Jahr]", "synonyms: [year]"),
        ("'%Y'", "'%m'"),
        ("[north, south]", "[east]"),
    ],
)
def test_a_change_of_another_meaning_does_not(before: str, after: str) -> None:
    assert before in GOOD
    assert stale(parts(), text=GOOD.replace(before, after)) == []


def test_a_file_that_is_gone_makes_it_stale() -> None:
    assert len(changes(parts(), SCHEMA["tables"], None)) == 4
    plain = parts("SELECT COUNT(orders.placed) FROM orders")
    assert changes(plain, SCHEMA["tables"], None) == ()


def test_the_columns_of_using_and_of_a_star_count() -> None:
    using = parts("SELECT COUNT(*) FROM orders JOIN customers USING (id)")
    assert using["tables"] == {"orders": {"id": "INTEGER"}, "customers": {"id": "INTEGER"}}
    assert len(parts("SELECT * FROM orders")["tables"]["orders"]) == 5
