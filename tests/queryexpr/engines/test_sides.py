"""Both sides of a set operation need a common type where the database converts none."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused

REFUSED = [
    "SELECT n FROM item UNION ALL SELECT s FROM item",
    "SELECT id, CASE WHEN ok THEN NULL END AS a FROM item UNION ALL SELECT id, n FROM item",
    "SELECT n FROM item EXCEPT SELECT CASE WHEN n > 1 THEN NULL ELSE NULL END FROM item",
    "SELECT NULL UNION ALL SELECT NULL UNION ALL SELECT n FROM item",
    "SELECT 'x' AS a UNION ALL SELECT NULL UNION ALL SELECT n FROM item",
    "SELECT ok FROM item INTERSECT SELECT s FROM item",
    "SELECT a FROM (SELECT s AS a FROM item) AS q UNION SELECT COUNT(*) FROM item",
]
TAKEN = [
    "SELECT NULL AS a UNION ALL SELECT n FROM item",
    "SELECT n FROM item UNION ALL SELECT NULL UNION ALL SELECT NULL",
    "SELECT '1' AS a UNION ALL SELECT n FROM item",
    "SELECT NULL AS a UNION ALL SELECT s FROM item",
    "SELECT CASE WHEN ok THEN NULL END AS a FROM item UNION ALL SELECT s FROM item",
    "SELECT CASE WHEN ok THEN '1' ELSE n END AS a FROM item UNION ALL SELECT n FROM item",
    "SELECT COALESCE('1', n) AS a FROM item UNION ALL SELECT n FROM item",
    "SELECT CASE WHEN ok THEN CAST(NULL AS INTEGER) END AS a FROM item UNION ALL SELECT n FROM item",
    "SELECT * FROM item UNION ALL SELECT * FROM item",
]


@pytest.mark.parametrize("sql", REFUSED)
@pytest.mark.parametrize("source", ["postgres", "sqlite"])
def test_what_postgres_does_not_match_is_refused(engines, sql, source):
    assert refused(sql, source, "postgres") == {"type_mismatch"}
    with pytest.raises(Exception, match="cannot be matched"):
        engines.run("postgres", sql)


@pytest.mark.parametrize("sql", TAKEN)
def test_what_postgres_matches_is_taken(engines, sql):
    assert_same(engines, sql, "postgres", "postgres")


def test_the_issue_names_the_column_and_the_remedy():
    plain, of_null = (judged(sql, "postgres", "postgres").issues[0] for sql in REFUSED[:2])
    assert plain.message == (
        "Column 1 of UNION ALL is a number on the left and a text on the right: cast one of them."
    )
    assert of_null.message.startswith("Column 2 of UNION ALL is a text on the left and a number")
    assert of_null.message.endswith(
        "NULL needs a type in a CASE, and in the first two of several queries."
    )


def test_what_converts_is_no_error(engines):
    assert not refused(REFUSED[0], "sqlite", "sqlite")
    assert refused(REFUSED[0], "bigquery", "bigquery") == {"type_mismatch"}
