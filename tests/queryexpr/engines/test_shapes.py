"""Queries whose numbers of columns, or frames of windows, no database takes, are refused."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import judged, refused
from tests.queryexpr.engines.servers import ENGINES

WIDTHS = [
    ("SELECT id FROM item WHERE id IN (SELECT pid, k FROM part)", "column_count"),
    ("SELECT id FROM item WHERE id NOT IN (SELECT * FROM part)", "column_count"),
    ("SELECT (SELECT id, n FROM item LIMIT 1) AS x", "column_count"),
    ("SELECT id FROM item WHERE n > (SELECT MAX(k), MIN(k) FROM part)", "column_count"),
    ("SELECT id FROM item WHERE COALESCE((SELECT k, w FROM part LIMIT 1), 1) = 1", "column_count"),
    ("SELECT id FROM item ORDER BY 2", "order_by"),
    ("SELECT id, n FROM item ORDER BY n, 0", "order_by"),
    ("SELECT id FROM item UNION SELECT pid FROM part ORDER BY 2", "order_by"),
]
FRAMES = [
    "ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING",
    "ORDER BY id ROWS BETWEEN 2 FOLLOWING AND CURRENT ROW",
    "ORDER BY id ROWS 1 FOLLOWING",
    "ORDER BY id, n RANGE BETWEEN 1 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING",
]
TAKEN = [
    "SELECT id FROM item WHERE EXISTS (SELECT pid, k FROM part WHERE item_id = id)",
    "SELECT id FROM item WHERE id IN (SELECT pid FROM part) ORDER BY 1",
    "SELECT id, n FROM item UNION SELECT pid, k FROM part ORDER BY 2, 1",
    "SELECT (SELECT MAX(k) FROM part) AS x FROM item",
    "SELECT SUM(n) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS x FROM item",
    "SELECT SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS x FROM item",
    "SELECT SUM(n) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM item",
    "SELECT COUNT(*) OVER (ORDER BY s RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS x FROM item",
]


@pytest.mark.parametrize(("sql", "code"), WIDTHS)
@pytest.mark.parametrize("dialect", ENGINES)
def test_a_number_of_columns_that_cannot_be_is_named(engines, sql, code, dialect):
    assert code in refused(sql, dialect, dialect)
    with pytest.raises(Exception, match=r"(?i)column|position|term|operand|row"):
        engines.run(dialect, sql)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("dialect", ENGINES)
def test_a_frame_that_cannot_be_is_named(engines, frame, dialect):
    sql = f"SELECT SUM(n) OVER ({frame}) AS x FROM item"
    assert "window" in refused(sql, dialect, dialect)
    with pytest.raises(Exception, match=r"(?i)frame|window|range|syntax|preceding"):
        engines.run(dialect, sql)


@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
def test_a_range_of_numbers_is_not_counted_from_a_text(engines, dialect):
    sql = "SELECT SUM(n) OVER (ORDER BY s RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM item"
    assert "window" in refused(sql, dialect, dialect)
    with pytest.raises(Exception, match="RANGE"):
        engines.run(dialect, sql)


@pytest.mark.parametrize("sql", TAKEN)
@pytest.mark.parametrize("dialect", ENGINES)
def test_what_can_be_is_taken(engines, sql, dialect):
    judgement = judged(sql, dialect, dialect)
    assert judgement.valid, [issue.message for issue in judgement.issues]
    engines.run(dialect, str(judgement.sql))
