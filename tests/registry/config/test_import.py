"""`models import`: files of other programs as models.yaml, without their keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from core.errors import ConfigError
from registry.config.importing.recognise import foreign_problem, recognise
from registry.config.importing.write import Imported, import_file
from registry.config.load import load_config

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREIGN = Path("tests/data/foreign")
SECRET = "hunter2"  # part of each key in these files
PROGRAMS = {
    "litellm.yaml": "LiteLLM",
    "librechat.yaml": "LibreChat",
    "open-webui.env": "Open WebUI",
    "open-webui-compose.yaml": "Open WebUI",
    "continue.yaml": "Continue",
    "continue.json": "Continue",
    "extra-openai-models.yaml": "llm",
    "otari.yml": "otari",
}


def imported(name: str) -> Imported:
    return import_file((FOREIGN / name).read_bytes())


def of(text: str) -> dict[str, Any]:
    """Import `text`, and return the providers of the valid file that it becomes."""
    result = import_file(text.encode())
    load_config(result.text.encode(), {})
    models: dict[str, Any] = yaml.safe_load(result.text)["models"]
    return models


def notes(text: str) -> str:
    return "\n".join(note.at("f") for note in import_file(text.encode()).notes)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_file_is_recognised_by_its_content(name: str) -> None:
    foreign = recognise((FOREIGN / name).read_bytes())
    assert foreign
    assert foreign.program == PROGRAMS[name]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_printed_is_a_valid_models_file(name: str) -> None:
    result = imported(name)
    assert not [w for w in load_config(result.text.encode(), {}).warnings if "key" in w.message]


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_literal_key_is_printed_anywhere(name: str) -> None:
    assert SECRET in (FOREIGN / name).read_text()
    result = imported(name)
    everything = result.text + "".join(note.message for note in result.notes)
    assert SECRET not in everything.lower()


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_note_has_its_place(name: str) -> None:
    assert all(note.line and note.column for note in imported(name).notes)


def mappings(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for key, child in value.items():
            yield from mappings(child, f"{path}.{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from mappings(child, f"{path}[{index}]")


# Mappings that are copied whole, whatever is in them: fields of requests, headers, and prices.
COPIED = ("extra_body", "addParams", "extraBodyProperties", "headers", "models", "custom_headers")


@pytest.mark.parametrize("name", [name for name in PROGRAMS if not name.startswith("open-webui")])
def test_no_key_is_dropped_without_a_note(name: str) -> None:
    """Add a key to each mapping of the file: its name, or a part around it, is reported."""
    data = yaml.safe_load((FOREIGN / name).read_text())
    for path, mapping in list(mappings(data)):
        mapping["zzz_unheard"] = 1
        result = import_file(json.dumps(data, default=str).encode())
        del mapping["zzz_unheard"]
        before = import_file(json.dumps(data, default=str).encode())
        reported = "zzz_unheard" in "".join(note.message for note in result.notes)
        kept = "zzz_unheard" in result.text
        around = any(
            word and f"{word}'" in note.message for note in before.notes
            for word in path.replace("[", ".").split(".")
        )  # fmt: skip
        whole = "not imported: there is" in "".join(n.message for n in before.notes)
        assert reported or kept or around or whole, path


def test_a_literal_key_becomes_a_variable_named_after_the_provider() -> None:
    models = of("model_list: [{model_name: a, litellm_params: {model: groq/a, api_key: gsk-abc}}]")
    assert models["groq"]["api_key"] == "${GROQ_API_KEY}"


@pytest.mark.parametrize(
    "reference",
    [
        "os.environ/MY_KEY", "${MY_KEY}", "$MY_KEY", "${{ secrets.MY_KEY }}", "${env:MY_KEY}",
        "{env:MY_KEY}", "%MY_KEY%", "${MY_KEY:-sk-default-key}", "${MY_KEY-x}", "{{ env.MY_KEY }}",
        "$env:MY_KEY", "${MY_KEY:?not set}",
    ],
)  # fmt: skip
def test_every_way_to_write_a_variable_is_translated(reference: str) -> None:
    file = {
        "model_list": [
            {"model_name": "a", "litellm_params": {"model": "groq/a", "api_key": reference}}
        ]
    }
    assert of(json.dumps(file))["groq"]["api_key"] == "${MY_KEY}"


@pytest.mark.parametrize("key", ["none", "EMPTY", "not-needed", "dummy"])
def test_a_placeholder_is_not_a_key(key: str) -> None:
    text = f"- {{model_id: a, api_base: 'http://h/v1', api_key_name: {key}}}"
    file = {
        "providers": {"gpu": {"api_base": "http://h/v1", "api_key": key}},
        "pricing": {"gpu:a": {}},
    }
    assert "api_key" not in of(json.dumps(file))["gpu"]
    assert SECRET not in notes(text)


def test_numbers_stay_numbers_and_words_stay_words() -> None:
    text = "model_list: [{litellm_params: {model: groq/a, temperature: 0.5, max_tokens: 9, stop: '1'}}]"
    assert of(text)["groq"]["registry"]["a"]["options"] == {
        "temperature": 0.5, "max_tokens": 9, "stop": "1",
    }  # fmt: skip


def test_a_key_in_the_fields_of_requests_is_left_out_and_reported() -> None:
    extra = {"tools": [{"token": "hunter2-abc"}, {"url": "sk-hunter2abcdef"}], "top_k": 1}
    params = {"model": "groq/a", "extra_body": extra}
    result = import_file(json.dumps({"model_list": [{"litellm_params": params}]}).encode())
    assert SECRET not in result.text
    assert yaml.safe_load(result.text)["models"]["groq"]["registry"]["a"]["options"]["top_k"] == 1
    assert "'tools.token' is not imported: options have no variables." in str(result.notes)


def test_a_key_per_deployment_is_a_provider_of_its_own() -> None:
    text = """
    model_list:
      - {model_name: a, litellm_params: {model: openai/a, api_key: key-one-1}}
      - {model_name: b, litellm_params: {model: openai/b, api_key: key-two-2}}
    """
    models = of(text)
    assert models["openai"]["api_key"] == "${OPENAI_API_KEY}"
    assert models["openai-2"]["api_key"] == "${OPENAI_2_API_KEY}"


def test_prices_are_for_a_million_tokens() -> None:
    text = """
    model_list:
      - litellm_params: {model: openai/a}
        model_info: {input_cost_per_token: 0.0000025, output_cost_per_token: 1e-05}
    """
    assert of(text)["openai"]["registry"]["a"]["price"] == {"input": 2.5, "output": 10.0}


def test_a_server_without_an_address_gets_a_variable() -> None:
    text = "model_list: [{model_name: a, litellm_params: {model: hosted_vllm/a}}]"
    assert of(text)["vllm"]["endpoint"] == "${VLLM_URL}"
    assert "Set the variable VLLM_URL" in notes(text)


def test_a_file_without_models_is_printed_and_said_to_be_incomplete() -> None:
    result = import_file(
        b"OPENAI_API_KEY=sk-1234567\nOPENAI_API_BASE_URL=https://api.openai.com/v1\n"
    )
    with pytest.raises(ConfigError, match="No model is listed"):
        load_config(result.text.encode(), {})
    assert "${OPENAI_API_KEY}" in result.text
    assert "sk-1234567" not in result.text


def test_settings_without_an_equal_are_reported_with_what_takes_their_place() -> None:
    text = notes((FOREIGN / "litellm.yaml").read_text())
    for words in (
        "'router_settings.routing_strategy' is not imported.",
        "'litellm_params.rpm' is not imported. Models have no rate limits",
        "'bedrock-claude' is not imported: there is no wire format",
        "`manage.py create_token`",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("entry", "capability"),
    [("{model: openai/a}, model_info: {mode: image_generation}", "image_generation"),
     ("{model: groq/a}, model_info: {mode: audio_transcription}", "transcription"),
     ("{model: openai/a}, model_info: {mode: rerank}", "rerank"),
     ("{model: openai/x-reranker-v2}", "rerank"), ("{model: openai/x-transcribe}", "transcription"),
     ("{model: openai/x-embed}", "embeddings"), ("{model: openai/a}", "chat")],
)  # fmt: skip
def test_what_a_model_does_is_read_or_guessed(entry: str, capability: str) -> None:
    text = f"model_list: [{{model_name: a, litellm_params: {entry}}}]"
    (name,) = of(text)["defaults"]
    assert name == capability


def test_a_default_of_open_webui_is_the_default() -> None:
    models = yaml.safe_load(imported("open-webui.env").text)["models"]
    assert models["defaults"] == {
        "chat": "openai:gpt-4o-mini",
        "embeddings": "ollama:nomic-embed-text",
    }
    assert models["ollama"]["host"] == "http://ollama:11434"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "a: 1", "models: {}", "providers: {a: 1}", "- 1", "model_list:", "x", "A=1",
     "models: [1]", "model_list: [1, null, [2]]", "endpoints: {custom: 3}", "- {model_id: [1]}",
     "model_list: [{model_name: {a: 1}, litellm_params: [1]}]", "schema: v1\nmodels: [x]",
     "providers: {openai: 3}\nmaster_key: x", "&a [*a]", "a: &a {b: *a}", "\t", "'", "\0",
     "endpoints: {custom: [{name: 3, models: {default: {a: b}}}]}", "{[a]: 1}",
     "model_list: [{litellm_params: {model: 'openai/a', api_base: 'http://[', extra_headers: 3}}]",
     "endpoints: {azureOpenAI: {groups: [{models: [a]}]}}",
     "OPENAI_API_CONFIGS=3\nOPENAI_API_BASE_URL=x", "OPENAI_API_BASE_URLS=;;;",
     "- {model_id: a, headers: [1], api_base: [2]}", "model_list: {a: b}",
     "- {model_id: '', api_base: 'http://h'}", "environment: 1\nservices: {a: {environment: [1]}}",
     "services: 3", "services: {a: {environment: 3}}"],
)  # fmt: skip
def test_a_strange_file_never_crashes(text: str) -> None:
    try:
        import_file(text.encode())
    except ConfigError:
        pass


@pytest.mark.parametrize("name", PROGRAMS)
def test_models_check_says_whose_file_it_is(name: str) -> None:
    problem = foreign_problem((FOREIGN / name).read_bytes(), "models import FILE")
    assert problem
    assert problem.message == (
        f"This is a file of {PROGRAMS[name]}. `models import FILE` prints it as models.yaml."
    )


def test_our_own_files_are_not_taken_for_others() -> None:
    for path in (Path("models.yaml"), *Path("tests/data").glob("*.yaml")):
        assert recognise(path.read_bytes()) is None, path


def test_fallbacks_of_litellm_become_those_of_models() -> None:
    text = """
    model_list:
      - {model_name: large, litellm_params: {model: groq/a}}
      - {model_name: small, litellm_params: {model: openai/b}}
      - {model_name: vectors, litellm_params: {model: openai/text-embedding-3-small}}
    router_settings:
      fallbacks: [{large: [small]}, {small: [vectors, gone, small]}, {gone: [large]}]
    """
    models = of(text)
    assert models["groq"]["registry"]["a"]["fallback"] == ["openai:b"]
    assert "fallback" not in models["openai"]["registry"]["b"]
    assert "Not all fallbacks of 'small' are imported." in notes(text)
