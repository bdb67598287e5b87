"""What servers say of their network, their files and our keys is not for callers."""

from __future__ import annotations

import pytest

from core.leaks import hide_parts, hide_places

KEY = "sk-proj-4fQ9zL2mXw81TbVr"
PLACES = [
    ("upstream http://internal-host:8080/path?token=abc123 failed", "upstream [hidden] failed"),
    ("dial postgres://u:pw@h/x: refused", "dial [hidden] refused"),
    ("No such file: /srv/models/llama/config.json.", "No such file: [hidden]"),
    ("C:\\Users\\bob\\model.gguf is missing", "[hidden] is missing"),
    ("connect to 10.0.3.7:8000 failed", "connect to [hidden] failed"),
    ("vllm-worker-3:8000 is down", "[hidden] is down"),
    ("http://[fd00::1]:80/x and https://node.cluster.local/x", "[hidden] and [hidden]"),
    ("https://10.0.0.1/x, https://u:p@example.com/x", "[hidden], [hidden]"),
]
SHOWN = [
    "See https://platform.openai.com/docs/guides/error-codes.",
    "The route /v1/chat/completions of qwen3:7b does not exist.",
    "At most 4096 tokens; you asked for 5000:1.5 or/and more.",
]


@pytest.mark.parametrize(("text", "shown"), PLACES)
def test_addresses_and_paths_are_hidden(text: str, shown: str) -> None:
    assert hide_places(text) == shown


@pytest.mark.parametrize("text", SHOWN)
def test_what_helps_the_caller_stays(text: str) -> None:
    assert hide_places(text) == text


def test_a_public_page_loses_its_query() -> None:
    assert hide_places("at https://example.com/a?key=1#b") == "at https://example.com/a"


@pytest.mark.parametrize(
    "part", [KEY, KEY[:12], KEY[-9:], KEY[::-1], " ".join(KEY), KEY.replace("-", "_")]
)
def test_parts_of_a_key_are_hidden(part: str) -> None:
    shown = hide_parts(f"Incorrect key {part}!", [KEY])
    assert "[hidden]" in shown
    assert not any(KEY[n : n + 8] in shown for n in range(len(KEY) - 7))
    assert shown.startswith("Incorrect key ")


def test_addresses_and_words_are_no_keys() -> None:
    text = "The internal server of example.com said: Hello world, application/json."
    assert hide_parts(text, ["https://internal.example.com:8000/v1", "application/json"]) == text
