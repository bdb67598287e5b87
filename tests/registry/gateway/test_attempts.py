"""Retries and fallback over real HTTP: what is asked again, what else is asked, what is reported."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from core.access import Access
from core.errors import PortalError
from core.http.call import Call
from registry import snapshot
from registry.entities import Resolution
from registry.gateway import calls
from registry.gateway.attempts import Fitted
from registry.health.traffic import traffic_log
from registry.providers.events import Chunk
from registry.providers.http.connections import close
from registry.snapshot import Registry
from tests.registry.config.loading import load
from tests.support.fake_provider import HANG, KEEP, RESET, FakeProvider
from tests.support.ports import free_port
from tests.support.provider_messages import SSE_HEAD, chunk, event, http, openai_stream

FILE = """
models:
  defaults: {{chat: "first:a"}}
  fallbacks: {{chat: [{fallbacks}]}}
  first:
    api: openai
    endpoint: http://127.0.0.1:{first}/v1
    api_key: {key}
    first_byte: 0.5
    registry:
      a: {{capabilities: [chat]}}
      vectors: {{capabilities: [embeddings]}}
  second:
    api: ollama
    host: 127.0.0.1:{second}
    registry: {{b: {{capabilities: [chat]}}}}
  club:
    api: openai
    endpoint: http://127.0.0.1:{second}/v1
    registry: {{c: {{capabilities: [chat], allow: [insiders]}}}}
"""
BUSY = http(503, {"error": {"message": "Busy."}}, Retry_After="1")
BROKEN = http(500, {"error": {"message": "Oh."}})
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture
def other() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    yield provider
    provider.close()


@pytest.fixture(autouse=True)
async def _fresh() -> AsyncIterator[None]:
    traffic_log.forget()
    yield
    await close()


def registry(
    first: int, second: int, fallbacks: str = '"second:b"', key: str = "${KEY:-x}"
) -> Registry:
    text = FILE.format(first=first, second=second, fallbacks=fallbacks, key=key)
    return snapshot.build(load(text))


class Asking:
    """One request, and what becomes of it."""

    def __init__(self, models: Registry, model: str = "", **more: Any) -> None:
        self.chosen = calls.choose(models, "chat", model, Access(more.pop("groups", None)), **more)
        self.call = Call("request", refit=lambda other: Fitted(other, BODY))

    @property
    def resolution(self) -> Resolution:
        resolution: Resolution = self.call.resolution or self.chosen
        return resolution

    @property
    def tried(self) -> list[tuple[str, str]]:
        return [(attempt.id, attempt.code) for attempt in self.resolution.tried]

    async def whole(self) -> str:
        answer = await calls.chat(self.chosen, BODY, self.call)
        return str(answer["choices"][0]["message"]["content"])

    async def streamed(self) -> str:
        batches = calls.stream(self.chosen, BODY, self.call)
        return "".join([e.text async for events in batches for e in events if isinstance(e, Chunk)])


async def test_a_busy_provider_is_asked_once_more(fake: FakeProvider, other: FakeProvider) -> None:
    fake.script(BUSY, KEEP)
    asking = Asking(registry(fake.port, other.port))
    began = time.monotonic()
    assert await asking.whole()
    assert time.monotonic() - began >= 1, "no sooner than it said"
    assert asking.resolution.resolved_by == "default"
    assert asking.tried == [("first:a", "overloaded")]
    assert len(fake.posts) == 2
    assert not other.posts


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", [(BROKEN,), (RESET,), (), (http(401, {}),), (http(404, {}),)])
async def test_another_model_answers(
    fake: FakeProvider, other: FakeProvider, fault: tuple[Any, ...], *, stream: bool
) -> None:
    fake.script(*fault)
    asking = Asking(registry(fake.port, other.port))
    assert await (asking.streamed() if stream else asking.whole())
    told = asking.resolution.as_dict()
    assert (told["id"], told["asked"], told["resolved_by"]) == ("second:b", "first:a", "fallback")
    assert [attempt["code"] for attempt in told["tried"]] == [told["because"]]
    assert len(fake.posts) == 1, "what may have been read is not sent again"
    assert asking.resolution.header_lines[-1] == (b"x-attempts", b"2")


async def test_a_hang_costs_the_first_byte_only(fake: FakeProvider, other: FakeProvider) -> None:
    fake.script(HANG)
    began = time.monotonic()
    asking = Asking(registry(fake.port, other.port))
    assert await asking.streamed()
    assert 0.5 <= time.monotonic() - began < 3
    assert asking.tried == [("first:a", "provider_timeout")]
    assert asking.resolution.tried[0].seconds >= 0.5


async def test_a_refused_connection_is_tried_again_then_another_model(other: FakeProvider) -> None:
    asking = Asking(registry(free_port(), other.port))
    assert await asking.streamed()
    assert asking.tried == [("first:a", "provider_unreachable")] * 2


async def test_nothing_is_asked_after_the_first_event(
    fake: FakeProvider, other: FakeProvider
) -> None:
    fake.script(SSE_HEAD, event(chunk("One")), 0.1, RESET)
    with pytest.raises(PortalError) as caught:
        await Asking(registry(fake.port, other.port)).streamed()
    assert caught.value.code == "provider_bad_response"
    assert not other.posts


async def test_if_all_fail_the_first_error_has_all_attempts(
    fake: FakeProvider, other: FakeProvider
) -> None:
    fake.script(BROKEN, KEEP)
    other.script(http(404, {"error": "model 'b' not found"}))
    with pytest.raises(PortalError) as caught:
        await Asking(registry(fake.port, other.port)).whole()
    error = caught.value
    assert error.code == "provider_error"
    assert error.resolution is not None
    assert error.resolution["id"] == "first:a"
    tried = [(attempt["id"], attempt["code"]) for attempt in error.resolution["tried"]]
    assert tried == [("first:a", "provider_error"), ("second:b", "provider_model_missing")]


@pytest.mark.parametrize("status", [400, 422])
async def test_a_mistake_of_the_caller_is_not_repeated(
    fake: FakeProvider, other: FakeProvider, status: int
) -> None:
    fake.script(http(status, {"error": {"message": "No."}}))
    with pytest.raises(PortalError):
        await Asking(registry(fake.port, other.port)).whole()
    assert not other.posts


async def test_a_named_model_falls_back_only_on_demand(
    fake: FakeProvider, other: FakeProvider
) -> None:
    fake.script(BROKEN, KEEP)
    with pytest.raises(PortalError) as caught:
        await Asking(registry(fake.port, other.port), "first:a").whole()
    assert caught.value.resolution is not None
    assert caught.value.resolution["fallbacks"] == ["second:b"], "what the caller may ask for"
    fake.script(BROKEN, KEEP)
    asking = Asking(registry(fake.port, other.port), "first:a", fallback=True)
    assert await asking.whole()
    assert asking.resolution.id == "second:b"


async def test_an_unset_key_falls_back(fake: FakeProvider, other: FakeProvider) -> None:
    asking = Asking(registry(fake.port, other.port, key="${NEVER_SET}"))
    assert await asking.whole()
    assert asking.resolution.id == "second:b"
    assert asking.tried == [("first:a", "provider_unconfigured")]
    assert not fake.posts


async def test_no_model_answers_that_the_caller_may_not_use(
    fake: FakeProvider, other: FakeProvider
) -> None:
    models = registry(fake.port, other.port, '"club:c"')
    fake.script(BROKEN, KEEP)
    with pytest.raises(PortalError):
        await Asking(models, groups=frozenset({"outsiders"})).whole()
    assert not other.posts
    fake.script(BROKEN, KEEP)
    assert await Asking(models, groups=frozenset({"insiders"})).whole()
    assert len(other.posts) == 1


async def test_a_model_that_cannot_take_the_request_is_passed_over(
    fake: FakeProvider, other: FakeProvider
) -> None:
    def refit(resolution: Resolution) -> Fitted:
        if resolution.provider.api == "ollama":
            raise PortalError("invalid_request", "It reads no sound.")
        return Fitted(resolution, BODY)

    fake.script(BROKEN, KEEP)
    asking = Asking(registry(fake.port, other.port, '"second:b", "club:c"'))
    asking.call.refit = refit
    assert await asking.whole()
    assert asking.resolution.id == "club:c"
    assert [code for _, code in asking.tried] == ["provider_error", "invalid_request"]


async def test_what_fails_often_is_skipped_while_another_answers(
    fake: FakeProvider, other: FakeProvider
) -> None:
    models = registry(fake.port, other.port)
    for _ in range(5):
        fake.script(BROKEN, KEEP)
        await Asking(models).whole()
    asking = Asking(models)
    assert await asking.whole()
    assert (asking.resolution.id, asking.resolution.because) == ("second:b", "skipped")
    assert len(fake.posts) == 5
    alone = Asking(models, "first:a")
    assert await alone.whole()
    assert alone.resolution.id == "first:a", "without another it is asked"
    assert await Asking(models).streamed()
    assert len(fake.posts) == 7, "it answered, so it is asked again"


async def test_a_loading_model_is_awaited_where_the_caller_sees_it(
    fake: FakeProvider, other: FakeProvider
) -> None:
    for _ in range(2):
        fake.script(http(503, {"error": {"message": "Loading model"}}), KEEP)
    fake.script(SSE_HEAD, openai_stream("Now"))
    asking = Asking(registry(fake.port, other.port, fallbacks=""))
    states: list[str] = []

    async def report(state: str) -> None:
        states.append(state)

    asking.call.report = report
    assert await asking.streamed()
    assert states == ["loading", "loading"]
    assert asking.tried == [("first:a", "model_loading")]


async def test_vectors_change_no_model(fake: FakeProvider, other: FakeProvider) -> None:
    models = registry(fake.port, other.port)
    chosen = calls.choose(models, "embeddings", "first:vectors", Access(), fallback=True)
    assert chosen.fallbacks == ()
    fake.script(BROKEN, KEEP)
    with pytest.raises(PortalError):
        await calls.embed(chosen, {"input": "x"}, Call("request", refit=lambda o: Fitted(o, {})))
    assert not other.posts


async def test_attempts_end_with_the_time_of_one(fake: FakeProvider, other: FakeProvider) -> None:
    models = registry(fake.port, other.port)
    fake.script(HANG)
    other.script(HANG)
    began = time.monotonic()
    asking = Asking(models)
    asking.chosen.__dict__["timeout"] = 1.0  # as models.yaml would say
    with pytest.raises(PortalError) as caught:
        await asking.streamed()
    assert caught.value.code == "provider_timeout"
    assert 1 <= time.monotonic() - began < 2.5
    assert caught.value.resolution is not None
    assert [a["id"] for a in caught.value.resolution["tried"]] == ["first:a", "second:b"]
