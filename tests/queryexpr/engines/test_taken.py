"""Plain queries that were refused, and have the rows that they have in their own database."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

TREE = (
    "WITH RECURSIVE t AS (SELECT pid, w, CAST(w AS TEXT) AS p FROM part WHERE pid = 1"
    " UNION ALL SELECT e.pid, e.w, t.p || e.w FROM part AS e JOIN t ON e.pid = t.pid + 1)"
    " SELECT pid, p FROM t"
)


@pytest.mark.parametrize(
    ("sql", "source"),
    [
        (TREE, "postgres"),
        (TREE, "sqlite"),
        ("WITH a AS MATERIALIZED (SELECT id FROM item) SELECT id FROM a", "postgres"),
        ("WITH a AS NOT MATERIALIZED (SELECT id FROM item) SELECT id FROM a", "postgres"),
        (r"SELECT E'a\nb''c', E'\'x\'' FROM item WHERE id = 1", "postgres"),
        (r"SELECT E'\x41\u0042\103', E'a\\nb', E'\t\q' FROM item WHERE id = 1", "postgres"),
        ("SELECT id FROM item ORDER BY id LIMIT ALL", "postgres"),
        ("SELECT id FROM item ORDER BY id LIMIT -1 OFFSET 4", "sqlite"),
    ],
)
def test_it_is_taken(engines, sql, source):
    assert_same(engines, sql, source, source)


@pytest.mark.parametrize(
    "step", ["t.p || t.p", "p || p", "REPLACE(t.p, 'x', 'xxxx')", "t.p || e.w || t.p"]
)
def test_a_text_that_doubles_is_refused(step):
    assert refused(TREE.replace("t.p || e.w", step), "postgres", "postgres") == {"too_large"}


def test_a_limit_below_0_is_refused_elsewhere():
    assert refused("SELECT 1 LIMIT -1", "postgres", "postgres") == {"limit"}
