"""Values of a source reach local models, and no other model in any way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http
from tests.workflow.portal import COUNT, QUESTION, SOURCES, build, says, sql, workflow_portal

SECRETS = ("Spring", "Summer", "Autumn")
SHOWN = SOURCES.replace("run: true", "run: true, columns: {concert.title: {values: true}}", 1)
MODELS = """
  house:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    local: true
    registry:
      near: {capabilities: [chat, sql]}
      schemer: {capabilities: [chat], asks: ir}
  away:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry:
      far: {capabilities: [chat, sql], fallback: ["house:near"]}
      curious: {capabilities: [sql], prompt: "{schema} {explanation} {question}"}
"""
SOURCE = {"schema": {"source": "concerts"}}
SPRING = "SELECT count(*) AS n FROM concert WHERE title = 'Spring'"
BROKEN = http(500, {"error": {"message": "Oh."}})


@pytest.fixture(scope="module")
def portal(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("values")
    portal = workflow_portal(portal_files, folder, "uvicorn", SHOWN, models=MODELS)
    yield portal
    portal.stop()
    log = portal.log.read_text()
    assert not any(secret in log for secret in SECRETS), log


def sent(fake: FakeProvider) -> dict[str, str]:
    """Return all that each model got, by its name."""
    bodies: dict[str, str] = {}
    for post in fake.posts:
        name = post.body["model"]
        bodies[name] = bodies.get(name, "") + json.dumps(post.body)
    return bodies


def holds(text: str) -> bool:
    return any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("model", ["house:near", "house:schemer"])
def test_a_local_model_sees_values_and_the_answer_has_them(
    portal: Portal, fake: FakeProvider, model: str
) -> None:
    says(fake, {"query": COUNT} if model == "house:schemer" else SPRING)
    answer = build(portal, model=model, **SOURCE)
    assert (
        "title TEXT, -- such as 'Autumn', 'Spring', 'Summer'"
        in fake.posts[0].body["messages"][1]["content"]
    )
    assert answer["valid"]
    assert answer["values"] == {"concert.title": sorted(SECRETS)}


@pytest.mark.parametrize("model", ["fake:talker", "fake:thinker", "fake:small", "away:far"])
def test_another_model_sees_none(portal: Portal, fake: FakeProvider, model: str) -> None:
    says(fake, "SELECT nonsense FROM concert", {"query": COUNT}, "SELECT count(*) FROM concert")
    answer = build(portal, model=model, **SOURCE)
    assert fake.posts
    assert not holds(str([post.body for post in fake.posts]))
    assert answer["values"] == {}
    assert not holds(str(answer))


def test_a_fallback_that_is_local_sees_them(portal: Portal, fake: FakeProvider) -> None:
    fake.script(BROKEN, KEEP)
    says(fake, "SELECT count(*) FROM concert")
    answer = build(portal, model="away:far", fallback=True, **SOURCE)
    bodies = sent(fake)
    assert not holds(bodies["far"])
    assert holds(bodies["near"])
    assert answer["values"] == {"concert.title": sorted(SECRETS)}


@pytest.mark.parametrize("model", ["away:far", "away:curious"])
def test_a_query_of_a_local_model_is_not_explained_to_others(
    portal: Portal, fake: FakeProvider, model: str
) -> None:
    says(fake, SPRING, "SELECT count(*) FROM concert")
    built = build(portal, model="house:near", **SOURCE)
    assert holds(str(built["ir"]))
    fake.requests.clear()
    answer = sql(portal, question=QUESTION, ir=built["ir"], model=model, mode="model", **SOURCE)
    assert answer["valid"]
    assert fake.posts
    assert not holds(str([post.body for post in fake.posts]))


def test_the_page_shows_values_and_stores_none(portal: Portal, fake: FakeProvider) -> None:
    says(fake, SPRING, SPRING)
    ask: dict[str, Any] = {"question": QUESTION, "dialect": "sqlite", **SOURCE}
    events = portal.post("/workflow/ask", {**ask, "chat": "house:near", "sql": "away:far"}).text
    assert "Autumn, Spring, Summer" in events
    bodies = sent(fake)
    assert holds(bodies["near"])
    assert not holds(bodies["far"])
    stored = portal.manage("shell", "-c", STORED).stdout
    assert "concert.title" in stored
    assert "Autumn" not in stored


STORED = """
from workflow.models import Inquiry
print(Inquiry.objects.latest("pk").answer)
"""


def test_a_query_that_may_hold_one_is_changed_by_local_models_only(
    portal: Portal, fake: FakeProvider
) -> None:
    """A person may have taken a value that only they were shown."""
    where = {"op": "=", "args": [{"column": "title"}, "Spring"]}
    body = {"question": "only 2014", "ir": {"query": {**COUNT, "where": where}}, **SOURCE}
    refused = portal.post("/v1/ir/build", {**body, "model": "fake:talker"})
    assert refused.status_code == 403
    assert fake.posts == []
    says(fake, SPRING)
    assert build(portal, **{**body, "model": "house:near"})["valid"]
    assert [*sent(fake)] == ["near"]
