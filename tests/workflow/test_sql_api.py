"""/v1/sql: a question or a query expression becomes SQL."""

from __future__ import annotations

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, WRONG, _workflow, says, sql, works

__all__ = ["_workflow", "works"]
IR = {"query": COUNT}


def test_compiling_asks_no_model(works: Portal, fake: FakeProvider) -> None:
    answer = sql(works, ir=IR, mode="compile", dialect="mssql")
    assert (answer["source"], answer["valid"], answer["resolution"]) == ("compiled", True, None)
    assert answer["dialect"] == "tsql"
    assert "COUNT(*) AS n" in answer["sql"]
    assert answer["columns"] == ["n"]
    assert answer["tables"] == ["concert"]
    assert not fake.posts


def test_a_query_alone_is_compiled(works: Portal, fake: FakeProvider) -> None:
    assert sql(works, ir=IR)["source"] == "compiled"
    assert not fake.posts


def test_a_models_sql_is_written_again(works: Portal, fake: FakeProvider) -> None:
    says(fake, "Sure:\n```SQLite\nselect COUNT(*) from CONCERT where YEAR=2014 -- all\n;```\nBye")
    answer = sql(works, question=QUESTION)
    assert (answer["source"], answer["valid"]) == ("model", True)
    assert answer["sql"] == "SELECT\n  COUNT(*)\nFROM concert\nWHERE\n  year = 2014"
    assert answer["ir"]["dialect"] == "sqlite"
    assert answer["resolution"]["id"] == "fake:scribe"


def test_two_writers_that_agree_say_so(works: Portal, fake: FakeProvider) -> None:
    says(fake, "SELECT COUNT(*) AS how_many FROM concert AS c WHERE 2014 = c.year")
    answer = sql(works, question=QUESTION, ir=IR)
    assert (answer["source"], answer["agreement"]) == ("model", "same")
    assert "n" in answer["compiled_sql"]


def test_two_writers_that_differ_say_so(works: Portal, fake: FakeProvider) -> None:
    says(fake, "SELECT COUNT(*) FROM concert WHERE year = 2015")
    answer = sql(works, question=QUESTION, ir=IR)
    assert (answer["source"], answer["agreement"]) == ("model", "different")


def test_sql_that_never_is_valid_falls_back_on_the_compiled(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, "DROP TABLE concert", "SELECT x FROM concert", "SELECT y FROM concert")
    answer = sql(works, question=QUESTION, ir=IR)
    assert (answer["source"], answer["valid"], answer["agreement"]) == ("compiled", True, "n/a")
    assert len(answer["attempts"]) == 3
    assert "DROP" not in answer["sql"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("DROP TABLE concert", "not DROP"),
        ("```sql\nDELETE FROM concert;\n```", "not DELETE"),
        ("It is hard to say.", "no SELECT statement"),
        ("I do not know.", "answered that it does not know"),
        ("SELECT title FROM koncert", "koncert"),
    ],
)
def test_why_the_models_sql_is_not_used_is_in_the_answer(
    works: Portal, fake: FakeProvider, reply: str, why: str
) -> None:
    says(fake, reply)
    answer = sql(works, question=QUESTION, ir=IR, repairs=0)
    unused = [issue for issue in answer["issues"] if issue["code"] == "model_sql_unused"]
    assert (answer["outcome"], answer["valid"], len(unused)) == ("ok", True, 1)
    assert why in unused[0]["message"]
    assert unused[0]["severity"] == "warning"


def test_a_model_that_fails_leaves_the_compiled_sql(works: Portal) -> None:
    answer = sql(works, question=QUESTION, ir=IR, model="closed:gone")
    assert (answer["source"], answer["valid"]) == ("compiled", True)
    assert "closed" in answer["issues"][-1]["message"]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/v1/ir/build", {"question": "  \n"}, "Write a question"),
        ("/v1/sql", {"question": " "}, "Give a `question`, an `ir`, or both."),
        ("/v1/sql", {}, "Give a `question`, an `ir`, or both."),
    ],
)
def test_no_question_is_no_question_for_a_model(
    works: Portal, fake: FakeProvider, path: str, body: dict[str, str], said: str
) -> None:
    error = works.post(path, {"schema": SCHEMA, **body}).json()["error"]
    assert (error["code"], error["param"]) == ("invalid_request", "question")
    assert said in error["message"]
    assert not fake.posts


def test_nothing_valid_returns_no_sql(works: Portal, fake: FakeProvider) -> None:
    says(fake, *["DELETE FROM concert"] * 3)
    answer = sql(works, question=QUESTION)
    assert (answer["sql"], answer["valid"], answer["outcome"]) == (None, False, "invalid")
    assert answer["attempts"][0]["reply"] == "DELETE FROM concert"


def test_a_model_may_say_that_it_does_not_know(works: Portal, fake: FakeProvider) -> None:
    says(fake, "I do not know.")
    answer = sql(works, question=QUESTION)
    assert (answer["outcome"], answer["sql"]) == ("unanswerable", None)
    assert [attempt["valid"] for attempt in answer["attempts"]] == [False]


def test_a_model_has_its_own_prompt_and_dialect(works: Portal, fake: FakeProvider) -> None:
    text = "SELECT title FROM concert WHERE title ILIKE 'a%'"
    fake.script(http(200, {"choices": [{"text": text, "finish_reason": "stop"}]}), "keep")
    answer = sql(works, question="Which {schema}?", model="fake:coder")
    asked = fake.posts[-1]
    assert asked.path == "/v1/completions"
    assert "[QUESTION]Which {schema}?[/QUESTION]" in asked.body["prompt"]
    assert "CREATE TABLE concert" in asked.body["prompt"]
    assert asked.body["stop"] == ["```", ";"]
    assert "LIKE LOWER('a%')" in answer["sql"]


def test_an_invalid_query_asks_no_model(works: Portal, fake: FakeProvider) -> None:
    answer = sql(works, question=QUESTION, ir={"query": WRONG})
    assert (answer["outcome"], answer["issues"][0]["code"]) == ("invalid", "unknown_table")
    assert not fake.posts


def test_who_leaves_ends_the_models_work(works: Portal, fake: FakeProvider) -> None:
    fake.script(HANG)
    with pytest.raises(Exception, match="timed out"):
        works.post("/v1/ir/build", {"question": QUESTION, "schema": SCHEMA}, timeout=0.5)
    assert fake.wait_for_post().peer_closed.wait(2)
