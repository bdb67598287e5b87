"""Functions whose operands, or whose name, mean something else in another dialect."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES, PAIRS

pairs = pytest.mark.parametrize(("source", "target"), PAIRS)
engine = pytest.mark.parametrize("source", ENGINES)


@pairs
@pytest.mark.parametrize(
    "call", ["TRIM({} 'e' FROM s)", "TRIM({} 'Ev' FROM s)", "TRIM({} w FROM s)"]
)
@pytest.mark.parametrize("side", ["BOTH", "LEADING", "TRAILING"])
def test_trim_removes_letters_or_a_text(engines, side, call, source, target):
    if source in ("sqlite", "duckdb"):
        name = {"BOTH": "TRIM", "LEADING": "LTRIM", "TRAILING": "RTRIM"}[side]
        letters = call.split()[1]
        sql = f"SELECT id, {name}(s, {letters}) FROM item JOIN part ON pid = id"
    else:
        sql = f"SELECT id, {call.format(side)} FROM item JOIN part ON pid = id"
    if "mysql" in (source, target) and "'e'" not in call:
        assert refused(sql, source, target) == {"dialect"}
    else:
        assert_same(engines, sql, source, target)


@pairs
@pytest.mark.parametrize(
    "value", ["LOG(100)", "LOG(id)", "LOG(2, id)", "LOG10(id)", "LOG(10, id + 1)", "LN(id)"]
)
def test_a_logarithm_has_the_same_base(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pairs
def test_a_logarithm_of_a_double_is_the_same(engines, source, target):
    call = "LOG10(ABS(r))" if source == "postgres" else "LOG10(ABS(r)), LOG(2, ABS(r))"
    assert_same(engines, f"SELECT id, {call} FROM item", source, target)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [("tsql", "postgres", "LN(id)"), ("postgres", "tsql", "LOG10(id)"), ("mysql", "tsql", "LOG(id)"),
     ("postgres", "snowflake", "LOG(10, id)"), ("bigquery", "duckdb", "LN(id)"),
     ("duckdb", "oracle", "LOG(10, id)"), ("duckdb", "bigquery", "LOG10(id)")],
)  # fmt: skip
def test_a_logarithm_is_written_by_its_base(source, target, expected):
    sql = judged("SELECT LOG(id) AS x FROM item", source, target).sql
    assert expected in str(sql).replace("item.", "")


@pytest.mark.parametrize(
    ("source", "call"), [("mysql", "LENGTH"), ("postgres", "OCTET_LENGTH"), ("duckdb", "STRLEN")]
)
@pytest.mark.parametrize("target", ENGINES)
def test_bytes_are_counted(engines, source, call, target):
    sql = f"SELECT {call}('Fée'), id * {call}(s) FROM item"
    assert_same(engines, sql, source, target)
    assert_same(engines, sql.replace("Fée", ""), source, target)


@engine
def test_mysql_translates_no_letters(source):
    assert refused("SELECT TRANSLATE(s, 'E', 'e') FROM item", source, "mysql")


@pairs
@pytest.mark.parametrize("pattern", ["[ ]+", "[0-9 ]", r"^\s"])
def test_all_matches_are_replaced_or_the_first(engines, pattern, source, target):
    if "sqlite" in (source, target):
        return
    pattern = pattern.replace("\\", "\\\\") if source == "mysql" else pattern
    flag = "" if source == "mysql" else ", 'g'"
    sql = f"SELECT REGEXP_REPLACE(s, '{pattern}', '-'{flag}) FROM item"
    assert_same(engines, sql, source, target)
    if target == "mysql":
        assert refused(sql.replace(", 'g'", ""), source, target) == {"dialect"}


@pytest.mark.parametrize("pattern", ["'e'", "'[a-z]'", "'[!-~]'", "w", r"'\\w'"])
@pytest.mark.parametrize("other", ["duckdb", "postgres"])
def test_a_pattern_with_letters_minds_case_or_is_refused(pattern, other):
    for source, target in (("mysql", other), (other, "mysql")):
        sql = f"SELECT REGEXP_REPLACE(s, {pattern}, '') FROM item JOIN part ON pid = id"
        allowed = set() if (source, pattern) == ("mysql", r"'\\w'") else {"dialect"}
        assert refused(sql, source, target) == allowed


@pytest.mark.parametrize("value", ["REGEXP_SUBSTR(s, '[0-9]')", "REGEXP_REPLACE(s, ' ', '\\\\1')"])
def test_what_finds_otherwise_is_refused(value):
    assert refused(f"SELECT {value} FROM item", "mysql", "postgres") == {"dialect"}


OTHERWISE = [
    ("postgres", "SELECT ARRAY_AGG(s) FROM item"),
    ("duckdb", "SELECT LIST(s) FROM item"),
    ("duckdb", "SELECT day + TO_DAYS(id) FROM item"),
    ("duckdb", "SELECT TO_DAYS(id) FROM item"),
    ("duckdb", "SELECT EPOCH_MS(seen) FROM item"),
    ("sqlite", "SELECT FORMAT('%d', id) FROM item"),
    ("postgres", "SELECT FORMAT('%s', s) FROM item"),
    ("sqlite", "SELECT TIMEDIFF(seen, day) FROM item"),
]


@pytest.mark.parametrize(("source", "sql"), OTHERWISE)
def test_another_function_of_the_same_name_is_refused(source, sql):
    assert refused(sql, source, "mysql") == {"dialect"}
