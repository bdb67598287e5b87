from __future__ import annotations

import json

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, WRONG, _workflow, build, says, sql, works

__all__ = ["_workflow", "works"]
IR = {"query": COUNT}


def test_a_question_becomes_a_query_that_was_checked(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"answer": {"query": COUNT}})
    answer = build(works)
    assert (answer["outcome"], answer["valid"]) == ("ok", True)
    assert answer["ir"]["query"]["from"] == {"table": "concert"}
    assert answer["sql_preview"]["dialect"] == "sqlite"
    assert "WHERE\n  year = 2014" in answer["sql_preview"]["sql"]
    assert "2014" in " ".join(answer["explanation"])
    assert answer["resolution"]["id"] == "fake:thinker"
    assert answer["usage"]["total_tokens"] == 12


def test_a_bad_reply_is_sent_back_with_what_is_wrong(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"query": WRONG}, {"query": COUNT})
    answer = build(works)
    assert answer["valid"]
    assert [attempt["valid"] for attempt in answer["attempts"]] == [False, True]
    told = fake.posts[-1].body["messages"][-1]["content"]
    assert "unknown_table" in told
    assert "concert" in told
    assert "/query/from" in told
    assert answer["usage"]["total_tokens"] == 24


def test_it_gives_up_after_the_repairs_that_were_asked_for(
    works: Portal, fake: FakeProvider
) -> None:
    says(fake, {"query": WRONG}, {"query": {**WRONG, "limit": 1}}, {"query": {**WRONG, "limit": 2}})
    answer = build(works, repairs=1)
    assert (answer["outcome"], answer["valid"], answer["sql_preview"]) == ("invalid", False, None)
    assert len(answer["attempts"]) == len(fake.posts) == 2
    assert answer["issues"][0]["near"] == ["concert"]


def test_a_model_that_repeats_itself_is_not_asked_again(works: Portal, fake: FakeProvider) -> None:
    says(fake, *[{"query": WRONG}] * 5)
    assert build(works, repairs=5)["outcome"] == "invalid"
    assert len(fake.posts) == 2


def test_an_ambiguous_question_returns_the_choices(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"answer": {"ambiguous": {"term": "large", "options": ["capacity", "concerts"]}}})
    answer = build(works, question="Which stadium is large?")
    assert (answer["outcome"], answer["valid"]) == ("ambiguous", False)
    assert answer["ambiguous"] == {"term": "large", "options": ["capacity", "concerts"]}


def test_an_unanswerable_question_returns_the_reason(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"answer": {"unanswerable": "There are no prices."}})
    answer = build(works, question="What does a ticket cost?")
    assert (answer["outcome"], answer["unanswerable"]) == ("unanswerable", "There are no prices.")


def test_prose_instead_of_json_is_an_attempt(works: Portal, fake: FakeProvider) -> None:
    says(fake, "Sure! Here is your query.", "Let me think.\n```json\n" + json.dumps(IR) + "\n```")
    answer = build(works)
    assert answer["valid"]
    assert answer["attempts"][0]["issues"][0]["code"] == "not_json"
    assert answer["attempts"][0]["reply"] == "Sure! Here is your query."


def test_a_missing_group_is_mended_and_told(works: Portal, fake: FakeProvider) -> None:
    items = [{"expr": {"column": "year"}}, {"expr": {"agg": "count"}}]
    says(fake, {"query": {"from": {"table": "concert"}, "select": items}})
    answer = build(works)
    assert answer["valid"]
    assert answer["ir"]["query"]["group_by"] == [{"column": "year"}]
    assert "mended" in [issue["code"] for issue in answer["issues"]]
    assert len(fake.posts) == 1


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("fake:thinker", "json_schema"),
        ("fake:small", "json_schema"),
        ("fake:unknown", "json_schema"),
    ],
)
def test_the_reply_is_constrained_to_the_schema(
    works: Portal, fake: FakeProvider, model: str, kind: str
) -> None:
    says(fake, IR)
    build(works, model=model)
    told = fake.posts[-1].body["response_format"]
    assert told["type"] == kind
    assert "concert" in json.dumps(told["json_schema"]["schema"])
    assert bool(told["json_schema"].get("strict")) == (model != "fake:small")


def test_a_model_that_refuses_a_form_is_asked_in_a_weaker_one(
    works: Portal, fake: FakeProvider
) -> None:
    refusal = http(400, {"error": {"message": "response_format json_schema is not supported"}})
    fake.script(refusal, "keep")
    fake.script(refusal, "keep")
    says(fake, IR, IR)
    assert build(works, model="fake:modest")["valid"]
    forms = [post.body.get("response_format", {}).get("type") for post in fake.posts]
    assert forms == ["json_schema", "json_object", None]
    assert build(works, model="fake:modest")["valid"]
    assert "response_format" not in fake.posts[-1].body


def test_a_provider_that_fails_is_a_model_error(works: Portal) -> None:
    answer = works.post("/v1/ir/build", {"question": "?", "schema": SCHEMA, "model": "closed:gone"})
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "provider_unreachable"
    assert answer.json()["outcome"] == "model_error"
    assert answer.json()["error"]["resolution"]["id"] == "closed:gone"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"question": QUESTION}, "schema"),
        ({"question": QUESTION, "schema": ""}, "schema"),
        ({"question": QUESTION, "schema": "no tables here"}, "schema"),
        ({"question": QUESTION, "schema": {"tables": []}}, "schema"),
        ({"question": QUESTION, "schema": {"source": 5}}, "schema"),
        ({"question": QUESTION, "schema": SCHEMA, "dialect": "cobol"}, "dialect"),
        ({"question": "", "schema": SCHEMA}, "question"),
        ({"schema": SCHEMA}, "question"),
        ({"question": QUESTION, "schema": SCHEMA, "repairs": 9}, "repairs"),
    ],
)
def test_a_bad_request_names_its_field(works: Portal, body: dict[str, object], param: str) -> None:
    answer = works.post("/v1/ir/build", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"] == param


def test_sql_of_another_dialect_than_the_sources_has_a_warning(works: Portal) -> None:
    ask = {"ir": IR, "mode": "compile", "schema": {"source": "concerts"}}
    (warning,) = sql(works, **ask, dialect="SQL Server")["schema_issues"]
    assert (warning["code"], warning["severity"]) == ("other_dialect", "warning")
    assert "concerts is a database of SQLite" in warning["message"]
    assert sql(works, **ask)["schema_issues"] == []


def test_what_is_ignored_of_a_schema_is_in_the_answer(works: Portal, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT})
    schema = SCHEMA + "CREATE INDEX i ON concert (year);"
    for answer in (build(works, schema=schema), sql(works, ir=IR, schema=schema)):
        (warning,) = answer["schema_issues"]
        assert (warning["code"], warning["line"], warning["severity"]) == (
            "ddl_ignored",
            7,
            "warning",
        )
        assert "Ignored: CREATE INDEX (1)" in warning["message"]


def test_a_source_that_does_not_exist_is_not_found(works: Portal) -> None:
    body = {"question": QUESTION, "schema": {"source": "nowhere"}}
    assert works.post("/v1/ir/build", body).status_code == 404


def test_a_model_without_the_capability_is_refused(works: Portal) -> None:
    body = {"question": QUESTION, "schema": SCHEMA, "model": "fake:scribe"}
    assert works.post("/v1/ir/build", body).status_code == 422


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


def test_a_models_sql_is_written_anew(works: Portal, fake: FakeProvider) -> None:
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
def test_why_the_models_sql_is_not_used_is_told(
    works: Portal, fake: FakeProvider, reply: str, why: str
) -> None:
    says(fake, reply)
    answer = sql(works, question=QUESTION, ir=IR, repairs=0)
    told = [issue for issue in answer["issues"] if issue["code"] == "model_sql_unused"]
    assert (answer["outcome"], answer["valid"], len(told)) == ("ok", True, 1)
    assert why in told[0]["message"]
    assert told[0]["severity"] == "warning"


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


@pytest.mark.parametrize("profile", ["canonical", "openai-strict", "grammar"])
def test_the_querys_schema_is_published(works: Portal, profile: str) -> None:
    answer = works.get(f"/v1/ir/schema?profile={profile}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/schema+json")
    assert "Select" in answer.json()["$defs"]


def test_an_unknown_profile_is_refused(works: Portal) -> None:
    answer = works.get("/v1/ir/schema?profile=strict")
    assert answer.status_code == 400
    assert "openai-strict" in answer.json()["error"]["message"]
