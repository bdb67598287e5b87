"""Statistics of a sample and of a population keep their difference in each dialect's words."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import written

# Dialect → its words for: deviation and variance of a sample, and of the population.
WORDS = {
    "postgres": ("STDDEV_SAMP", "VAR_SAMP", "STDDEV_POP", "VAR_POP"),
    "mysql": ("STDDEV_SAMP", "VAR_SAMP", "STDDEV_POP", "VAR_POP"),
    "tsql": ("STDEV", "VAR", "STDEVP", "VARP"),
    "snowflake": ("STDDEV_SAMP", "VAR_SAMP", "STDDEV_POP", "VAR_POP"),
}
SAME = {"STDDEV_SAMP": "STDDEV", "VAR_SAMP": "VARIANCE"}


@pytest.mark.parametrize("source", WORDS)
@pytest.mark.parametrize("target", WORDS)
def test_a_statistic_has_the_words_of_the_other_dialect(source, target):
    for ours, theirs in zip(WORDS[source], WORDS[target], strict=True):
        sql = written(f"SELECT {ours}(salary) FROM emp", source, target)
        assert sql in (f"SELECT {word}(salary) FROM emp" for word in (theirs, SAME.get(theirs)))


@pytest.mark.parametrize(
    ("name", "meaning"),
    [("STDDEV", "STDDEV_POP"), ("STD", "STDDEV_POP"), ("VARIANCE", "VAR_POP")],
)
@pytest.mark.parametrize("target", ["mysql", "postgres", "duckdb", "oracle", "bigquery"])
def test_plain_statistics_of_mysql_are_of_the_population(name, meaning, target):
    sql = f"SELECT {name}(DISTINCT salary) FROM emp"
    assert written(sql, "mysql", target) == f"SELECT {meaning}(DISTINCT salary) FROM emp"


@pytest.mark.parametrize("source", ["postgres", "duckdb", "oracle", "snowflake", "bigquery"])
def test_plain_statistics_of_others_are_of_a_sample(source):
    sql = written("SELECT STDDEV(salary), VARIANCE(salary) FROM emp", source, "mysql")
    assert sql == "SELECT STDDEV_SAMP(salary), VAR_SAMP(salary) FROM emp"
