"""/v1/ir/build: a question becomes a query expression; and the form of one."""

from __future__ import annotations

import json

import pytest

from tests.support.fake_provider import FakeProvider
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


def test_a_missing_group_is_added_with_a_warning(works: Portal, fake: FakeProvider) -> None:
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
