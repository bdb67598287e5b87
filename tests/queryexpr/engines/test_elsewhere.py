"""What is written for databases that do not run here, by what their manuals say."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import judged, refused


def written(sql: str, source: str, target: str) -> str:
    judgement = judged(sql, source, target)
    assert judgement.valid, [issue.message for issue in judgement.issues]
    return " ".join(str(judgement.sql).split()).replace("( ", "(").replace(" )", ")")


def warnings(sql: str, source: str, target: str) -> set[str]:
    return {i.code for i in judged(sql, source, target).issues if i.severity == "warning"}


# ── Today ───────────────────────────────────────────────────────────────────────────────────

TODAY = {
    "postgres": "CURRENT_DATE", "mysql": "CURDATE()", "snowflake": "CURRENT_DATE",
    "sqlite": "date('now')", "duckdb": "CURRENT_DATE", "bigquery": "CURRENT_DATE()",
    "oracle": "TRUNC(SYSDATE)", "tsql": "CAST(GETDATE() AS DATE)",
}  # fmt: skip


@pytest.mark.parametrize(("source", "today"), TODAY.items())
@pytest.mark.parametrize(
    ("target", "day"), [("tsql", "CAST(GETDATE() AS DATE)"), ("oracle", "TRUNC(")]
)
def test_today_has_no_hours(source, today, target, day):
    assert f"day = {day}" in written(f"SELECT id FROM item WHERE day = {today}", source, target)


@pytest.mark.parametrize("now", ["SYSDATE", "CURRENT_DATE"])
def test_a_date_of_oracle_has_hours(now):
    sql = f"SELECT id FROM item WHERE seen = {now}"
    assert "seen = CURRENT_TIMESTAMP" in written(sql, "oracle", "postgres")
    assert f"seen = {now}" in written(sql, "oracle", "oracle")


@pytest.mark.parametrize(
    ("code", "unit"),
    [("YYYY", "YEAR"), ("Q", "QUARTER"), ("MM", "MONTH"), ("IW", "WEEK"), ("HH24", "HOUR"),
     ("MI", "MINUTE")],
)  # fmt: skip
def test_dates_are_cut_by_codes(code, unit):
    portable = f"SELECT DATE_TRUNC('{unit}', seen) FROM item"
    cut = f"SELECT TRUNC(seen, '{code}') FROM item"
    assert written(portable, "postgres", "oracle") == cut
    assert written(cut, "oracle", "postgres") == portable
    assert warnings(cut, "oracle", "oracle") == set()


def test_trunc_is_of_days_or_of_numbers():
    sql = "SELECT TRUNC(seen), TRUNC(day, 'DD'), TRUNC(r) FROM item"
    assert "CAST(ITEM.seen AS DATE), CAST(ITEM.day AS DATE), TRUNC(ITEM.r)" in written(
        sql, "oracle", "postgres"
    )
    assert written("SELECT DATE_TRUNC('day', seen) FROM item", "postgres", "oracle") == (
        "SELECT TRUNC(seen) FROM item"
    )


@pytest.mark.parametrize("code", ["DAY", "WW", "W", "CC", "IYYY"])
def test_a_code_that_others_lack_is_refused(code):
    assert refused(f"SELECT TRUNC(seen, '{code}') FROM item", "oracle", "postgres") == {"dialect"}


WEEKS = [
    ("bigquery", "DATE_TRUNC(day, ISOWEEK)"), ("tsql", "DATETRUNC(ISO_WEEK, day)"),
    ("postgres", "DATE_TRUNC('WEEK', day)"), ("snowflake", "DATE_TRUNC('WEEK', day)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "call"), WEEKS)
@pytest.mark.parametrize(("target", "other"), WEEKS)
def test_a_week_begins_on_a_monday(source, call, target, other):
    sql = written(f"SELECT {call} FROM item", source, target)
    assert sql == f"SELECT {other} FROM item"


@pytest.mark.parametrize(
    ("source", "call"), [("bigquery", "DATE_TRUNC(day, WEEK)"), ("tsql", "DATETRUNC(WEEK, day)")]
)
@pytest.mark.parametrize("target", ["postgres", "snowflake", "mysql", "oracle"])
def test_a_week_that_begins_on_a_sunday_is_refused(source, call, target):
    assert refused(f"SELECT {call} FROM item", source, target)


# ── Dates and texts ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("source", ["oracle", "postgres"])
def test_dates_are_literals_in_oracle(source):
    sql = (
        "SELECT id FROM item WHERE {} >= DATE '2024-01-01' OR {} < TIMESTAMP '2024-01-01 10:00:00'"
    )
    sql = sql.format("day", "seen")
    for text in ("day >= DATE '2024-01-01'", "seen < TIMESTAMP '2024-01-01 10:00:00'"):
        assert text in written(sql, source, "oracle")


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("day >= '2024-01-01'", "day >= DATE '2024-01-01'"),
        ("'2024-01-01' < day", "DATE '2024-01-01' < day"),
        ("day BETWEEN '2024-01-01' AND '2024-02-01'",
         "day BETWEEN DATE '2024-01-01' AND DATE '2024-02-01'"),
        ("day IN ('2024-01-01', '2024-02-01')", "day IN (DATE '2024-01-01', DATE '2024-02-01')"),
        ("seen > '2024-01-01 10:00:00'", "seen > TIMESTAMP '2024-01-01 10:00:00'"),
        ("s = '2024-01-01'", "s = '2024-01-01'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", ["postgres", "mysql", "oracle"])
def test_a_text_beside_a_date_is_a_date_in_oracle(test, expected, source):
    assert expected in written(f"SELECT id FROM item WHERE {test}", source, "oracle")


def test_a_cast_to_a_date_cuts_the_hours_off():
    sql = "SELECT CAST(seen AS DATE) FROM item"
    assert "TRUNC(CAST(item.seen AS DATE))" in written(sql, "postgres", "oracle")
    assert "CAST(ITEM.seen AS TIMESTAMP)" in written(sql, "oracle", "postgres")
    assert written(sql, "oracle", "oracle") == sql


@pytest.mark.parametrize("kind", ["TEXT", "VARCHAR"])
@pytest.mark.parametrize(
    ("target", "expected"), [("tsql", "VARCHAR(MAX)"), ("oracle", "VARCHAR2(4000)")]
)
def test_a_text_of_any_length_stays_one(kind, target, expected):
    sql = written(f"SELECT CAST(n AS {kind}) FROM item", "postgres", target)
    assert f"AS {expected})" in sql


def test_a_short_text_stays_short():
    sql = "SELECT CAST(s AS VARCHAR) FROM item"
    assert "VARCHAR(30)" in written(sql, "tsql", "postgres")
    assert written(sql, "tsql", "tsql") == sql


# ── Texts that are joined ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", ["n", "day", "r", "1"])
@pytest.mark.parametrize(("target", "cast"), [("tsql", "VARCHAR(MAX)"), ("bigquery", "STRING")])
def test_what_is_joined_to_a_text_is_cast(value, target, cast):
    for sql in (f"SELECT s || {value} FROM item", f"SELECT {value} || s FROM item"):
        assert f"AS {cast})" in written(sql, "postgres", target)


def test_a_sum_of_a_text_and_a_number_is_refused():
    assert refused("SELECT s + n FROM item", "tsql", "postgres") == {"dialect"}
    assert "item.s || 'x'" in written("SELECT s + 'x' FROM item", "tsql", "postgres")


@pytest.mark.parametrize("source", ["postgres", "mysql"])
def test_concat_of_three_is_a_chain_in_oracle(source):
    sql = written("SELECT CONCAT(s, '-', n) FROM item", source, "oracle")
    assert "item.s || '-' || item.n" in sql


@pytest.mark.parametrize("value", ["s = ''", "COALESCE(s, '') = 'a'", "s || 'x' = 'ax'"])
def test_an_empty_text_is_null_in_oracle(value):
    sql = f"SELECT id FROM item WHERE {value}"
    assert "empty_texts" in warnings(sql, "postgres", "oracle")
    assert "empty_texts" not in warnings(sql, "postgres", "snowflake")
    assert "empty_texts" not in warnings("SELECT id FROM item WHERE s = 'a'", "postgres", "oracle")


def test_spaces_at_the_end_have_no_length_in_sql_server():
    assert "spaces" in warnings("SELECT LENGTH(s) FROM item", "postgres", "tsql")
    assert "spaces" in warnings("SELECT LEN(s) FROM item", "tsql", "postgres")


# ── Clauses ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["tsql", "oracle"])
@pytest.mark.parametrize("source", ["postgres", "sqlite", "own"])
def test_a_number_in_group_by_is_the_value_that_it_means(source, target):
    source = target if source == "own" else source
    sql = written("SELECT n + 1 AS x, COUNT(*) FROM item GROUP BY 1", source, target)
    assert sql.endswith(("GROUP BY n + 1", "GROUP BY item.n + 1"))


def test_a_recursion_names_its_columns_in_oracle():
    sql = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5)"
    assert "WITH r(n) AS" in written(f"{sql} SELECT n FROM r", "postgres", "oracle")
    unnamed = sql.replace("1 AS n", "2, 1 AS n").replace("SELECT n + 1", "SELECT 3, n + 1")
    assert refused(f"{unnamed} SELECT n FROM r", "postgres", "oracle") == {"not_supported"}


@pytest.mark.parametrize(("test", "number"), [("IS DISTINCT FROM", 0), ("IS NOT DISTINCT FROM", 1)])
def test_equal_or_both_null_is_decoded_in_oracle(test, number):
    sql = written(f"SELECT id FROM item WHERE n {test} m", "postgres", "oracle")
    assert f"DECODE(n, m, 1, 0) = {number}" in sql


ROWS = "(SELECT pid AS x FROM part WHERE part.item_id = item.id)"
APPLIES = {
    "postgres": ("CROSS JOIN LATERAL {} AS l", "LEFT JOIN LATERAL {} AS l ON TRUE"),
    "tsql": ("CROSS APPLY {} AS l", "OUTER APPLY {} AS l"),
    "oracle": ("CROSS APPLY {} l", "OUTER APPLY {} l"),
}


@pytest.mark.parametrize("outer", [0, 1])
@pytest.mark.parametrize("source", APPLIES)
@pytest.mark.parametrize("target", APPLIES)
def test_lateral_is_apply(source, target, outer):
    sql = f"SELECT id, x FROM item {APPLIES[source][outer].format(ROWS)}"
    assert APPLIES[target][outer].format(ROWS) in written(sql, source, target)


def test_apply_has_no_condition():
    sql = f"SELECT id, x FROM item LEFT JOIN LATERAL {ROWS} AS l ON l.x > 3"
    assert refused(sql, "postgres", "tsql") == {"dialect"}


# ── Both sides of UNION ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["postgres", "bigquery", "oracle", "tsql", "snowflake"])
@pytest.mark.parametrize("sides", ["1 UNION ALL SELECT 'a'", "'a' UNION ALL SELECT 1"])
def test_a_number_and_a_word_are_no_column(sides, target):
    assert "type_mismatch" in refused(f"SELECT {sides}", target, target)


@pytest.mark.parametrize(("target", "taken"), [("postgres", True), ("bigquery", False)])
def test_a_text_of_digits_may_be_a_number(target, taken):
    assert (not refused("SELECT 1 UNION ALL SELECT '2'", target, target)) is taken


@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql"])
def test_a_column_of_both_is_a_text_elsewhere(target, engines):
    sql = "SELECT 1 UNION SELECT 'a'"
    assert not refused(sql, target, target)
    assert len(engines.run(target, sql)) == 2
