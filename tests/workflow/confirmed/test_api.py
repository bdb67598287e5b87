"""Confirming over the API: who may, what the same question gets, and what is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.confirmed.portal import (
    OTHER_SQL,
    SOURCE,
    SQL,
    _confirming,
    built,
    confirm,
    confirmed,
    confirming,
    listed,
)
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, build, says, sql

__all__ = ["_confirming", "confirming"]
SAME = "how many concerts were there  in 2014"


def test_the_same_question_gets_the_query_without_a_model(
    confirming: Portal, fake: FakeProvider
) -> None:
    made = confirmed(confirming)
    answer = build(confirming, question=SAME, **SOURCE)
    assert not fake.posts
    assert (answer["outcome"], answer["basis"], answer["resolution"]) == ("ok", "confirmed", None)
    assert "COUNT(*) AS n" in answer["sql_preview"]["sql"]
    assert answer["confirmed"]["id"] == made["id"]
    assert answer["confirmed"]["question"] == QUESTION
    assert answer["confirmed"]["at"] == made["at"]


def test_sql_gets_it_too_unless_a_model_is_asked_for(
    confirming: Portal, fake: FakeProvider
) -> None:
    confirmed(confirming)
    answer = sql(confirming, question=SAME, **SOURCE)
    assert (answer["basis"], answer["source"], fake.posts) == ("confirmed", "compiled", [])
    assert "COUNT(*) AS n" in answer["sql"]
    assert answer["columns"] == ["n"]
    says(fake, OTHER_SQL)
    assert sql(confirming, question=SAME, mode="model", **SOURCE)["basis"] == "single"
    assert len(fake.posts) == 1


def test_a_query_expression_is_a_models_if_one_is_asked_for(
    confirming: Portal, fake: FakeProvider
) -> None:
    confirmed(confirming)
    says(fake, {"query": COUNT})
    answer = build(confirming, question=SAME, mode="model", **SOURCE)
    assert (answer["basis"], answer["confirmed"], len(fake.posts)) == ("single", None, 1)


def test_another_question_asks_a_model(confirming: Portal, fake: FakeProvider) -> None:
    confirmed(confirming)
    says(fake, {"query": COUNT})
    answer = build(confirming, question="How many concerts were there in 2015?", **SOURCE)
    assert (answer["basis"], answer["confirmed"]) == ("single", None)


def test_another_dialect_gets_the_query_translated(confirming: Portal) -> None:
    confirmed(confirming, "Which venues?", "SELECT name FROM stadium LIMIT 1")
    answer = sql(confirming, question="which venues", dialect="tsql", **SOURCE)
    assert answer["basis"] == "confirmed"
    assert "TOP 1" in answer["sql"].replace("\n", " ")


@pytest.mark.parametrize(
    ("who", "status", "words"),
    [
        ("carl+sql", 403, "workflow.confirm_questions"),
        ("otto", 404, "There is no data source 'concerts' for you."),
        (None, 401, ""),
    ],
)
def test_it_needs_the_permission_and_the_source(
    confirming: Portal, who: str | None, status: int, words: str
) -> None:
    answer = confirming.post(
        "/v1/sql/confirm", {"question": QUESTION, "sql": SQL, **SOURCE}, who=who
    )
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert listed(confirming) == []


def test_who_sees_no_source_gets_nothing_of_it(confirming: Portal, fake: FakeProvider) -> None:
    row = confirmed(confirming)
    for path, body in (
        ("/v1/ir/build", {"question": QUESTION}),
        ("/v1/sql/confirmed", {}),
        ("/v1/sql/withdraw", {"id": row["id"]}),
    ):
        assert confirming.post(path, {**SOURCE, **body}, who="otto").status_code == 404
    assert listed(confirming, schema={"source": "quick"}) == []
    says(fake, {"query": COUNT})
    assert build(confirming, schema={"source": "quick"})["basis"] == "single"
    elsewhere = {"id": row["id"], "schema": {"source": "quick"}}
    assert confirming.post("/v1/sql/withdraw", elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"sql": "SELECT nothing FROM concert"}, "ir"),
        ({"sql": "DELETE FROM concert"}, "ir"),
        ({"ir": {"query": {"from": {"table": "secrets"}}}, "sql": None}, "ir"),
        ({"ir": {"query": COUNT}}, "ir"),
        ({"sql": None}, "ir"),
        ({"question": "?!"}, "question"),
        ({"question": "q" * 1001}, "question"),
        ({"question": " "}, "question"),
        ({"schema": SCHEMA}, "schema"),
        ({"schema": {"tables": []}}, "schema"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(
    confirming: Portal, body: dict[str, Any], param: str
) -> None:
    answer = confirm(confirming, **body)
    assert answer.status_code == 400, answer.text
    assert param in (answer.json()["error"]["param"] or "")
    assert listed(confirming) == []


def test_a_later_confirmation_replaces_an_earlier_one(confirming: Portal) -> None:
    first = confirmed(confirming)
    assert first["earlier"] is None
    second = confirmed(confirming, SAME, OTHER_SQL, who="bert")
    assert second["earlier"] == {"id": first["id"], "sql": first["sql"], "at": first["at"]}
    assert "shows" in build(confirming, **SOURCE)["sql_preview"]["sql"]
    assert [row["id"] for row in listed(confirming)] == [second["id"]]
    rows = listed(confirming, ended=True)
    assert [(row["id"], row["replaced"]) for row in rows] == [
        (second["id"], False),
        (first["id"], True),
    ]


def test_of_many_at_once_one_holds_and_all_are_kept(confirming: Portal) -> None:
    queries = [f"SELECT COUNT(*) AS n{number} FROM concert" for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        answers = [*threads.map(lambda sql: confirm(confirming, sql=sql), queries)]
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(listed(confirming)) == 1
    rows = listed(confirming, ended=True)
    assert sorted(row["sql"] for row in rows) == sorted(a.json()["sql"] for a in answers)
    earlier = {(answer.json()["earlier"] or {}).get("id") for answer in answers}
    assert earlier == {None, *(row["id"] for row in rows if row["ended"])}


def test_a_withdrawn_one_is_not_used(confirming: Portal, fake: FakeProvider) -> None:
    row = confirmed(confirming)
    gone = confirming.post("/v1/sql/withdraw", {"id": row["id"], **SOURCE}, who="bert")
    assert gone.json() == {"withdrawn": True}
    assert confirming.post("/v1/sql/withdraw", {"id": row["id"], **SOURCE}).status_code == 404
    says(fake, {"query": COUNT})
    assert build(confirming, **SOURCE)["basis"] == "single"
    assert listed(confirming) == []
    (ended,) = listed(confirming, ended=True)
    assert (ended["replaced"], bool(ended["ended"])) == (False, True)


def test_a_withdrawal_needs_the_permission(confirming: Portal) -> None:
    row = confirmed(confirming)
    refused = confirming.post("/v1/sql/withdraw", {"id": row["id"], **SOURCE}, who="carl+sql")
    assert refused.status_code == 403
    assert [one["id"] for one in listed(confirming)] == [row["id"]]


def test_a_name_is_for_those_who_see_people(confirming: Portal) -> None:
    confirmed(confirming)
    ask = {"question": SAME, **SOURCE}
    seen = {}
    for who in ("ann", "carl", "dana"):
        session = confirming.sign_in(who)
        answer = session.post(f"{confirming.url}/v1/ir/build", json=ask, timeout=20).json()
        rows = session.post(f"{confirming.url}/v1/sql/confirmed", json=SOURCE, timeout=20).json()
        seen[who] = answer["confirmed"]["by"], rows["confirmed"][0]["by"]
        assert ("ann" in json.dumps(answer)) == bool(seen[who][0])
    assert seen == {"ann": ("ann", "ann"), "carl": ("", ""), "dana": ("ann", "ann")}
    by_token = built(confirming, who="dana")["confirmed"]
    assert (by_token["by"], by_token["text"]) == ("", f"confirmed on {by_token['at'][:10]}")


def test_saved_tables_have_confirmed_questions_of_their_owner(
    confirming: Portal, fake: FakeProvider
) -> None:
    saved = {"name": "Mine", "dialect": "sqlite", "text": SCHEMA, "replace": True}
    confirming.post("/workflow/keep", saved).raise_for_status()
    body = {"schema": SCHEMA, "dialect": "sqlite"}
    assert confirm(confirming, **body).status_code == 200
    assert build(confirming, question=SAME, **body)["basis"] == "confirmed"
    assert not fake.posts
    says(fake, {"query": COUNT})
    assert built(confirming, SAME, "carl+sql", **body)["basis"] == "single"
    edited = SCHEMA.replace("year INTEGER", "year TEXT")
    confirming.post("/workflow/keep", {**saved, "text": edited}).raise_for_status()
    says(fake, {"query": COUNT})
    assert build(confirming, question=SAME, **{**body, "schema": edited})["basis"] == "single"
    (row,) = listed(confirming, **{**body, "schema": edited})
    assert row["stale"] == ["concert.year was INTEGER and is TEXT."]
