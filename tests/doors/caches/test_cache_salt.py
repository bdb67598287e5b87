"""Each person, or the people of the same groups, have a part of a server's cache for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

MODELS = """
models:
  own:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    cache_salt: person
    apis: [responses]
    registry: {v: {capabilities: [embeddings]}}
  team: {api: openai, endpoint: "http://127.0.0.1:${FAKE_PORT}/v1", cache_salt: groups}
  plain: {api: openai, endpoint: "http://127.0.0.1:${FAKE_PORT}/v1"}
"""
HI = [{"role": "user", "content": "Hi"}]
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("/v1/chat/completions", {"messages": HI, "model": "own:m"}),
    ("/v1/chat/completions", {"messages": HI, "model": "own:m", "stream": True}),
    ("/v1/completions", {"prompt": "Hi", "model": "own:m"}),
    ("/v1/messages", {"messages": HI, "max_tokens": 9, "model": "own:m"}),
    ("/v1/responses", {"input": "Hi", "model": "own:m"}),
    ("/api/chat", {"messages": HI, "model": "own:m"}),
    ("/v1/embeddings", {"input": "Hi", "model": "own:v"}),
]


@pytest.fixture(scope="module")
def _portal(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("salt") / "portal", "uvicorn")
    portal.models.write_text(MODELS)
    for name, group in (("bert", "red"), ("carl", "red"), ("dora", "blue")):
        made = portal.manage("create_token", name).stdout.split()[-1]
        portal.tokens = {**portal.tokens, name: made}
        portal.manage("shell", "-c", "from django.contrib.auth.models import Group, User; "
                      f"User.objects.get(username={name!r}).groups.add("
                      f"Group.objects.get_or_create(name={group!r})[0])")  # fmt: skip
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def portal(_portal: Portal, fake: FakeProvider) -> Portal:
    return _portal


def salt(portal: Portal, fake: FakeProvider, path: str, body: Any, who: str) -> str | None:
    portal.post(path, body, who=who)
    value: str | None = fake.posts[-1].body.get("cache_salt")
    return value


@pytest.mark.parametrize(("path", "body"), ASKED)
def test_each_person_has_a_salt_that_no_one_chooses(
    portal: Portal, fake: FakeProvider, path: str, body: dict[str, Any]
) -> None:
    ann, again = (salt(portal, fake, path, body, "ann") for _ in range(2))
    bert = salt(portal, fake, path, body, "bert")
    assert ann
    assert ann == again != bert
    assert len(ann) >= 32
    assert salt(portal, fake, path, {**body, "cache_salt": bert}, "ann") == ann


def test_people_of_the_same_groups_may_share_one(portal: Portal, fake: FakeProvider) -> None:
    body = {"messages": HI, "model": "team:m"}
    path = "/v1/chat/completions"
    bert, carl, dora = (salt(portal, fake, path, body, who) for who in ("bert", "carl", "dora"))
    assert bert
    assert bert == carl != dora


def test_other_servers_get_none(portal: Portal, fake: FakeProvider) -> None:
    body = {"messages": HI, "model": "plain:m"}
    assert salt(portal, fake, "/v1/chat/completions", body, "ann") is None
