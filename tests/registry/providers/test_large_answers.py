"""Answers that are too large end, and name the setting; JSON of too many values is not decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import PortalError
from registry.config.endpoint import Endpoint
from registry.entities import Provider
from registry.gateway import active
from registry.providers import WIRES
from registry.providers.events import Failure
from registry.providers.reading import decode_any
from registry.providers.wire import Stamp, Target
from tests.conftest import copy_of
from tests.core.test_rules import check_error
from tests.registry.providers.test_faults import last_error
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, completion, event, http
from tests.support.socket_client import SocketClient

LARGE = "x" * 300_000
BOMB = b'{"choices": [' + b"[]," * 1_000_000 + b"[]]}"
RECORD = b'data: {"choices": [' + b"[]," * 200_000 + b"[]]}\n\n"
STAMP, TARGET = Stamp("id", 1), Target("p", "n", "http://x", {})
PROVIDER = Provider(
    "p", "openai", Endpoint("http://x", {}), None, False, None, serves=False, local=False
)


@pytest.fixture(scope="module")
def strict(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    limits = {"MAX_ANSWER_BYTES": "200000", "MAX_EMBEDDINGS_BYTES": "400000"}
    portal = copy_of(
        portal_files, tmp_path_factory.mktemp("strict"), "uvicorn", **limits, **LONG_TIMEOUTS
    )
    portal.start()
    yield portal
    portal.stop()


@pytest.mark.parametrize("path", ["/v1/ai/chat/completion", "/v1/chat/completions"])
def test_a_whole_answer_that_is_too_large_names_the_setting(
    strict: Portal, fake: FakeProvider, path: str
) -> None:
    fake.script(http(200, completion(LARGE)), KEEP)
    answer = strict.chat(path=path)
    error = check_error(answer, 502, "provider_bad_response")
    assert "it is over 200000 bytes (MAX_ANSWER_BYTES)" in error["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert strict.chat().status_code == 200


def test_a_stream_that_is_too_large_keeps_what_was_shown(
    strict: Portal, fake: FakeProvider
) -> None:
    fake.script(
        SSE_HEAD, *[part for _ in range(10) for part in (event(chunk(LARGE[:30_000])), 0.02)]
    )
    text = strict.chat(stream=True).text
    assert text.count("x") >= 150_000
    assert "MAX_ANSWER_BYTES" in last_error(text)["message"]
    assert "[DONE]" not in text


def test_a_socket_keeps_what_was_shown(strict: Portal, fake: FakeProvider) -> None:
    fake.script(
        SSE_HEAD, *[part for _ in range(10) for part in (event(chunk(LARGE[:30_000])), 0.02)]
    )
    with SocketClient(strict) as talking:
        talking.begin()
        frames = talking.until("error")
    assert "MAX_ANSWER_BYTES" in frames[-1]["error"]["message"]
    assert sum(len(frame.get("text", "")) for frame in frames) >= 150_000


def test_embeddings_have_a_limit_of_their_own(strict: Portal, fake: FakeProvider) -> None:
    def vectors(count: int) -> dict[str, Any]:
        return {"data": [{"index": 0, "embedding": [0.123456] * count}]}

    fake.script(http(200, vectors(25_000)), KEEP)
    assert strict.post("/v1/embeddings", {"input": "x"}).status_code == 200
    fake.script(http(200, vectors(50_000)), KEEP)
    error = check_error(strict.post("/v1/embeddings", {"input": "x"}), 502, "provider_bad_response")
    assert "MAX_EMBEDDINGS_BYTES" in error["message"]


# ── Values ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_an_answer_of_too_many_values_is_not_decoded(wire: Any) -> None:
    with pytest.raises(PortalError, match="values"):
        wire.read_chat(BOMB, STAMP)
    with pytest.raises(PortalError, match="values"):
        wire.read_models(BOMB)


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_a_record_of_too_many_values_ends_a_stream(wire: Any) -> None:
    events = wire.Stream(TARGET, STAMP).feed(RECORD)
    assert isinstance(events[-1], Failure)
    assert "values" in events[-1].error.message


def test_a_long_text_is_not_too_many_values() -> None:
    value = decode_any(b'{"text": "' + b"a, [b], {c}; " * 1_000_000 + b'"}')
    assert len(value["text"]) == 13_000_000


# ── Unfinished records ──────────────────────────────────────────────────────────────────────


def test_only_large_unfinished_records_end_when_there_is_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(active, "MAX_BUFFERED", 3_000_000)
    with active.ActiveCall(PROVIDER, None) as large, active.ActiveCall(PROVIDER, None) as small:
        large.buffer(2_900_000)
        small.buffer(500_000)
        with pytest.raises(PortalError):
            large.buffer(2_950_000)
    assert active._buffered == 0
