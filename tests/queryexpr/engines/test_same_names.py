"""Two columns of one name in a query of FROM, WITH or ORDER BY."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES

TWICE = "SELECT n, m AS n FROM item"
engine = pytest.mark.parametrize("source", ENGINES)
FIRST = ("sqlite", "duckdb")


@engine
@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT x.n FROM ({TWICE}) AS x",
        f"WITH x AS ({TWICE}) SELECT n FROM x",
        "SELECT id FROM (SELECT * FROM item AS a JOIN item AS b ON a.id = b.id) AS x",
        f"{TWICE} ORDER BY n, m",
        f"{TWICE} UNION ALL SELECT 1, 2 ORDER BY n",
    ],
)
def test_a_name_of_two_columns_is_used_where_it_means_the_first(engines, sql, source, target):
    if source in FIRST and target in FIRST:
        assert_same(engines, sql, source, target)
    else:
        assert refused(sql, source, target) & {"ambiguous_column", "duplicate_alias"}


@engine
@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize(
    "sql", [f"SELECT COUNT(*) FROM ({TWICE}) AS x", f"WITH x AS ({TWICE}) SELECT COUNT(*) FROM x"]
)
def test_mysql_takes_no_name_twice(engines, sql, source, target):
    if "mysql" in (source, target):
        assert refused(sql, source, target) == {"duplicate_alias"}
    else:
        assert_same(engines, sql, source, target)


@engine
@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize(
    "sql",
    [
        "WITH x(a, b) AS (SELECT n, n FROM item) SELECT a FROM x",
        "SELECT x.k FROM (SELECT k, w FROM part JOIN item ON item_id = id) AS x",
        "SELECT n, item.n FROM item ORDER BY n, id",
    ],
)
def test_a_name_of_one_column_is_clear(engines, sql, source, target):
    assert_same(engines, sql, source, target)
