"""Words that only some dialects have: they are read as what they are, and written as they stood."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_sql
from queryexpr.issues import Refused
from queryexpr.lift.lift import lift
from tests.queryexpr.triples import carried, catalogue, compiled, document, in_duckdb, rows

SAME = [
    ("oracle", "SELECT SYSDATE, SYSTIMESTAMP FROM sale"),
    ("oracle", "SELECT id FROM sale WHERE sold > SYSDATE - 7"),
    ("oracle", "SELECT TO_NUMBER(name), TO_NUMBER(name, '999.99') FROM product"),
    ("oracle", "SELECT DECODE(id, 1, 'one', NULL, 'none', 'many') FROM sale"),
    ("snowflake", "SELECT DECODE(id, 1, 'one', NULL, 'none', 'many') FROM sale"),
    ("duckdb", "SELECT ARG_MAX(name, price), ARG_MIN(name, price) FROM product"),
    ("duckdb", "SELECT MAX_BY(name, price), MIN_BY(name, price) FROM product"),
    ("snowflake", "SELECT MAX_BY(name, price) FROM product"),
    ("bigquery", "SELECT MIN_BY(name, price) FROM product"),
    ("duckdb", "SELECT QUANTILE_CONT(price, 0.5), QUANTILE_DISC(price, 0.5) FROM product"),
    ("duckdb", "SELECT QUANTILE_CONT(price, 0.25 ORDER BY price DESC) FROM product"),
    ("postgres", "SELECT INITCAP(name), CHR(65) FROM product"),
    ("bigquery", "SELECT TRANSLATE(name, 'a', 'b') FROM product"),
    ("sqlite", "SELECT CHAR(65, 66) FROM product"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql"), SAME)
def test_functions_of_one_dialect_keep_their_names(dialect, sql):
    judged = judge_sql(sql, DIALECTS[dialect], DIALECTS[dialect], catalogue("shop"))
    assert judged.valid, judged.issues
    assert compiled(lift(judged.sql or "", DIALECTS[dialect]).expression, dialect) == sql


CALLS = ["", "a", "a, b", "MONTH, a", "MONTH, a, b", "a, b, MONTH", "a, MONTH", "a, b, c", "a IN b", "MONTH FROM a"]  # fmt: skip


def is_read(dialect: str, name: str, operands: str) -> bool:
    bare = name in DIALECTS[dialect].bare
    try:
        lift(f"SELECT {name}{'' if bare else f'({operands})'} FROM t", DIALECTS[dialect])
    except Refused:
        return False
    return True


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_allowed_function_can_be_lifted(dialect):
    names = {*DIALECTS[dialect].scalars(), *DIALECTS[dialect].spellings}
    unread = {name for name in names if not any(is_read(dialect, name, call) for call in CALLS)}
    assert unread <= {"OVERLAY"}  # which has words for commas


@pytest.mark.parametrize(
    "name", ["CEIL", "FLOOR", "EXTRACT", "CAST", "POSITION", "TRIM", "SUBSTRING"]
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_call_without_its_operand_is_refused(dialect, name):
    with pytest.raises(Refused):
        lift(f"SELECT {name}()", DIALECTS[dialect])


@pytest.mark.parametrize("source", ["oracle", "mysql", "snowflake"])
@pytest.mark.parametrize("target", DIALECTS)
def test_dual_is_no_table(source, target):
    sql = "SELECT 1 AS n FROM dual UNION ALL SELECT n FROM (SELECT 2 AS n FROM DUAL d) q"
    written = carried(sql, source, target)
    assert ("DUAL" in written) is (target == "oracle")
    assert target == "oracle" or in_duckdb(written) == [(1.0,), (2.0,)]


@pytest.mark.parametrize(
    "sql", ["SELECT 1 FROM dual", "SELECT 1 FROM sale, dual", "SELECT * FROM dual", "SELECT dummy FROM dual"]
)  # fmt: skip
@pytest.mark.parametrize("dialect", DIALECTS)
def test_dual_is_a_table_in_other_dialects(dialect, sql):
    judged = judge_sql(sql, DIALECTS[dialect], DIALECTS[dialect], catalogue("shop"))
    known = dialect in ("oracle", "mysql", "snowflake") and sql == "SELECT 1 FROM dual"
    assert judged.valid is known


@pytest.mark.parametrize("target", ["postgres", "mysql", "tsql", "sqlite", "duckdb"])
def test_the_servers_time_is_translated(target):
    assert "CURRENT_TIMESTAMP" in carried("SELECT SYSDATE FROM dual", "oracle", target) or target == "tsql"  # fmt: skip


@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_decode_treats_nulls_as_equal(target):
    written = carried(
        "SELECT DECODE(stock, NULL, 'none', 0, 'out', 'some') FROM product", "oracle", target
    )
    result = in_duckdb(written) if target == "duckdb" else rows(written, "shop")
    assert sorted({row[0] for row in result}) == ["none", "out", "some"]


@pytest.mark.parametrize("name", ["CONT", "DISC"])
@pytest.mark.parametrize("order", ["", " ORDER BY price", " ORDER BY price DESC"])
def test_a_quantile_is_a_percentile(name, order):
    sql = f"SELECT QUANTILE_{name}(price, 0.25{order}) FROM product"
    lifted = lift(sql, DIALECTS["duckdb"]).expression
    assert document(lifted)["select"][0]["expr"]["agg"] == f"percentile_{name.lower()}"
    assert in_duckdb(compiled(lifted, "duckdb")) == in_duckdb(sql)


def test_a_quantile_of_another_order_is_refused():
    with pytest.raises(Refused):
        lift("SELECT QUANTILE_CONT(price, 0.5 ORDER BY stock) FROM product", DIALECTS["duckdb"])


@pytest.mark.parametrize(
    ("quantified", "op"), [("= ANY", "in"), ("<> ALL", "not in"), ("!= ALL", "not in")]
)
def test_a_comparison_with_any_or_all_rows_is_in_or_not_in(quantified, op):
    sql = f"SELECT id FROM sale WHERE product_id {quantified} (SELECT id FROM product)"
    assert document(lift(sql, DIALECTS["postgres"]).expression)["where"]["op"] == op


@pytest.mark.parametrize("quantified", ["= ALL", "<> ANY", "> ALL", "< ANY"])
def test_other_comparisons_with_any_or_all_keep_their_names(quantified):
    sql = f"SELECT id FROM sale WHERE product_id {quantified} (SELECT id FROM product)"
    condition = document(lift(sql, DIALECTS["postgres"]).expression)["where"]
    assert condition["op"] == quantified.lower()
    with pytest.raises(Refused, match=r"ANY|ALL"):
        lift(sql, DIALECTS["sqlite"])


# ── Rows that are compared ──────────────────────────────────────────────────────────────────

AMONG = "SELECT id FROM product WHERE {}(category_id, stock) IN ((2, 0), (3, NULL), (3, 4 + 1))"


@pytest.mark.parametrize("source", [name for name in DIALECTS if DIALECTS[name].reads_rows])
@pytest.mark.parametrize("negation", ["", "NOT "])
def test_rows_in_a_list_are_compared_column_by_column(negation, source):
    sql = AMONG.format(negation)
    expected = rows(sql.replace("IN (", "IN (VALUES "), "shop")
    assert rows(carried(sql, source, "sqlite"), "shop") == expected
    assert in_duckdb(carried(sql, source, "duckdb")) == expected


@pytest.mark.parametrize("negation", ["", "NOT "])
def test_rows_of_duckdb_are_read_with_equal_nulls(negation):
    sql = AMONG.format(negation)
    assert in_duckdb(carried(sql, "duckdb", "duckdb")) == in_duckdb(sql)


@pytest.mark.parametrize(
    "condition",
    [
        "(id, stock) IN ((1, 2), (3))",
        "(id, stock) IN ((1, 2), (3, 4, 5))",
        "(id, stock + 1) IN ((1, 2))",
        "(id, stock) < (1, 2, 3)",
        "(id, stock) IN (1, 2)",
        f"(id, stock) IN ({', '.join(['(1, 2)'] * 251)})",
    ],
)
def test_other_comparisons_of_rows_are_refused_by_name(condition):
    with pytest.raises(Refused) as refused:
        lift(f"SELECT id FROM product WHERE {condition}", DIALECTS["postgres"])
    assert [w for w in ("TUPLE", "rows") if w in str(refused.value)]
