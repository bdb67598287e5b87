"""The text of models.yaml is stored without the secrets that it holds literally."""

from __future__ import annotations

import textwrap

import pytest

from registry.config.load import load_config
from registry.config.redact import UNSHOWN, redacted
from tests.registry.config.loading import GOOD
from tests.support.paths import DATA

HEAD = "models:\n  openai:\n"
TAIL = "\n    registry: {a: {capabilities: [chat]}}\n"


def shown(fields: str) -> str:
    """Return the fields of a provider as they are stored."""
    source = HEAD + textwrap.indent(fields, "    ") + TAIL
    return redacted(source.encode(), load_config(source.encode(), {"K": "v" * 9}))


@pytest.mark.parametrize("text", [GOOD, (DATA / "portal.yaml").read_text()])
def test_a_file_with_variables_stays_as_it_is(text: str) -> None:
    assert redacted(text.encode(), load_config(text.encode(), {})) == text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("endpoint: http://x\napi_key: sk-1", "api_key: ***\n"),
        ("endpoint: http://x\napi_key: openai", "api_key: ***\n"),
        ('endpoint: http://x\napi_key: "sk-#1"  # mine', "  # mine\n"),
        ("endpoint: http://x\napi_key: ${K:-sk-1}", "api_key: ***\n"),
        ("endpoint: http://x\nheaders: {X-A: s1, X-B: s1s2}", "headers: {X-A: ***, X-B: ***}\n"),
        ("endpoint: http://x\nheaders:\n  Authorization: Bearer s1", "Authorization: ***\n"),
        ("endpoint: http://x\nheaders:\n  X-A: Bearer ${K}", "X-A: Bearer ${K}\n"),
        ("endpoint: http://x/v1?api-version=2&code=s1", "http://x/v1?api-version=2&code=***\n"),
        ("endpoint: http://x/v1?code=${K}", "http://x/v1?code=${K}\n"),
        ("endpoint: http://x\n# api_key: s1 or so", "# api_key: ***\n"),
        ("endpoint: http://x\n# http://me:s1@host/", "# http://***@host/\n"),
    ],
)
def test_literal_secrets_are_hidden(fields: str, expected: str) -> None:
    text = shown(fields)
    assert expected in text
    assert "s1" not in text
    assert "sk-" not in text
    assert text.startswith(HEAD)
    assert text.endswith(TAIL)


def test_a_secret_is_hidden_wherever_it_is() -> None:
    key = "sk-0123456789"
    text = shown(f"endpoint: http://x\napi_key: {key}\ndata: not {key}")
    assert key not in text
    assert "data: not ***" in text


@pytest.mark.parametrize("written", ['"sk-\\x30\\x31"', '"sk-\n      01"', ">-\n      sk-01"])
def test_a_secret_that_is_not_found_hides_the_text(written: str) -> None:
    assert shown(f"endpoint: http://x\nheaders:\n  X-A: {written}") == UNSHOWN


def test_the_targets_of_alerts_are_hidden_and_keys_in_comments() -> None:
    source = (
        b"models:\n  openai:\n    endpoint: http://x\n"
        b"    registry: {a: {capabilities: [chat]}}  # was sk-0123456789abcdef\n"
        b"alerts:\n  targets:\n    ops:\n      on: [drift]\n"
        b"      webhook: https://hooks.example.org/services/T0/B0/SECRET\n"
        b"      headers: {X-Token: glpat-LITERAL, X-B: '${K}'}\n"
    )
    text = redacted(source, load_config(source, {"K": "v" * 9}))
    assert "webhook: ***\n" in text
    assert "X-Token: ***" in text
    assert "${K}" in text
    assert "# was [hidden]\n" in text
