"""What of the meanings a prompt has, what must not be asked, and what an answer cites."""

from __future__ import annotations

import pytest
from django.utils import translation

from queryexpr.gate.operations import Used
from tests.workflow.meanings.files import GOOD, SCHEMA, read
from workflow.doubts.names import unused_measures
from workflow.meanings.cited import cited
from workflow.meanings.meanings import SourceMeanings
from workflow.meanings.never import allowed, refusal
from workflow.meanings.prompt import MAX_CHARACTERS, remarks


def sales(text: str = GOOD) -> SourceMeanings:
    known = read(text).of("sales")
    assert known
    return known


def said(question: str, *, local: bool = False, sql: bool = True) -> str:
    return remarks(sales(), question, local=local, sql=sql).text


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("What is our net revenue?", "MEASURE(net_revenue) is What customers paid, without refunds; also called net sales, Nettoumsatz"),
        ("Wie hoch ist der Nettoumsatz?", "as in SELECT MEASURE(net_revenue). The filters and joins"),
        ("Umsatz je Jahr", "year is STRFTIME('%Y', orders.placed); also called Jahr"),
        ("How many orders were refunded?", "orders.status: 1 is paid, 4 is refunded"),
        ("Wie viele Kunden gibt es?", "customers is also called clients, Kunden"),
    ],
)  # fmt: skip
def test_a_prompt_has_what_the_question_names(question: str, line: str) -> None:
    assert line in said(question)


def test_a_prompt_says_how_many_definitions_it_leaves_out() -> None:
    text = said("What is our net revenue?")
    assert "order_count" not in text
    assert text.endswith("-- 5 more definitions are left out.")
    assert all(line.startswith("-- ") for line in text.splitlines())


def test_a_question_about_something_else_has_no_remarks() -> None:
    assert said("Who came last?") == ""


def test_a_model_that_writes_query_expressions_gets_their_form() -> None:
    assert '{"measure": "net_revenue"} is' in said("net revenue", sql=False)


def test_values_that_stay_in_the_house_are_for_local_models() -> None:
    assert "'south'" in said("revenue by region", local=True)
    assert "'south'" not in said("revenue by region")
    alone = remarks(sales().without_local(), "revenue by region", local=True)
    assert "'south'" not in alone.text


def test_remarks_are_bounded_and_name_what_did_not_fit() -> None:
    many = "".join(
        f"      total_{n}: {{expr: SUM(orders.total), description: {'x' * 300}}}\n"
        for n in range(60)
    )
    found = remarks(
        sales(GOOD.replace("    measures:\n", f"    measures:\n{many}")),
        "total of orders",
        local=False,
    )
    assert len(found.text) < MAX_CHARACTERS + 500
    assert "measure total_59" in found.left_out


# ── What must not be asked ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the average salary?", "Salaries are not answered here. Ask Human Resources. (meanings.yaml:29)"),
        ("Wie hoch sind die Gehälter und das Gehalt?", "Salaries are not answered here. Ask Human Resources. (meanings.yaml:29)"),
        ("Sum of all SALARIES", "Salaries are not answered here. Ask Human Resources. (meanings.yaml:29)"),
        ("How many orders are there?", ""),
    ],
)  # fmt: skip
def test_what_must_not_be_asked_gets_its_sentence(question: str, said: str) -> None:
    assert refusal(sales(), question) == said


def test_what_must_not_be_asked_is_not_in_the_schema() -> None:
    left = {
        t["name"]: [c["name"] for c in t["columns"]] for t in allowed(SCHEMA, sales())["tables"]
    }
    assert left["customers"] == ["id", "region"]
    assert left.keys() == {"orders", "customers"}


# ── Answers ─────────────────────────────────────────────────────────────────────────────────


def test_an_answer_says_who_defines_a_measure_and_where() -> None:
    (one,) = cited([Used("measure", "net_revenue", "meanings.yaml:5")], sales())
    assert one.text == one.shown == "net revenue as Finance defines it (meanings.yaml:5)"
    with translation.override("de"):
        assert one.shown == "net revenue, wie Finance es definiert (meanings.yaml:5)"


def test_a_definition_without_an_owner_has_its_place() -> None:
    (one,) = cited([Used("dimension", "year", "meanings.yaml:14")], sales())
    assert one.text == "year as defined in meanings.yaml:14"


def test_a_measure_of_the_question_that_the_query_does_not_have_is_a_doubt() -> None:
    (doubt,) = unused_measures("Nettoumsatz je Region", sales(), [])
    assert str(doubt) == (
        "Your question has “Nettoumsatz”, which meanings.yaml:5 defines. The query has another calculation."
    )
    assert [*unused_measures("Nettoumsatz je Region", sales(), ["net_revenue"])] == []
