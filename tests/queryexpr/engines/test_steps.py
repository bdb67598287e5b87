"""What Postgres and MySQL refuse in the step of a recursion is refused before it is run."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import judged, refused

STEPS = [
    "SELECT COUNT(*) + 1 FROM t WHERE n < 3",
    "SELECT MAX(n) + 1 FROM t WHERE n < 3 HAVING MAX(n) < 3",
    "SELECT n + 1 FROM part LEFT JOIN t ON t.n = pid WHERE n < 3",
    "SELECT n + 1 FROM t RIGHT JOIN part ON t.n = pid WHERE n < 3",
    "SELECT n + 1 FROM t WHERE n < (SELECT MAX(n) + 3 FROM t) AND n < 9",
    "SELECT n + 1 FROM t WHERE n < 3 AND NOT EXISTS (SELECT 1 FROM t x WHERE x.n = 9)",
    "SELECT a.n + 1 FROM t a JOIN t b ON a.n = b.n WHERE a.n < 3",
]
TAKEN = [
    "SELECT n + 1 FROM t LEFT JOIN part ON t.n = pid WHERE n < 3",
    "SELECT n + 1 FROM part RIGHT JOIN t ON t.n = pid WHERE n < 3",
    "SELECT n + 1 FROM t JOIN part ON t.n = pid WHERE n < (SELECT MAX(pid) FROM part)",
    "SELECT DISTINCT n + 1 FROM t WHERE n < 3",
]
WHOLE = [
    "SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3 ORDER BY 1 LIMIT 5",
    "SELECT 1 AS n UNION ALL SELECT n + 1 FROM t LIMIT 5",
    "SELECT n + 1 AS n FROM t WHERE n < 3 UNION ALL SELECT 1",
    "SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3 UNION ALL SELECT n + 2 FROM t WHERE n < 3",
    "SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3 EXCEPT SELECT 2",
]


def assert_refused(engines, query, dialect):
    sql = f"WITH RECURSIVE t AS ({query}) SELECT * FROM t"
    assert "recursion" in refused(sql, dialect, dialect)
    with pytest.raises(Exception, match=r"(?i)recursive"):
        engines.run(dialect, sql)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
def test_a_step_that_cannot_be_is_named(engines, step, dialect):
    assert_refused(engines, f"SELECT 1 AS n UNION ALL {step}", dialect)


@pytest.mark.parametrize("query", WHOLE)
def test_a_recursion_that_postgres_does_not_take_is_named(engines, query):
    assert_refused(engines, query, "postgres")


@pytest.mark.parametrize("step", TAKEN)
@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
def test_a_step_that_can_be_is_taken(engines, step, dialect):
    sql = f"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL {step}) SELECT * FROM t"
    judgement = judged(sql, dialect, dialect)
    assert judgement.valid, [issue.message for issue in judgement.issues]
    engines.run(dialect, str(judgement.sql))


def test_sqlite_takes_a_limit_as_the_end():
    sql = f"WITH RECURSIVE t AS ({WHOLE[1]}) SELECT * FROM t"
    assert not refused(sql, "sqlite", "sqlite")
