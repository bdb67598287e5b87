r"""LIKE in another dialect: `\` escapes in Postgres and MySQL, and is a letter elsewhere."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS

pytestmark = pytest.mark.parametrize(("source", "target"), PAIRS)
TEXTS = [r"a\b", r"a\\b", "a%b", r"a\%b", "a_b", "axb", "A!%B", "[a]b", "a*b", "a?b"]
PATTERNS = [
    r"%\%", r"a\b", r"a\\b", r"a\%b", r"%\_b", r"%\\%", r"a\\\%b", r"a_b", r"%\!%", r"[a]b", r"a*_",
]  # fmt: skip


def _query(condition: str, dialect: str) -> str:
    values = " UNION ALL ".join(f"SELECT '{text}' AS t" for text in TEXTS)
    sql = f"SELECT t FROM ({values}) AS v WHERE {condition}"
    return sql.replace("\\", "\\\\") if dialect == "mysql" else sql


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("word", ["LIKE", "NOT LIKE"])
def test_a_backslash_means_the_same(engines, word, pattern, source, target):
    assert_same(engines, _query(f"t {word} '{pattern}'", source), source, target)


@pytest.mark.parametrize("pattern", ["%!%%", "%!_b", r"a\b", r"a\!%b"])
def test_an_escape_of_another_letter_is_the_same(engines, pattern, source, target):
    assert_same(engines, _query(f"t LIKE '{pattern}' ESCAPE '!'", source), source, target)


@pytest.mark.parametrize("pattern", [r"%\%", r"a\_B"])
def test_a_pattern_that_ignores_case_is_the_same(engines, pattern, source, target):
    if source in ("postgres", "duckdb"):
        assert_same(engines, _query(f"t NOT ILIKE '{pattern}'", source), source, target)


def test_a_computed_pattern_is_the_same_or_refused(engines, source, target):
    sql = _query("t LIKE REPLACE(t, 'b', '%')", source)
    if refused(sql, source, target) != {"dialect"}:
        assert_same(engines, sql, source, target)


def test_a_pattern_without_a_backslash_is_kept(source, target):
    sql = str(judged("SELECT id FROM item WHERE s LIKE '%a_'", source, target).sql)
    assert "ESCAPE" not in sql
    assert "REPLACE" not in sql
