"""Words and operands that only one dialect has: arrays, letters, replacements, WITH and LIMIT."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES

ARRAYS = ["{0} || NULL", "{0} || {1}", "{2} || {1} || {2}", "{3} || {1}"]
_OF = {
    "postgres": (
        "ARRAY[1, 2]", "ARRAY[3]", "ARRAY_AGG(n ORDER BY id)",
        "ARRAY_AGG(n) FILTER (WHERE id > 99)",
    ),
    "duckdb": ("[1, 2]", "[3]", "LIST(n ORDER BY id)", "LIST(n) FILTER (WHERE id > 99)"),
}  # fmt: skip


@pytest.mark.parametrize("value", ARRAYS)
@pytest.mark.parametrize(("source", "target"), [("postgres", "duckdb"), ("duckdb", "postgres")])
def test_arrays_are_joined_as_their_dialect_joins_nulls(engines, value, source, target):
    assert_same(engines, f"SELECT {value.format(*_OF[source])} FROM item", source, target)


def test_an_array_is_joined_with_arrays_only():
    assert refused("SELECT ARRAY[1, 2] || 3", "postgres", "duckdb") == {"dialect"}


@pytest.mark.parametrize(
    ("source", "target", "array"),
    [("postgres", "duckdb", "ARRAY[1, 2]"), ("duckdb", "postgres", "[1, 2]")],
)
def test_concat_of_arrays_is_not_translated(source, target, array):
    assert refused(f"SELECT CONCAT({array}, NULL)", source, target) == {"dialect"}
    assert not refused("SELECT CONCAT(s, NULL) FROM item", source, target)


@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_ascii_of_mysql_is_the_first_byte(engines, target):
    letters = ", ".join(f"ASCII('{letter}')" for letter in ("é", "€", "😀", "x", ""))
    assert_same(engines, f"SELECT {letters}, ASCII(NULL)", "mysql", target)
    assert_same(engines, "SELECT id, ASCII(s) FROM item", "mysql", target)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_ascii_of_other_dialects_is_not(engines, source):
    assert_same(engines, "SELECT ASCII('x')", source, "mysql")
    assert refused("SELECT ASCII('é')", source, "mysql") == {"dialect"}
    assert refused("SELECT ASCII(s) FROM item", source, "mysql") == {"dialect"}


def test_unicode_of_an_empty_text_is_null_in_sqlite_only(engines):
    assert_same(engines, "SELECT UNICODE('é')", "sqlite", "postgres")
    assert refused("SELECT UNICODE(s) FROM item", "sqlite", "postgres") == {"dialect"}


@pytest.mark.parametrize("replacement", [r"\n", r"x\&"])
def test_a_backslash_in_a_replacement_of_duckdb_is_before_a_digit(replacement):
    sql = f"SELECT REGEXP_REPLACE(s, 'a', '{replacement}') FROM item"
    assert refused(sql, "duckdb", "duckdb") == {"operands"}


@pytest.mark.parametrize("replacement", [r"\n", r"x\&", r"<\&\&>", r"\0", r"\\", r"\\&", "&"])
def test_a_replacement_of_postgres_keeps_the_match_and_backslashes(engines, replacement):
    sql = f"SELECT id, REGEXP_REPLACE(s, 'a', '{replacement}') FROM item"
    assert_same(engines, sql, "postgres", "duckdb")


@pytest.mark.parametrize("replacement", [r"<\0>", r"\\0", r"\\", "&"])
def test_a_replacement_of_duckdb_keeps_the_match(engines, replacement):
    sql = f"SELECT id, REGEXP_REPLACE(s, '(a)', '{replacement}') FROM item"
    assert_same(engines, sql, "duckdb", "postgres")


@pytest.mark.parametrize(("source", "target"), [("postgres", "duckdb"), ("duckdb", "postgres")])
def test_a_replacement_of_rows_is_not_translated(source, target):
    assert refused("SELECT REGEXP_REPLACE(s, 'a', s) FROM item", source, target) == {"dialect"}


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_group_in_a_replacement_is_the_same(engines, source):
    sql = r"SELECT REGEXP_REPLACE(s, '(a)', '<\1>') FROM item"
    assert_same(engines, sql, source, "duckdb")


def test_a_state_of_duckdb_is_no_alias():
    sql = "SELECT LIST(n ORDER BY id) EXPORT_STATE FROM item"
    assert refused(sql, "duckdb", "duckdb") == {"not_supported"}


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM item UNION (WITH c AS (SELECT pid FROM part) SELECT pid FROM c)",
        "(WITH c AS (SELECT pid FROM part) SELECT pid FROM c) UNION ALL SELECT id FROM item"
        " ORDER BY 1 LIMIT 3",
    ],
)
def test_a_side_of_union_begins_with_with(engines, sql, source, target):
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize("target", ["postgres", "mysql", "duckdb"])
def test_a_limit_in_a_recursion_is_not_translated(target):
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5) SELECT x FROM c"
    assert refused(sql, "sqlite", target) <= {"dialect", "recursion"}
    assert refused(sql, "sqlite", target)
