"""Warnings about queries that are right, but may answer another question."""

from __future__ import annotations

import pytest

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.lift.lift import lift
from queryexpr.lint.lint import lint
from queryexpr.schema.catalogue import Catalogue
from tests.queryexpr.lint.lints import SHOP, codes, lints

# ── cartesian_join ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c.name FROM customers c, tags t",
        "SELECT c.name FROM customers c JOIN tags t ON t.id = t.id",
        "SELECT c.name FROM customers c CROSS JOIN tags t WHERE c.city = 1 AND t.label = 2",
        "SELECT c.name FROM customers c, tags t WHERE c.city = 1 OR t.label = 2 OR c.id = 3",
    ],
)
def test_sources_that_nothing_ties_together_are_warned_of(sql: str):
    assert "cartesian_join" in codes(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c.name FROM customers c, payments p WHERE p.customer_id = c.id",
        "SELECT c.name FROM customers c, payments p WHERE p.amount > c.points",
        "SELECT c.name FROM customers c JOIN payments USING (id)",
        "SELECT c.name FROM customers c, (SELECT AVG(amount) AS a FROM payments) p",
        "WITH p AS (SELECT AVG(amount) AS a FROM payments) SELECT c.name FROM customers c, p",
        "SELECT c.name FROM customers c, (SELECT id FROM tags LIMIT 1) t",
        "SELECT c.name FROM customers c, tags t WHERE t.id = 5",
        "SELECT c.name FROM customers c, payments p WHERE c.id = 5 AND p.customer_id = 5",
        "SELECT id FROM tags t WHERE EXISTS"
        " (SELECT 1 FROM customers c, payments p WHERE c.id = t.id AND p.customer_id = t.id)",
        "SELECT c.name FROM customers c, tags t WHERE EXISTS"
        " (SELECT 1 FROM tagged x WHERE x.customer_id = c.id AND x.tag_id = t.id)",
    ],
)
def test_sources_that_are_tied_or_have_one_row_are_fine(sql: str):
    assert "cartesian_join" not in codes(sql)


def test_a_cartesian_join_is_shown_where_it_stands_with_the_key_to_use():
    (issue,) = lints("SELECT c.name FROM customers c, payments p")
    assert (issue.severity, issue.pointer) == ("warning", "/query/joins/0")
    assert "'payments' (p)" in issue.message
    assert "p.customer_id = c.id" in issue.message


def test_without_a_catalogue_joins_are_still_judged_by_their_conditions():
    assert codes("SELECT a.x FROM a, b", None) == ["cartesian_join"]
    assert codes("SELECT x FROM a, b WHERE y = z", None) == []  # of either, for all that is known


# ── fan_out ─────────────────────────────────────────────────────────────────────────────────

PAID = " FROM customers c JOIN orders o ON o.customer_id = c.id "
BOTH = PAID + "JOIN payments p ON p.customer_id = c.id "
TAGS = " FROM customers c JOIN tagged x ON x.customer_id = c.id JOIN tags t ON t.id = x.tag_id "


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT SUM(c.points){PAID}",
        f"SELECT AVG(c.points){PAID}WHERE o.status = 2",
        f"SELECT COUNT(c.id){PAID}",
        f"SELECT STDDEV(c.points){PAID}GROUP BY c.city",
        f"SELECT c.id, SUM(c.points){PAID}GROUP BY c.id",
        f"SELECT c.city{PAID}GROUP BY c.city HAVING SUM(c.points) > 3",
        f"SELECT SUM(o.total){BOTH}",
        f"SELECT c.id, COUNT(*){BOTH}GROUP BY c.id",
        f"SELECT SUM(c.points){TAGS}",
        "SELECT SUM(c.points) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id",
        "SELECT SUM(o.total) FROM orders o JOIN items i ON i.order_id = o.id",
    ],
)
def test_aggregates_over_repeated_rows_are_warned_of(sql: str):
    assert "fan_out" in codes(sql)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT SUM(o.total), COUNT(o.id), COUNT(*){PAID}",
        f"SELECT COUNT(DISTINCT c.id), MAX(c.points), MIN(c.points){PAID}",
        f"SELECT c.id, COUNT(c.id){PAID}GROUP BY c.id",
        f"SELECT SUM(o.total * c.points){PAID}",
        f"SELECT c.name, COUNT(c.id){PAID}GROUP BY c.name",
        f"SELECT t.label, AVG(c.points), COUNT(*){TAGS}GROUP BY t.label",
        f"SELECT AVG(c.points){TAGS}WHERE t.label = 5",
        f"SELECT COUNT(c.id){PAID}WHERE o.id = 5",
        "SELECT COUNT(c.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
        " WHERE o.id IS NULL",
        "SELECT SUM(c.points) FROM customers c JOIN orders o ON o.customer_id = c.id"
        " AND o.placed = (SELECT MAX(l.placed) FROM orders l WHERE l.customer_id = c.id)",
        "SELECT SUM(i.price) FROM items i JOIN orders o ON o.id = i.order_id"
        " JOIN customers c ON c.id = o.customer_id",
        "SELECT SUM(c.points) FROM customers c JOIN items i ON i.order_id = c.id AND i.line = 1",
        "SELECT SUM(c.points) FROM customers c WHERE c.id IN (SELECT customer_id FROM orders)",
    ],
)
def test_aggregates_over_rows_that_come_once_are_fine(sql: str):
    assert "fan_out" not in codes(sql)


def test_a_fan_out_names_what_repeats_the_rows_and_points_at_the_aggregate():
    (issue,) = lints(f"SELECT c.city, SUM(c.points){PAID}GROUP BY c.city")
    assert issue.pointer == "/query/select/1/expr"
    assert "each row of 'orders' (o)" in issue.message
    assert "c.points" in issue.message


# ── join_off_keys ───────────────────────────────────────────────────────────────────────────


def test_a_join_beside_the_declared_key_names_that_key():
    (issue,) = lints("SELECT o.total FROM orders o JOIN customers c ON o.id = c.id")
    assert (issue.code, issue.pointer) == ("join_off_keys", "/query/joins/0/on")
    assert "o.customer_id = c.id" in issue.message


def test_a_join_of_tables_without_a_key_between_them_asks_for_another_look():
    assert codes("SELECT p.id FROM payments p JOIN tags t ON p.amount = t.id") == ["join_off_keys"]


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT o.total{PAID}",
        f"SELECT o.total{PAID}AND o.total = c.points",
        "SELECT o.total FROM orders o JOIN payments p ON p.customer_id = o.customer_id",
        "SELECT a.id FROM customers a JOIN customers b ON a.city = b.points",
        "SELECT c.name FROM customers c JOIN tags t ON c.name = t.label",
        "SELECT t.label FROM tags t JOIN orders o ON o.id = t.id",
    ],
)
def test_joins_along_keys_or_where_none_is_declared_are_fine(sql: str):
    assert codes(sql) == []


# ── nullable_inner_join ─────────────────────────────────────────────────────────────────────

SOLD = " FROM orders o JOIN agents a ON o.agent_id = a.id "


def test_an_inner_join_along_an_optional_key_says_what_it_leaves_out():
    (issue,) = lints(f"SELECT o.total, a.name{SOLD}")
    assert (issue.code, issue.pointer) == ("nullable_inner_join", "/query/joins/0/on")
    assert "A left join that begins with 'orders' (o)" in issue.message


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT o.total{PAID}",
        f"SELECT o.total{SOLD}WHERE a.name = 3",
        f"SELECT o.total{SOLD}WHERE o.agent_id IS NOT NULL",
        f"SELECT a.name{SOLD}",
        f"SELECT a.name, COUNT(*){SOLD}GROUP BY a.name",
        f"SELECT o.total{SOLD}ORDER BY a.name LIMIT 1",
        "SELECT o.total, a.name FROM orders o LEFT JOIN agents a ON o.agent_id = a.id",
    ],
)
def test_inner_joins_that_leave_out_nothing_that_was_asked_for_are_fine(sql: str):
    assert codes(sql) == []


# ── null_in_not_in ──────────────────────────────────────────────────────────────────────────


def test_not_in_a_query_that_may_find_null_is_warned_of():
    (issue,) = lints(
        "SELECT id FROM agents WHERE id > 3 AND id NOT IN (SELECT agent_id FROM orders)"
    )
    assert (issue.code, issue.pointer) == ("null_in_not_in", "/query/where/args/1/args/1")
    assert "orders.agent_id IS NOT NULL" in issue.message


@pytest.mark.parametrize(
    "inner",
    [
        "SELECT customer_id FROM orders",
        "SELECT agent_id FROM orders WHERE agent_id IS NOT NULL",
        "SELECT agent_id FROM orders WHERE total > 5 AND agent_id > 10",
        "SELECT o.agent_id FROM orders o JOIN agents a ON a.id = o.agent_id",
        "SELECT id FROM tags",
    ],
)
def test_not_in_a_query_that_never_finds_null_is_fine(inner: str):
    assert codes(f"SELECT id FROM agents WHERE id NOT IN ({inner})") == []


# ── All of them ─────────────────────────────────────────────────────────────────────────────


def test_warnings_stand_in_the_order_of_the_querys_parts():
    sql = f"SELECT SUM(c.points){PAID}JOIN tags t WHERE c.id NOT IN (SELECT agent_id FROM orders)"
    assert [issue.pointer for issue in lints(sql, but="")] == [
        "/query/joins/1",
        "/query/where/args/1",
        "/query/select/0/expr",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT z.q, x.y FROM nowhere n, customers c, customers c WHERE n.a = z.b AND q = 7",
        "SELECT SUM(q) FROM customers JOIN orders USING (q) GROUP BY 9, q",
        "SELECT * FROM customers NATURAL JOIN nowhere WHERE id NOT IN (SELECT * FROM orders)",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT n.i FROM n, n m",
    ],
)
@pytest.mark.parametrize("catalogue", [SHOP, None])
def test_queries_that_are_wrong_are_survived(sql: str, catalogue: Catalogue | None):
    checked = check(lift(sql, DIALECTS["mysql"]).expression, DIALECTS["mysql"], catalogue)
    for known in (SHOP, None):
        assert all(issue.severity != "error" for issue in lint(checked, known))
