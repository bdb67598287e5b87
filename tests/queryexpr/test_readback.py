"""What is written is read again, and has to be what was checked."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate import judge
from queryexpr.gate.judge import judge_ir, judge_sql
from queryexpr.gate.readback import check_written
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import MAX_BYTES, lift
from queryexpr.translate.compile import compile_sql
from tests.queryexpr.triples import CASES, catalogue, compiled

SQLITE = DIALECTS["sqlite"]
ASKED = """SELECT DISTINCT city, COUNT(*) FROM customer AS c JOIN sale AS s ON c.id = s.customer_id
  WHERE s.quantity > 2 AND c.name = 'Ada' GROUP BY city HAVING COUNT(*) > 1
  ORDER BY city DESC LIMIT 3 OFFSET 1"""
TWISTS = [
    (" DISTINCT", ""), (", COUNT(*) FROM", " FROM"), ("customer AS", "product AS"),
    ("s.quantity > 2 AND ", ""), (" AND c.name = 'Ada'", ""), ("'Ada'", "'Eve'"), ("> 2", "> 3"),
    ("HAVING COUNT(*) > 1", ""), ("ORDER BY city DESC", ""), ("DESC", ""), ("LIMIT 3", "LIMIT 4"),
    (" OFFSET 1", ""), ("quantity", "discount"), ("JOIN sale AS s", "JOIN other AS s"),
    ("c.id = s.customer_id", "TRUE"), ("> 2", "< 2"), ("AND", "OR"), ("> 1", "> 1 OR 1 = 1"), ("LIMIT", "UNION SELECT 1, 2 LIMIT"),
]  # fmt: skip


def faults(sql: str, written: str, checked: str = "") -> tuple[Issue, ...]:
    """What is said of `sql` that was written of the query that `written` is."""
    queries = [lift(text, SQLITE).expression for text in (written, checked or written)]
    if not checked:
        queries[1] = queries[0]
    try:
        check_written(sql, queries[0], queries[1], SQLITE, catalogue("shop"))
    except Refused as refused:
        return refused.issues
    return ()


def reads_otherwise(issues: tuple[Issue, ...]) -> bool:
    """Is it the one issue of a text that says something else?"""
    (issue,) = issues
    return issue.code == "dialect" and "as something else than is meant here" in issue.message


def test_a_text_that_says_the_same_passes():
    assert faults(ASKED, ASKED) == ()
    assert faults(ASKED.replace("s.quantity > 2", "((s.quantity) > (2))"), ASKED) == ()


@pytest.mark.parametrize(("part", "other"), TWISTS)
def test_a_text_that_says_anything_else_does_not(part, other):
    twisted = ASKED.replace(part, other, 1)
    assert twisted != ASKED
    assert reads_otherwise(faults(twisted, ASKED))


@pytest.mark.parametrize("text", ["DROP TABLE sale", "SELECT 1; SELECT 2", "SELECT load_extension('x')"])  # fmt: skip
def test_a_text_that_is_no_query_we_know_is_refused_as_any(text):
    assert faults(text, "SELECT 1")


def test_a_translation_may_name_no_other_tables():
    same = "SELECT id FROM sale"
    assert reads_otherwise(faults(same, same, "SELECT id FROM product"))
    assert reads_otherwise(faults(same, same, "SELECT id FROM sale WHERE id = 1"))


def test_a_writer_that_errs_gives_no_sql(monkeypatch):
    monkeypatch.setattr(judge, "compile_sql", lambda *_, **__: "SELECT id FROM sale")
    asked = "SELECT id FROM sale WHERE quantity = 1"
    judged = judge_sql(asked, SQLITE, SQLITE, catalogue("shop"))
    assert (judged.valid, judged.sql) == (False, None)
    assert [issue.code for issue in judged.issues if issue.severity == "error"] == ["dialect"]


@pytest.mark.parametrize(
    ("dialect", "sql", "word"),
    [
        ("tsql", "SELECT name || city FROM customer", "||"),
        ("bigquery", "SELECT quantity % id FROM sale", "%"),
        ("oracle", "SELECT quantity % 2 FROM sale", "%"),
        ("mysql", "SELECT COUNT(*) FILTER (WHERE NULL) FROM sale", "a part of the query"),
    ],
)
def test_words_of_another_dialect_are_named(dialect, sql, word):
    judged = judge_sql(sql, DIALECTS[dialect], DIALECTS[dialect], catalogue("shop"))
    (issue,) = [issue for issue in judged.issues if issue.severity == "error"]
    title = DIALECTS[dialect].title
    assert (issue.code, issue.message) == (
        "dialect",
        f"{title} reads {word} as something else than is meant here."
        f" Write it in {title}'s own words.",
    )


@pytest.mark.parametrize("target", DIALECTS)
def test_what_our_own_queries_become_reads_back_in_every_dialect(target):
    for triple in CASES["triples"]:
        for dialect in (None, triple["dialect"]):
            asked = {"dialect": dialect, "query": triple["query"]}
            judged = judge_ir(asked, DIALECTS[target], catalogue(triple["schema"]))
            assert "internal" not in [issue.code for issue in judged.issues], triple["question"]


PORTABLE = """SELECT city, COUNT(*) FILTER (WHERE quantity > 2) FROM customer JOIN sale ON TRUE
  WHERE name LIKE 'A%' GROUP BY city"""


@pytest.mark.parametrize(
    ("part", "other"), [(" WHERE name LIKE 'A%'", ""), ("> 2", "> 3"), (" GROUP BY city", "")]
)
def test_a_portable_query_may_be_reworded_but_loses_nothing(part, other):
    query = lift(PORTABLE, DIALECTS["postgres"]).expression
    portable = query.model_copy(update={"dialect": None})
    found = DIALECTS["mysql"]
    sql = compile_sql(portable, found, catalogue("shop"), pretty=True)
    check_written(sql, portable, portable, found, catalogue("shop"))
    twisted = compile_sql(lift(sql, found).expression, found, pretty=True).replace("\n", " ")
    twisted = " ".join(twisted.split()).replace(part, other)
    with pytest.raises(Refused, match="as something else"):
        check_written(twisted, portable, portable, found, catalogue("shop"))


def test_a_query_may_become_longer_than_what_people_may_write():
    asked = {"query": {"from": {"table": "sale"}, "select": [{"expr": {"column": "customer_id"}}] * 1_600}}  # fmt: skip
    judged = judge_ir(asked, SQLITE, catalogue("shop"))
    assert judged.valid
    assert len(judged.sql or "") > MAX_BYTES
    assert compiled(lift("SELECT 1", SQLITE).expression, "sqlite") == "SELECT 1"
