"""Loading models.yaml: names, variables, scalars, keys and warnings."""

from __future__ import annotations

from typing import Any

import pytest

from registry.config.load import load_config
from tests.registry.config.loading import GOOD, KEY, load, model


def test_a_good_file_is_read() -> None:
    config = load(GOOD, **KEY)
    assert config.models.defaults == {"chat": "openai:a"}
    assert config.endpoints["openai"].base_url == "https://api.example.org/v1"
    assert config.endpoints["openai"].headers == {"Authorization": "Bearer sk-secret-0123456789"}
    assert config.warnings == ()


def test_the_revision_is_the_files_content() -> None:
    assert load(GOOD, **KEY).revision == load(GOOD).revision
    assert load(GOOD).revision != load(GOOD + "# more").revision


def test_an_unset_variable_is_not_an_error() -> None:
    assert load(GOOD).endpoints["openai"].missing == {"OPENAI_API_KEY": "not set"}
    assert load(GOOD, OPENAI_API_KEY="").endpoints["openai"].missing == {
        "OPENAI_API_KEY": "not set"
    }


@pytest.mark.parametrize("value", ["sk 1", "sk\n", " ", "\tsk", "sk\u200b", "schlüssel"])
def test_a_key_with_white_space_is_not_set(value: str) -> None:
    missing = load(GOOD, OPENAI_API_KEY=value).endpoints["openai"].missing
    assert missing["OPENAI_API_KEY"].startswith("holds white space")


def test_variables_may_have_defaults() -> None:
    text = GOOD.replace("https://api.example.org/v1/", "http://h:${P:-81}/v1")
    assert load(text, **KEY).endpoints["openai"].base_url == "http://h:81/v1"
    assert load(text, **KEY, P="82").endpoints["openai"].base_url == "http://h:82/v1"


@pytest.mark.parametrize("text", ["1.5", "12:30", "no", "2024-08-06", "1e3", "0x10"])
def test_names_arrive_as_they_are_written(text: str) -> None:
    config = load(GOOD + f"      {text}: {{capabilities: [chat]}}\n")
    assert text in config.models.providers["openai"].registry


def test_options_have_the_types_of_yaml_1_2() -> None:
    fields = "a: 1, b: 1.5, c: no, d: true, e: null, f: '1', g: 12:30, h: [1, x]"
    config = load(model(f"capabilities: [chat], options: {{{fields}}}"))
    assert config.models.providers["openai"].registry["a"].options == {
        "a": 1, "b": 1.5, "c": "no", "d": True, "e": None, "f": "1", "g": "12:30", "h": (1, "x"),
    }  # fmt: skip


def test_a_byte_order_mark_is_ignored() -> None:
    assert load_config(b"\xef\xbb\xbf" + GOOD.encode(), {}).models.defaults


def test_a_literal_key_is_a_warning_that_does_not_quote_it() -> None:
    config = load(GOOD.replace("${OPENAI_API_KEY}", "sk-literal-123456789"))
    (warning,) = config.warnings
    assert "${OPENAI_API_KEY}" in warning.message
    assert "literal" not in repr(config.warnings)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("localhost", "http://localhost:11434"), ("10.0.0.1:9/", "http://10.0.0.1:9"),
     ("http://h/", "http://h"), ("https://h:1/base/", "https://h:1/base")],
)  # fmt: skip
def test_ollamas_host_needs_no_scheme(written: str, expected: str) -> None:
    assert (
        load(
            f"models: {{ollama: {{host: '{written}', registry: {{x: {{capabilities: [chat]}}}}}}}}"
        )
        .endpoints["ollama"]
        .base_url
        == expected
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1234567890123456789", 1234567890123456789), ("010", "010"), ("08", "08"), ("0x10", "0x10"),
     ("1e400", "1e400"), ("1e3", 1000.0), ("-.5", -0.5), ("True", True), ("NULL", None), (".", "."),
     ("1.50", 1.5), ("+7", 7), ("1_000", "1_000"), ("e5", "e5")],
)  # fmt: skip
def test_plain_scalars_are_parsed_as_yaml_1_2(written: str, expected: Any) -> None:
    config = load(model(f"capabilities: [chat], options: {{x: {written}}}"))
    value = config.models.providers["openai"].registry["a"].options["x"]
    assert (type(value), value) == (type(expected), expected)


def test_the_callers_own_authorization_is_sent_alone() -> None:
    text = GOOD.replace("endpoint:", "headers: {authorization: 'Token ${T}'}\n    endpoint:")
    assert load(text, **KEY, T="abcdef").endpoints["openai"].headers == {
        "authorization": "Token abcdef"
    }


def test_every_value_of_a_variable_is_a_secret() -> None:
    text = GOOD.replace("endpoint:", "headers: {X: 'team=${T}'}\n    endpoint:")
    assert set(load(text, **KEY, T="abcdef").endpoints["openai"].secrets) == {
        "team=abcdef", "abcdef", KEY["OPENAI_API_KEY"]}  # fmt: skip
