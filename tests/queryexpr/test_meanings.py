"""Measures, dimensions and declared joins: what they mean in a query, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import Judgement, check_ir, check_sql, prompt_context, read_schema
from queryexpr.issues import Refused

COLUMNS = {
    "orders": ["id", "customer_id", "store_id", "total", "status", "placed"],
    "customers": ["id", "region", "credit", "store_id"],
    "visits": ["id", "customer_id"],
    "stores": ["id", "city"],
}
MEANINGS: dict[str, Any] = {
    "dialect": "sqlite",
    "measures": {
        "net_revenue": {
            "expr": "SUM(orders.total)",
            "filter": "orders.status <> 4",
            "place": "meanings.yaml:12",
        },
        "order_count": {"expr": {"agg": "count", "args": [{"column": "id", "table": "orders"}]}},
        "credit": {"expr": "SUM(customers.credit)"},
        "rate": {"expr": "SUM(orders.total) / COUNT(orders.id)"},
    },
    "dimensions": {
        "region": {"expr": "customers.region"},
        "city": {"expr": "stores.city"},
        "year": {"expr": "STRFTIME('%Y', orders.placed)", "place": "meanings.yaml:30"},
    },
    "joins": [
        {"left": "orders", "right": "customers", "on": "orders.customer_id = customers.id",
         "relationship": "many_to_one", "place": "meanings.yaml:40"},
        {"left": "customers", "right": "visits", "on": "customers.id = visits.customer_id",
         "relationship": "one_to_many", "place": "meanings.yaml:44"},
    ],
}  # fmt: skip
ROWS = """
CREATE TABLE orders (id, customer_id, store_id, total, status, placed);
CREATE TABLE customers (id, region, credit, store_id);
INSERT INTO customers VALUES (1, 'north', 5, 1), (2, 'south', 7, 1);
INSERT INTO orders VALUES (1, 1, 1, 10, 1, '2024-01-02'), (2, 1, 1, 20, 4, '2024-01-02'),
  (3, 2, 1, 5, 1, '2025-01-02'), (4, NULL, 1, 100, 1, '2025-01-02');
"""


def schema(**changes: Any) -> dict[str, Any]:
    tables = [
        {"name": name, "columns": [{"name": c, "primary_key": c == "id"} for c in columns]}
        for name, columns in COLUMNS.items()
    ]
    return {"tables": tables, "meanings": {**MEANINGS, **changes}}


def judged(query: Any, dialect: str = "sqlite", **changes: Any) -> Judgement:
    if isinstance(query, str):
        return answer(check_sql(query, dialect, dialect, schema(**changes)))
    return answer(check_ir({"query": query}, dialect, schema(**changes)))


def rows(query: Any) -> list[tuple[Any, ...]]:
    judgement = judged(query)
    assert judgement.sql, judgement.issues
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(ROWS)
        found = connection.execute(judgement.sql).fetchall()
    connection.close()
    return sorted(found, key=repr)


def by(dimension: str, measure: str = "net_revenue", **more: Any) -> dict[str, Any]:
    named = {"dimension": dimension}
    return {
        "select": [{"expr": named}, {"expr": {"measure": measure}}],
        "group_by": [named],
        **more,
    }


def errors(query: Any, **changes: Any) -> list[tuple[str, str]]:
    found = judged(query, **changes).issues
    return [(issue.code, issue.pointer) for issue in found if issue.severity == "error"]


def wrong(**changes: Any) -> list[str]:
    issues = answer(read_schema(schema(**changes), "sqlite")).issues
    return [f"{i.pointer} {i.line or '-'}:{i.column or '-'} {i.message}" for i in issues]


# ── Expansion ───────────────────────────────────────────────────────────────────────────────


def test_a_measure_takes_only_the_rows_of_its_filter() -> None:
    assert rows("SELECT MEASURE(net_revenue) FROM orders") == [(115,)]


def test_a_query_without_from_begins_with_the_table_of_its_measure() -> None:
    """No order is lost, although one has no customer."""
    assert rows(by("region")) == [("north", 10), ("south", 5), (None, 100)]


def test_a_dimension_is_expanded_in_every_clause() -> None:
    where = {"op": "=", "args": [{"dimension": "year"}, "2024"]}
    order = [{"by": {"dimension": "year"}}]
    assert rows(by("year", where=where, order_by=order)) == [("2024", 10)]


def test_tables_keep_the_aliases_of_the_query() -> None:
    sql = "SELECT c.region, MEASURE(net_revenue) FROM orders o JOIN customers c ON o.customer_id = c.id GROUP BY 1"
    assert rows(sql) == [("north", 10), ("south", 5)]


def test_each_aggregate_of_a_measure_is_filtered() -> None:
    measures = {
        "share": {
            "expr": "SUM(orders.total) * 1.0 / COUNT(orders.id)",
            "filter": "orders.status <> 4",
        }
    }
    sql = judged("SELECT MEASURE(share) FROM orders", measures=measures).sql or ""
    assert sql.count("FILTER") == 2


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "bigquery", "oracle"])
def test_a_measure_without_own_functions_is_written_in_each_dialect(dialect: str) -> None:
    assert judged(by("region"), dialect).valid


def test_subqueries_have_their_own_measures() -> None:
    inner = {"query": by("region"), "as": "sums"}
    query = {"from": inner, "select": [{"expr": {"agg": "count"}}]}
    assert rows(query) == [(3,)]


def test_a_measure_of_another_dialect_is_refused_if_it_needs_that_dialect() -> None:
    query = {"select": [{"expr": {"dimension": "year"}}, {"expr": {"measure": "order_count"}}],
             "group_by": [{"dimension": "year"}]}  # fmt: skip
    assert judged(query).valid
    issue = judged(query, "postgres").issues[0]
    assert (issue.code, issue.pointer) == ("dialect", "/query/group_by/0")
    assert "(meanings.yaml:30)" in issue.message


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT MEASURE(net_revenu)", "There is no measure 'net_revenu'. Did you mean 'net_revenue'?"),
        ({"select": [{"expr": {"dimension": "regio"}}]}, "There is no dimension 'regio'. Did you mean 'region'?"),
        ("SELECT MEASURE(net_revenue) FROM orders a, orders b",
         "'orders' is 2 times in FROM: which does 'net_revenue' (meanings.yaml:12) mean? Use it in a query of its own."),
        (by("city"), "No declared join leads from orders to 'stores'. Declare one."),
    ],
)  # fmt: skip
def test_what_a_name_cannot_mean_is_an_error(query: Any, said: str) -> None:
    assert judged(query).issues[0].message == said


def test_several_ways_to_a_table_are_an_error() -> None:
    ways = [
        {
            "left": one,
            "right": "stores",
            "on": f"{one}.store_id = stores.id",
            "relationship": "many_to_one",
        }
        for one in ("orders", "customers")
    ]
    assert judged(by("city"), joins=[*MEANINGS["joins"], ways[0]]).valid  # the direct way
    third = {
        "left": "orders",
        "right": "stores",
        "on": "orders.id = stores.id",
        "relationship": "one_to_one",
    }
    found = judged(by("city"), joins=[ways[0], third]).issues[0]
    assert (
        found.message
        == "Several declared joins lead to 'stores': orders → stores or orders → stores. Join one in FROM."
    )


def test_an_error_in_sql_has_its_place() -> None:
    issue = judged("SELECT id,\n  MEASURE(nothing) FROM orders").issues[0]
    assert (issue.line, issue.column) == (2, 3)


def test_without_meanings_no_measure_is_known() -> None:
    found = answer(
        check_sql("SELECT MEASURE(a) FROM t", "sqlite", "sqlite", "CREATE TABLE t (a INT)")
    )
    assert (
        found.issues[0].message
        == "There is no measure 'a'. No measure is defined for these tables."
    )


# ── Joins ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sql", "pointer"),
    [
        ("SELECT MEASURE(credit) FROM customers c JOIN orders o ON o.customer_id = c.id", "/query/select/0/expr"),
        ("SELECT c.region, SUM(c.credit) FROM customers c JOIN visits v ON v.customer_id = c.id GROUP BY 1", "/query/select/1/expr"),
        ("SELECT MEASURE(net_revenue), MEASURE(credit)", "/query/select/1/expr"),
        ("SELECT MEASURE(net_revenue) FROM visits v", "/query/select/0/expr"),
    ],
)  # fmt: skip
def test_an_aggregate_that_a_declared_join_repeats_is_an_error_with_its_place(
    sql: str, pointer: str
) -> None:
    assert errors(sql) == [("fan_out", pointer)]


def test_the_error_says_where_the_join_is_declared() -> None:
    sql = "SELECT SUM(c.credit) FROM customers c JOIN visits v ON v.customer_id = c.id"
    assert judged(sql).issues[-1].message.endswith("The join is declared in meanings.yaml:44.")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(DISTINCT c.id) FROM customers c JOIN orders o ON o.customer_id = c.id",
        "SELECT MAX(c.credit) FROM customers c JOIN orders o ON o.customer_id = c.id",
        "SELECT c.region, SUM(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1",
        "SELECT SUM(c.credit) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
    ],
)
def test_what_repeated_rows_do_not_change_is_valid(sql: str) -> None:
    assert errors(sql) == []


def test_without_declared_joins_a_repetition_stays_a_warning() -> None:
    sql = "SELECT SUM(c.credit) FROM customers c JOIN orders o ON o.customer_id = c.id"
    assert errors(sql, joins=[]) == []


def test_a_measure_allows_only_declared_joins() -> None:
    sql = "SELECT MEASURE(net_revenue) FROM orders o JOIN customers c ON o.id = c.id"
    assert errors(sql) == [("undeclared_join", "/query/joins/0")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT MEASURE(net_revenue) FROM orders, customers WHERE customer_id = customers.id",
        "SELECT MEASURE(net_revenue) FROM customers AS c JOIN orders ON customer_id = c.id",
        "SELECT MEASURE(net_revenue) FROM orders JOIN customers c ON c.id = orders.customer_id AND c.region = 'x'",
    ],
)
def test_a_declared_join_is_recognised_however_it_is_written(sql: str) -> None:
    assert errors(sql) == []


# ── Which meanings a query has ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT MEASURE(net_revenue) FROM orders",
        "SELECT SUM(total) FILTER (WHERE status <> 4) FROM orders AS o",
        "SELECT SUM(o.total) FROM orders o WHERE o.status != 4 AND o.id > 2",
    ],
)
def test_a_measure_is_recognised_by_its_name_and_written_out(sql: str) -> None:
    (used,) = judged(sql).meanings
    assert (used.kind, used.name, used.place) == ("measure", "net_revenue", "meanings.yaml:12")


def test_a_sum_of_other_rows_is_not_the_measure() -> None:
    assert judged("SELECT SUM(total) FROM orders").meanings == ()
    assert judged("SELECT SUM(total) FROM orders WHERE status <> 3").meanings == ()


# ── Definitions ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("SUM(total)", "1:5 Give the column 'total' its table: table.total."),
        ("COUNT(*)", "-:- It names no column, so it has no table. COUNT needs a column, such as a key."),
        ("orders.total", "-:- A measure needs an aggregate, such as SUM. Without one it is a dimension."),
        ("SUM(orders.totl)", "-:- 'orders' has no column 'totl'. Did you mean 'total'?"),
        ("SUM(ordrs.total)", "-:- The schema has no table 'ordrs'. Did you mean 'orders'?"),
        ("SUM(orders.total) FROM orders", "1:1 Write one expression here, without SELECT and FROM."),
        ("SUM((SELECT 1))", "A definition has neither queries, windows nor stars."),
        ("SUM(orders.total", "1:"),
    ],
)  # fmt: skip
def test_a_wrong_measure_is_left_out_with_its_place(measure: str, said: str) -> None:
    (found,) = wrong(measures={"m": {"expr": measure}})
    assert found.startswith("/meanings/measures/m/expr ")
    assert said in found


@pytest.mark.parametrize(
    ("on", "right", "said"),
    [
        ("orders.customer_id > customers.id", "customers", "Compare columns of 'orders' and 'customers' with ="),
        ("orders.customer_id = customers.idd", "customers", "'customers' has no column 'idd'. Did you mean 'id'?"),
        ("orders.customer_id = orders.id", "orders", "A table is not joined with itself here."),
        ("orders.id = custmers.id", "custmers", "The schema has no table 'custmers'. Did you mean 'customers'?"),
    ],
)  # fmt: skip
def test_a_wrong_join_is_left_out_with_its_place(on: str, right: str, said: str) -> None:
    join = {"left": "orders", "right": right, "on": on, "relationship": "many_to_one"}
    (found,) = wrong(joins=[join])
    assert found.startswith("/meanings/joins/0/")
    assert said in found


def test_meanings_of_another_form_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        wrong(joins=[{"left": "orders", "relationship": "some_to_many"}])
    assert {i.pointer for i in refused.value.issues} == {
        "/meanings/joins/0/right", "/meanings/joins/0/on", "/meanings/joins/0/relationship",
    }  # fmt: skip


def test_good_definitions_have_no_issues() -> None:
    assert wrong() == []


# ── What models see ─────────────────────────────────────────────────────────────────────────


def test_declared_joins_are_keys_of_the_prompt() -> None:
    ddl = answer(prompt_context(schema(), "sqlite", "?", 10_000)).ddl
    assert "FOREIGN KEY (customer_id) REFERENCES customers (id)" in ddl


def test_a_constrained_reply_can_name_the_measures() -> None:
    reply = answer(prompt_context(schema(), "sqlite", "?", 10_000, "grammar")).reply or {}
    names = reply["$defs"]["MeasureName"]["properties"]["measure"]["enum"]
    assert names == ["credit", "net_revenue", "order_count", "rate"]


def test_a_star_shows_no_column_that_the_schema_hides() -> None:
    known = schema(hides=True)
    known["tables"][0]["columns"] = known["tables"][0]["columns"][:2]
    found = answer(check_sql("SELECT * FROM orders", "sqlite", "sqlite", known))
    assert found.columns == ("id", "customer_id")
    assert "*" not in (found.sql or "*")
