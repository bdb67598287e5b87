"""A question becomes SQL in the model's dialect, and the query expression is what is in it."""

from __future__ import annotations

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, _workflow, build, says, sql, works

__all__ = ["_workflow", "works"]
TALKER = "fake:talker"
SAME = "SELECT COUNT(*) AS n FROM concert WHERE year = 2014"
IR = {"query": COUNT}


def test_a_chat_model_writes_sql_and_the_query_in_it_is_returned(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, f"Here it is:\n```sql\n{SAME};\n```")
    answer = build(works, model=TALKER)
    assert (answer["outcome"], answer["ir"]["query"]) == ("ok", COUNT)
    assert "WHERE\n  year = 2014" in answer["sql_preview"]["sql"]
    assert "2014" in " ".join(answer["explanation"])
    asked = fake.posts[-1].body
    assert "response_format" not in asked
    assert "SELECT statement in SQLite" in asked["messages"][0]["content"]


def test_sql_that_cannot_be_read_is_repaired_and_never_called_valid(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, "DROP TABLE concert", "SELECT COUNT(*) FROM concerts", "It is hard to say.")
    answer = build(works, model=TALKER)
    assert (answer["outcome"], answer["valid"], answer["sql_preview"]) == ("invalid", False, None)
    codes = [attempt["issues"][0]["code"] for attempt in answer["attempts"]]
    assert codes == ["not_a_query", "unknown_table", "no_sql"]
    asked = fake.posts[-1].body["messages"][-1]["content"]
    assert "\n- Line 1, column 22: The schema has no table 'concerts'. Did you mean" in asked
    assert "{" not in asked, "small models repeat JSON"


def test_what_another_dialect_spells_so_is_offered_in_the_models_own(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, "SELECT CONCAT_WS(',', TOP, 1) FROM", "SELECT DATE_PART('year', DATE '2014-01-01') FROM concert",
         SAME)  # fmt: skip
    answer = build(works, model=TALKER)
    assert answer["valid"]
    first, second = answer["attempts"][:2]
    assert "spelling" not in [issue["code"] for issue in first["issues"]]
    notes = [issue for issue in second["issues"] if issue["code"] == "spelling"]
    assert "SQLite spells what PostgreSQL has there so:\nSELECT" in notes[0]["message"]
    assert "STRFTIME" in fake.posts[-1].body["messages"][-1]["content"]


def test_a_model_may_say_that_the_question_is_ambiguous(works: Portal, fake: FakeProvider) -> None:
    says(fake, "Ambiguous: large | capacity | number of concerts")
    answer = build(works, model=TALKER)
    assert answer["outcome"] == "ambiguous"
    assert answer["ambiguous"] == {"term": "large", "options": ["capacity", "number of concerts"]}


def test_a_query_expression_is_read_although_sql_was_asked_for(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, {"answer": {"query": COUNT}}, {"answer": {"unanswerable": "There are no prices."}})
    assert build(works, model=TALKER)["ir"]["query"] == COUNT
    assert build(works, model=TALKER)["unanswerable"] == "There are no prices."


def test_a_model_reads_how_to_write_a_column_of_another_table(
    works: Portal, fake: FakeProvider
) -> None:
    join = "FROM concert AS c JOIN stadium AS s ON s.id = c.stadium_id"
    says(fake, f"SELECT s.year {join}", f"SELECT c.year {join}")
    assert build(works, model=TALKER)["valid"]
    assert "Did you mean 'c.year'?" in fake.posts[-1].body["messages"][-1]["content"]


def test_a_model_may_say_that_it_does_not_know(works: Portal, fake: FakeProvider) -> None:
    says(fake, "I do not know.")
    assert build(works, model=TALKER)["outcome"] == "unanswerable"


def test_a_missing_group_needs_no_second_question(works: Portal, fake: FakeProvider) -> None:
    says(fake, "SELECT year, COUNT(*) FROM concert")
    answer = build(works, model=TALKER, dialect="postgres")
    assert answer["valid"]
    assert answer["ir"]["query"]["group_by"] == [{"column": "year"}]
    assert "mended" in [issue["code"] for issue in answer["issues"]]
    assert len(fake.posts) == 1


def test_the_simple_form_says_that_it_is_limited(works: Portal, fake: FakeProvider) -> None:
    says(fake, IR)
    answer = build(works, model="fake:small")
    assert answer["valid"]
    assert "limited_form" in [issue["code"] for issue in answer["issues"]]


def test_a_second_model_is_not_told_what_the_first_wrote(works: Portal, fake: FakeProvider) -> None:
    says(fake, SAME)
    sql(works, question=QUESTION, ir=IR)
    text = "".join(message["content"] for message in fake.posts[-1].body["messages"])
    assert QUESTION in text
    assert "count" not in text.lower()


@pytest.mark.parametrize(
    ("model", "written_by", "reply", "basis"),
    [
        ("fake:scribe", TALKER, SAME, "compared"),
        ("fake:talker", TALKER, SAME, "single"),
        ("fake:scribe", None, SAME, "single"),
        ("fake:scribe", "fake:toy", SAME, "single"),
        ("mirror:maker/Talker", TALKER, SAME, "single"),  # the same model on another server
        ("fake:toy", TALKER, SAME, "demo"),
        ("fake:pupil", TALKER, SAME, "single"),  # its prompt has what the first wrote
        ("fake:scribe", TALKER, "SELECT COUNT(*) AS n FROM concert", "single"),
        ("fake:scribe", "fake:toy", "I do not know.", "demo"),  # the compiled SQL is the toy's
        ("fake:scribe", None, "I do not know.", None),
    ],
)
def test_the_basis_is_who_wrote_the_query(
    works: Portal,
    fake: FakeProvider,
    model: str,
    written_by: str | None,
    reply: str,
    basis: str | None,
) -> None:
    says(fake, reply)
    answer = sql(works, question=QUESTION, ir=IR, model=model, written_by=written_by, repairs=0)
    assert (answer["valid"], answer["basis"]) == (True, basis)


def test_an_author_that_is_no_model_is_refused(works: Portal, fake: FakeProvider) -> None:
    body = {"question": QUESTION, "schema": SCHEMA, "ir": IR, "written_by": "nowhere:x"}
    error = works.post("/v1/sql", body).json()["error"]
    assert (error["code"], error["param"]) == ("provider_not_found", "written_by")
    assert not fake.posts


@pytest.mark.parametrize(
    ("first", "second", "reply", "basis"),
    [
        (TALKER, TALKER, SAME, "single"),
        ("fake:toy", "fake:toy", SAME, "demo"),
        (TALKER, "fake:scribe", SAME, "compared"),
        (TALKER, "fake:scribe", "SELECT COUNT(*) AS n FROM concert WHERE year > 2014", "single"),
    ],
)
def test_what_two_questions_are_worth_depends_on_who_was_asked(
    works: Portal, fake: FakeProvider, first: str, second: str, reply: str, basis: str
) -> None:
    says(fake, SAME, reply)
    built = build(works, model=first)
    author = built["resolution"]["id"]
    answer = sql(works, question=QUESTION, ir=built["ir"], model=second, written_by=author)
    assert (answer["agreement"], answer["basis"]) == (
        "same" if reply == SAME else "different",
        basis,
    )


@pytest.mark.parametrize(("model", "basis"), [(TALKER, "single"), ("fake:toy", "demo")])
def test_a_query_of_one_model_says_so(
    works: Portal, fake: FakeProvider, model: str, basis: str
) -> None:
    says(fake, SAME, SAME)
    assert build(works, model=model)["basis"] == basis
    assert sql(works, question=QUESTION, model=model)["basis"] == basis


def test_a_query_that_no_model_wrote_has_no_basis(works: Portal, fake: FakeProvider) -> None:
    assert sql(works, ir=IR, mode="compile")["basis"] is None
