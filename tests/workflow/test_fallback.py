"""Another model answers a question about data, if the one that is meant gives no reply."""

from __future__ import annotations

from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import COUNT, QUESTION, SCHEMA, _workflow, build, says, sql, works

__all__ = ["_workflow", "works"]
BROKEN = http(500, {"error": {"message": "Oh."}})
SPARE = {"model": "spare:writer", "fallback": True}


def test_a_query_is_built_by_another_model(works: Portal, fake: FakeProvider) -> None:
    fake.script(BROKEN, KEEP)
    says(fake, {"answer": {"query": COUNT}})
    answer = build(works, **SPARE)
    assert answer["valid"]
    told = answer["resolution"]
    assert (told["id"], told["asked"]) == ("fake:thinker", "spare:writer")
    assert [attempt["code"] for attempt in told["tried"]] == ["provider_error"]


def test_sql_is_written_by_another_model_from_its_own_prompt(
    works: Portal, fake: FakeProvider
) -> None:
    fake.script(BROKEN, KEEP)
    says(fake, "SELECT count(*) FROM concert WHERE year = 2014")
    answer = sql(works, question=QUESTION, mode="model", **SPARE)
    assert answer["resolution"]["id"] == "fake:scribe"
    assert [post.body["model"] for post in fake.posts] == ["writer", "scribe"]


def test_a_model_that_has_replied_is_not_replaced(works: Portal, fake: FakeProvider) -> None:
    says(fake, "Sure!")
    fake.script(BROKEN, KEEP)
    body = {"question": QUESTION, "schema": SCHEMA, **SPARE}
    answer = works.post("/v1/ir/build", body)
    assert answer.status_code == 502
    assert answer.json()["error"]["resolution"]["id"] == "spare:writer"
    assert len(fake.posts) == 2


def test_a_named_model_is_replaced_only_on_demand(works: Portal, fake: FakeProvider) -> None:
    fake.script(BROKEN, KEEP)
    body = {"question": QUESTION, "schema": SCHEMA, "model": "spare:writer"}
    error = works.post("/v1/ir/build", body).json()["error"]
    assert error["resolution"]["fallbacks"] == ["fake:thinker"]
    assert len(fake.posts) == 1
