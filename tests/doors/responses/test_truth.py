"""The Responses API of a real server, relayed: the embedded model's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.doors.pairs.callers import records
from tests.support.portal import Portal

pytestmark = pytest.mark.long
MODELS = """
models:
  defaults: {chat: "local:smollm2:135m"}
  local:
    api: openai
    apis: [responses]
    endpoint: http://127.0.0.1:${LOCAL_PORT}/v1
    api_key: ${LOCAL_API_KEY}
    registry: {"smollm2:135m": {capabilities: [chat], options: {max_tokens: 8, repeat_penalty: 1.1}}}
"""
PATIENCE = {"FIRST_BYTE_TIMEOUT": "60", "WHOLE_ANSWER_TIMEOUT": "60", "TOTAL_TIMEOUT": "60", "IDLE_TIMEOUT": "30"}  # fmt: skip
HISTORY: list[Any] = [
    {"role": "user", "content": "Hi"},
    {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm"}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]},
    {"role": "user", "content": [{"type": "input_text", "text": "Say hello."}]},
]


@pytest.fixture(scope="module")
def local(
    portal_files: Portal, embedded: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("local") / "portal"
    portal = copy_of(portal_files, folder, "uvicorn", **embedded, **PATIENCE)
    portal.models.write_text(MODELS)
    portal.start()
    yield portal
    portal.stop()


def ask(portal: Portal, **body: Any) -> requests.Response:
    return portal.post("/v1/responses", {"input": "Say hello.", **body}, timeout=90)


def test_a_whole_answer(local: Portal) -> None:
    received = ask(local, input=HISTORY, instructions="Be brief.", store=True)
    body = received.json()
    assert body["output"][0]["content"][0]["text"]
    assert body["usage"]["output_tokens"] <= 8, "the limit of models.yaml"
    assert received.headers["X-Dropped"] == "store"


def test_a_stream(local: Portal) -> None:
    rows = records(ask(local, stream=True).content)
    assert (rows[0]["type"], rows[-1]["type"]) == ("response.created", "response.completed")
    text = "".join(row["delta"] for row in rows if row["type"] == "response.output_text.delta")
    assert text == rows[-1]["response"]["output"][0]["content"][0]["text"]


def test_its_refusals_are_ours(local: Portal) -> None:
    error = ask(local, input=[{"role": "user", "content": "x" * 100_000}]).json()["error"]
    assert error["code"] == "context_length_exceeded"
