"""Fallbacks in models.yaml: what may answer instead, and each mistake with its place."""

from __future__ import annotations

import pytest

from registry import diff, snapshot
from registry.entities import Primary
from tests.registry.config.loading import load, problems

FILE = """
models:
  defaults: {{chat: "far:big", sql: "near:small"}}
  fallbacks: {fallbacks}
  far:
    api: openai
    endpoint: https://x/v1
    registry:
      big: {{capabilities: [chat, sql], fallback: {of_big}}}
      other: {{capabilities: [chat], fallback: ["far:big"]}}
      vectors: {{capabilities: [embeddings]}}
  near:
    api: ollama
    host: localhost
    local: true
    registry:
      small:latest: {{capabilities: [chat, sql], fallback: {of_small}}}
"""


def file(fallbacks: str = "{}", of_big: str = "[]", of_small: str = "[]") -> str:
    return FILE.format(fallbacks=fallbacks, of_big=of_big, of_small=of_small)


def ids(text: str, capability: str, model: str = "") -> list[str]:
    registry = snapshot.build(load(text))
    return [other.id for other in registry.resolve(capability, model).fallbacks]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"fallbacks": '{chat: ["far:othr"]}'}, "3:22  'far:othr' is not listed. Did you mean 'far:other'?"),
     ({"fallbacks": '{chat: ["far:vectors"]}'}, "3:22  'far:vectors' does not have 'chat': it has"),
     ({"fallbacks": '{chta: ["far:big"]}'}, "3:21  'chta' is not a capability. Did you mean 'chat'?"),
     ({"fallbacks": '{embeddings: ["far:vectors"]}'}, "3:27  Embeddings, and answers that are relayed"),
     ({"fallbacks": '{chat: ["far:big", "near:small", "far:other"]}'}, "3:21  At most 2 models"),
     ({"fallbacks": '{chat: ["near:small", "near:small:latest"]}'}, "3:36  'near:small:latest' appears twice"),
     ({"fallbacks": '{chat: "far:big"}'}, "3:21  This must be a list: [\"provider:name\"]."),
     ({"of_big": '"far:other"'}, 'This must be a list: ["provider:name"].'),
     ({"of_big": '["far:big"]'}, "A model cannot be its own fallback."),
     ({"of_big": '["far:vectors"]'}, "'far:vectors' does not have 'chat' or 'sql'"),
     ({"of_small": '["far:big"]'}, "'near' is `local`, and this provider is not."),
     ({"of_small": '["far:nothing"]'}, "'far:nothing' is not listed.")],
)  # fmt: skip
def test_a_fallback_that_cannot_answer_is_a_mistake(fields: dict[str, str], problem: str) -> None:
    found = problems(file(**fields).replace("\n", "", 1))
    assert len(found) == 1
    assert problem in found[0]


def test_a_models_own_fallback_comes_before_that_of_its_capability() -> None:
    text = file('{chat: ["far:other"], sql: ["near:small"]}', '["near:small"]')
    assert ids(text, "chat") == ["near:small:latest"]
    assert ids(text, "sql", "far:big") == ["near:small:latest"]


def test_nothing_falls_back_unless_the_file_says_so() -> None:
    assert ids(file(), "chat") == []
    assert ids(file('{chat: ["far:other"]}'), "sql") == []


def test_a_fallback_is_not_its_own_and_has_none_itself() -> None:
    registry = snapshot.build(load(file('{chat: ["far:big", "far:other"]}')))
    (other,) = registry.resolve("chat").fallbacks
    assert (other.id, other.fallbacks) == ("far:other", ())


def test_a_primary_has_the_fallbacks_of_its_capability() -> None:
    registry = snapshot.build(load(file('{chat: ["far:big"]}')))
    primary = Primary("near:small", "olga", "2026-01-01T00:00:00+00:00")
    switched = registry.with_primaries({"chat": primary}, 1).resolve("chat")
    assert (switched.id, switched.fallbacks) == ("near:small:latest", ()), "it leaves no local one"


def test_a_fallback_has_only_the_capabilities_that_it_shares() -> None:
    text = file(of_big='["far:other"]')
    assert (ids(text, "chat", "far:big"), ids(text, "sql", "far:big")) == (["far:other"], [])


def test_an_unlisted_model_has_no_fallback() -> None:
    assert ids(file('{chat: ["far:other"]}'), "chat", "far:new") == []


def test_an_edit_of_fallbacks_is_described() -> None:
    before, after = (snapshot.build(load(file(text))) for text in ("{}", '{chat: ["far:other"]}'))
    assert diff.summary(diff.changes(before, after)) == "changes fallback chat, none → far:other"
