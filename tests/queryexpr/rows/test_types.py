"""The schema knows types: what Postgres and BigQuery refuse is an error there."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import errors, judged, written

WRONG = [
    "SELECT AVG(name) FROM emp",
    "SELECT SUM(id > 1) FROM emp",
    "SELECT id FROM emp WHERE name = id",
    "SELECT id FROM emp WHERE active = 1",
    "SELECT id FROM emp WHERE name > hired",
    "SELECT id FROM emp WHERE id LIKE '1%'",
    "SELECT id FROM emp WHERE hired LIKE '2020%'",
    "SELECT EXTRACT(YEAR FROM name) FROM emp",
    "SELECT name - name FROM emp",
    "SELECT LOWER(id) FROM emp",
    "SELECT ROUND(name) FROM emp",
    "SELECT id FROM emp WHERE salary",
    "SELECT e.id FROM emp e JOIN dept d ON d.name = e.dept_id",
    "SELECT x FROM (SELECT name AS x FROM emp) e WHERE x = 5",
]


@pytest.mark.parametrize("sql", WRONG)
@pytest.mark.parametrize("dialect", ["postgres", "bigquery"])
def test_an_operand_of_the_wrong_type_is_an_error(sql, dialect):
    assert set(errors(sql, dialect)) == {"type_mismatch"}


@pytest.mark.parametrize("sql", [sql for sql in WRONG if "EXTRACT" not in sql])
def test_other_dialects_convert(sql):
    assert "error" not in [issue.severity for issue in judged(sql, "sqlite").issues]


@pytest.mark.parametrize("source", ["sqlite", "mysql"])
@pytest.mark.parametrize("target", ["postgres", "bigquery"])
def test_what_the_other_dialect_does_not_convert_is_an_error(source, target):
    assert errors("SELECT id FROM emp WHERE salary", source, target) == ["type_mismatch"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM emp WHERE id = '5' AND hired BETWEEN '2020-01-01' AND '2021-01-01'",
        "SELECT AVG(salary), SUM(bonus), MAX(name), COUNT(active) FROM emp",
        "SELECT ROUND(pay, 1), LENGTH(name), EXTRACT(YEAR FROM seen), -bonus, id + 1 FROM emp",
        "SELECT hired - INTERVAL '1 day', MAX(hired) OVER () - hired FROM emp",
        "SELECT id FROM emp WHERE active AND (id > 1) = TRUE AND NOT active",
        "SELECT id FROM emp WHERE CAST(hired AS TEXT) LIKE '2%' AND name || id = 'x1'",
        "SELECT id FROM emp WHERE COALESCE(name, 'x') = CASE WHEN id > 1 THEN 'a' END",
    ],
)
def test_operands_of_the_right_types_are_allowed(sql):
    assert written(sql, "postgres")
