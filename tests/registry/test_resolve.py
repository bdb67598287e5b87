"""Resolution: which model is chosen, and why."""

from __future__ import annotations

import pytest

from core.errors import PortalError
from registry import snapshot
from registry.config.load import load_config
from registry.entities import Primary
from registry.model_id import ModelID, parse_model_id
from registry.snapshot import Registry

TEXT = """
models:
  capabilities: [vision]
  defaults: {chat: "ollama:llama3", sql: "ollama:coder:7b"}
  openai:
    api_key: ${UNSET}
    endpoint: https://x/v1
    registry:
      mini: {capabilities: [chat, vision]}
      vectors: {capabilities: [embeddings]}
  ollama:
    host: localhost
    registry:
      llama3:latest: {capabilities: [chat]}
      plain: {capabilities: [chat]}
      coder:7b: {capabilities: [sql]}
      hf.co/org/x-GGUF:q4: {capabilities: [chat]}
  local:
    api: openai
    endpoint: http://localhost:1/v1
    unlisted: deny
    registry: {tiny: {capabilities: [chat]}, "tagged:135m-instruct": {capabilities: [chat]}}
"""


@pytest.fixture
def registry() -> Registry:
    return snapshot.build(load_config(TEXT.encode(), {}))


def primary(model: str) -> Primary:
    return Primary(model, "olga", "2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("text", "provider", "name"),
    [("ollama:sqlcoder:7b", "ollama", "sqlcoder:7b"), ("openai:gpt-x", "openai", "gpt-x"),
     ("ollama:hf.co/org/x-GGUF:q4", "ollama", "hf.co/org/x-GGUF:q4"), ("a:b:c:d", "a", "b:c:d"),
     ("a:" + "n" * 200, "a", "n" * 200)],
)  # fmt: skip
def test_an_id_splits_at_its_first_colon(text: str, provider: str, name: str) -> None:
    assert parse_model_id(text) == ModelID(provider, name)
    assert str(parse_model_id(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "x", ":", "openai:", ":x", "Openai:x", "9a:x", "a:b c", "a:\r\n", "a:é", "a:" + "n" * 201,
     "a" * 33 + ":x", "a:\u202ex", " a:b", "a:b\n"],
)  # fmt: skip
def test_an_invalid_id_is_rejected(text: str) -> None:
    with pytest.raises(PortalError, match="is not a model ID") as caught:
        parse_model_id(text)
    assert caught.value.code == "model_not_found"
    assert len(caught.value.message) < 200


def test_an_override_wins_over_primary_and_default(registry: Registry) -> None:
    switched = registry.with_primaries({"chat": primary("local:tiny")}, 1)
    resolution = switched.resolve("chat", "openai:mini")
    assert (resolution.id, resolution.registry, resolution.resolved_by) == (
        "openai:mini",
        True,
        "override",
    )


def test_a_primary_wins_over_the_default(registry: Registry) -> None:
    switched = registry.with_primaries({"chat": primary("local:tiny")}, 1)
    assert (switched.resolve("chat").id, switched.resolve("chat").resolved_by) == (
        "local:tiny", "primary")  # fmt: skip
    assert switched.defaults["chat"] == "local:tiny"
    assert registry.resolve("chat").resolved_by == "default", "the old registry is unchanged"


def test_without_override_and_primary_the_files_default_is_used(registry: Registry) -> None:
    resolution = registry.resolve("chat", "")
    assert resolution.as_dict() == {"provider": "ollama", "name": "llama3:latest",
                               "id": "ollama:llama3:latest", "registry": True,
                               "resolved_by": "default", "revision": registry.revision}  # fmt: skip


def test_an_unlisted_model_is_allowed_and_reported(registry: Registry) -> None:
    resolution = registry.resolve("chat", "openai:a/b:c")
    assert (resolution.provider.name, resolution.name, resolution.registry) == (
        "openai",
        "a/b:c",
        False,
    )


@pytest.mark.parametrize(
    ("override", "expected"),
    [("ollama:llama3", "ollama:llama3:latest"), ("ollama:plain:latest", "ollama:plain")],
)
def test_ollamas_latest_is_folded(registry: Registry, override: str, expected: str) -> None:
    resolution = registry.resolve("chat", override)
    assert (resolution.id, resolution.registry) == (expected, True)
    assert registry.find(override) is registry.models[expected]


def test_another_tag_is_another_model(registry: Registry) -> None:
    assert registry.resolve("sql", "ollama:coder").registry is False


FAILURES = {
    "unknown provider": ("chat", "opnai:mini", "provider_not_found", "Did you mean 'openai'? Known: "),
    "not an ID": ("chat", "mini", "model_not_found", "Write provider:name"),
    "lacks the capability": ("chat", "openai:vectors", "capability_not_supported",
                             "Models that can: openai:mini, ollama:llama3:latest"),
    "lacks it, folded": ("sql", "ollama:llama3", "capability_not_supported", "ollama:coder:7b"),
    "no model can": ("rerank", "openai:mini", "capability_not_supported", "An operator adds one to"),
    "unlisted and denied": ("chat", "local:tinny", "permission_denied", "Did you mean 'local:tiny'?"),
    "an ID without its provider": ("sql", "coder:7b", "provider_not_found",
                                   "Did you mean 'ollama:coder:7b'?"),
    "a name without its tag": ("chat", "local:tagged", "permission_denied",
                               "Did you mean 'local:tagged:135m-instruct'?"),
    "nothing is near": ("chat", "local:zzzzzz", "permission_denied", "only. See GET /v1/models."),
    "no default": ("embeddings", "", "no_default", "models.defaults.embeddings"),
    "unknown capability": ("chta", "", "invalid_request", "Did you mean 'chat'?"),
    "no listed model but one": ("vision", "ollama:plain", "capability_not_supported", "openai:mini"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_an_error_lists_alternatives(registry: Registry, name: str) -> None:
    capability, override, code, words = FAILURES[name]
    with pytest.raises(PortalError) as caught:
        registry.resolve(capability, override)
    assert caught.value.code == code
    assert words in caught.value.message


def test_near_misses_come_from_models_with_the_capability(registry: Registry) -> None:
    with pytest.raises(PortalError) as caught:
        registry.resolve("sql", "local:tinny")
    assert "tiny" not in caught.value.message


def test_a_primary_whose_model_is_removed_or_lacks_the_capability_is_dropped(
    registry: Registry,
) -> None:
    primaries = {"chat": primary("openai:gone"), "sql": primary("openai:mini")}
    switched = registry.with_primaries(primaries, 3)
    assert switched.primaries == {}
    assert switched.resolve("chat").resolved_by == "default"


def test_what_no_model_can_is_not_shown(registry: Registry) -> None:
    assert {"rerank", "transcription", "image_generation"} < set(registry.capabilities)
    assert registry.shown == ("chat", "sql", "embeddings", "vision")
    text = TEXT.replace("[embeddings]", "[embeddings, rerank]")
    assert "rerank" in snapshot.build(load_config(text.encode(), {})).shown


def test_a_model_has_its_line_in_the_file(registry: Registry) -> None:
    assert registry.models["openai:mini"].line == 9


# ── Titles ──────────────────────────────────────────────────────────────────────────────────


def test_any_chat_model_may_give_titles_and_no_other() -> None:
    text = TEXT.replace("defaults: {", 'defaults: {title: "ollama:plain", ')
    registry = snapshot.build(load_config(text.encode(), {}))
    assert registry.resolve("title").id == "ollama:plain"
    assert registry.resolve("title", "local:tiny").id == "local:tiny"
    assert "title" in registry.shown
    with pytest.raises(PortalError, match="'openai:vectors' cannot 'title'"):
        registry.resolve("title", "openai:vectors")
    with pytest.raises(PortalError, match="'ollama:plain' cannot 'embeddings'"):
        registry.resolve("embeddings", "ollama:plain")


def test_pages_have_no_titles_where_no_model_gives_any(registry: Registry) -> None:
    assert "title" not in registry.shown
    assert registry.models["ollama:plain"].capabilities == ("chat",)
