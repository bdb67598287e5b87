"""Files of version 1, as sites may have written them, and how they are upgraded."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from core.errors import ConfigError
from registry.config.load import Config, load_config

OPENAI = """
  openai:
    api_key: ${OPENAI_API_KEY}
    endpoint: https://api.example.org/v1
"""
OLLAMA = """
  ollama:
    host: http://localhost:11434
"""


def load(text: str) -> Config:
    return load_config(textwrap.dedent(text).encode(), {})


def shape(config: Config) -> dict[str, Any]:
    models = {f"{provider}:{name}": ref.capabilities
              for provider, section in config.models.providers.items()
              for name, ref in section.registry.items()}  # fmt: skip
    return {"defaults": config.models.defaults, "models": models}


SITES = {
    "primaries by provider and alias, models in Ollama's section": (
        "models:\n  chat_primary: openai\n  sql_primary: sqlcoder\n"
        + OPENAI + "    chat_model: gpt-4o-mini\n"
        + OLLAMA + "    llama3_model: llama3:latest\n    sqlcoder_model: sqlcoder:7b\n",
        {"defaults": {"chat": "openai:gpt-4o-mini", "sql": "ollama:sqlcoder:7b"},
         "models": {"openai:gpt-4o-mini": ("chat",), "ollama:llama3:latest": ("chat",),
                    "ollama:sqlcoder:7b": ("sql",)}},
    ),
    "full IDs as primaries, nothing else": (
        "models:\n  chat_primary: ollama:llama3:latest\n  sql_primary: ollama:sqlcoder:7b\n" + OLLAMA,
        {"defaults": {"chat": "ollama:llama3:latest", "sql": "ollama:sqlcoder:7b"},
         "models": {"ollama:llama3:latest": ("chat",), "ollama:sqlcoder:7b": ("sql",)}},
    ),
    "models outside the sections, one provider": (
        "models:\n  llama3_model: llama3:latest\n  sqlcoder_model: sqlcoder:7b\n"
        "  chat_primary: llama3\n" + OLLAMA,
        {"defaults": {"chat": "ollama:llama3:latest"},
         "models": {"ollama:llama3:latest": ("chat",), "ollama:sqlcoder:7b": ("sql",)}},
    ),
    "an alias that is its provider's name": (
        "models:\n  openai_model: gpt-4o\n  chat_primary: openai\n" + OPENAI + OLLAMA,
        {"defaults": {"chat": "openai:gpt-4o"}, "models": {"openai:gpt-4o": ("chat",)}},
    ),
    "one model for two jobs": (
        "models:\n  chat_primary: big\n  sql_primary: big\n" + OLLAMA + "    big_model: llama3:70b\n",
        {"defaults": {"chat": "ollama:llama3:70b", "sql": "ollama:llama3:70b"},
         "models": {"ollama:llama3:70b": ("chat", "sql")}},
    ),
    "half moved to version 2": (
        "models:\n  chat_primary: old\n  sql_primary: sqlcoder\n  defaults: {chat: 'ollama:new'}\n"
        + OLLAMA + "    sqlcoder_model: sqlcoder:7b\n    registry:\n"
        "      new: {capabilities: [chat]}\n      sqlcoder:7b: {capabilities: [sql], title: Mine}\n",
        {"defaults": {"chat": "ollama:new", "sql": "ollama:sqlcoder:7b"},
         "models": {"ollama:new": ("chat",), "ollama:sqlcoder:7b": ("sql",)}},
    ),
    "embeddings, and a primary by the model's name": (
        "models:\n  chat_primary: gpt-4o-mini\n  embeddings_primary: vectors\n"
        + OPENAI + "    mini_model: gpt-4o-mini\n    vectors_model: text-embedding-3-small\n",
        {"defaults": {"chat": "openai:gpt-4o-mini", "embeddings": "openai:text-embedding-3-small"},
         "models": {"openai:gpt-4o-mini": ("chat",),
                    "openai:text-embedding-3-small": ("embeddings",)}},
    ),
    "an ID with its provider written inside the section": (
        "models:\n  chat_primary: fast\n" + OLLAMA + "    fast_model: ollama:llama3:8b\n",
        {"defaults": {"chat": "ollama:llama3:8b"}, "models": {"ollama:llama3:8b": ("chat",)}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("site", SITES)
def test_a_version_1_file_is_loaded(site: str) -> None:
    text, expected = SITES[site]
    assert shape(load(text)) == expected


@pytest.mark.parametrize("site", SITES)
def test_each_old_field_is_a_warning_with_its_line(site: str) -> None:
    text, _ = SITES[site]
    old_lines = [number for number, line in enumerate(text.splitlines(), 1)
           if line.strip().partition(":")[0].endswith(("_primary", "_model"))]  # fmt: skip
    assert {warning.line for warning in load(text).warnings} == set(old_lines)


def test_version_2_fields_win_with_a_warning() -> None:
    text, _ = SITES["half moved to version 2"]
    ignored = [w.message for w in load(text).warnings if "ignored" in w.message]
    assert ignored == [
        "'chat_primary' is ignored: `defaults.chat` on line 4 replaces it.",
        "'sqlcoder_model' is ignored: line 11 lists the model.",
    ]


def test_a_model_without_known_capabilities_gets_chat_and_a_warning() -> None:
    config = load("models:\n" + OLLAMA + "    mystery_model: x:1b\n")
    assert shape(config)["models"] == {"ollama:x:1b": ("chat",)}
    assert any("chat is assumed" in warning.message for warning in config.warnings)


def test_a_primary_without_a_model_is_an_error_with_the_remedy() -> None:
    with pytest.raises(ConfigError, match=r"2:17  'fast' is not a model .* Write the model's ID"):
        load("models:\n  chat_primary: fast\n" + OLLAMA)


def test_a_primary_that_means_two_models_is_an_error() -> None:
    text = "models:\n  chat_primary: ollama\n" + OLLAMA + "    a_model: x\n    b_model: y\n"
    with pytest.raises(ConfigError, match="Write the model's ID"):
        load(text)


def test_a_model_without_a_provider_is_an_error() -> None:
    with pytest.raises(ConfigError, match="The provider of 'fast_model' is not known"):
        load("models:\n  fast_model: x\n" + OPENAI + OLLAMA)


def test_two_providers_may_have_the_same_alias() -> None:
    text = "models:\n" + OPENAI + "    main_model: a\n" + OLLAMA + "    main_model: b\n"
    assert set(shape(load(text))["models"]) == {"openai:a", "ollama:b"}


def test_a_misspelt_capability_is_named_at_the_old_field() -> None:
    with pytest.raises(
        ConfigError, match=r"^models.yaml:2:22  'embedding' is not .* mean 'embeddings'"
    ):
        load("models:\n  embedding_primary: ollama:x\n" + OLLAMA)
