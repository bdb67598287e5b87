"""The addresses of providers: with a query of their own, and those that were perhaps meant."""

from __future__ import annotations

import pytest

from core.errors import PortalError
from registry.providers import ollama, openai
from registry.providers.http.transport import timed_out
from registry.providers.wire import Target
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

MESSAGES = [{"role": "user", "content": "hi"}]


def test_a_query_stays_at_the_end_of_an_address() -> None:
    base = openai.base_url("https://h/openai/deployments/d/?api-version=1")
    target = Target("p", "m", base, {"api-key": "k"})
    url = "https://h/openai/deployments/d/chat/completions?api-version=1"
    assert openai.chat(target, {"messages": MESSAGES}).url == url
    assert openai.models(target).url == "https://h/openai/deployments/d/models?api-version=1"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("http://h", "http://h/v1"), ("http://h/v1", ""), ("http://h/api/v3", ""),
     ("http://h/v1/chat/completions", "http://h/v1"), ("http://h/v1beta/openai", ""),
     ("http://h/v1/models?a=b", "http://h/v1?a=b"), ("http://h/proxy", "http://h/proxy/v1")],
)  # fmt: skip
def test_the_address_that_was_meant_is_found(written: str, meant: str) -> None:
    assert openai.other_address(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("http://h:11434", ""), ("http://h:11434/v1", "http://h:11434"),
     ("http://h/api/chat", "http://h"), ("http://h/v1/chat/completions", "http://h")],
)  # fmt: skip
def test_ollamas_address_that_was_meant_is_found(written: str, meant: str) -> None:
    assert ollama.other_address(written) == meant


def test_ollamas_address_has_no_query() -> None:
    with pytest.raises(ValueError, match="has no"):
        ollama.base_url("http://h?a=b")


@pytest.mark.parametrize("stream", [False, True])
def test_a_provider_gets_the_media_type_and_the_requests_id(
    portal: Portal, fake: FakeProvider, stream: bool
) -> None:
    answer = portal.chat(stream=stream)
    headers = fake.posts[-1].headers
    assert headers["content-type"] == "application/json"
    assert headers["x-request-id"] == answer.headers["X-Request-ID"]


def test_a_portal_counts_the_portals_before_it(portal: Portal, fake: FakeProvider) -> None:
    portal.chat(headers={"X-Portal-Hops": "2"})
    assert fake.posts[-1].headers["x-portal-hops"] == "3"
    portal.chat(headers={"X-Portal-Hops": "many"}, stream=True)
    assert fake.posts[-1].headers["x-portal-hops"] == "1"


@pytest.mark.parametrize("stream", [False, True])
def test_a_loop_of_portals_is_refused(portal: Portal, fake: FakeProvider, stream: bool) -> None:
    answer = portal.chat(headers={"X-Portal-Hops": "4"}, stream=stream)
    assert answer.status_code == 508
    assert answer.json()["error"]["code"] == "loop_detected"
    assert fake.posts == []


def test_what_the_portal_cannot_wait_for_is_not_repeated() -> None:
    assert timed_out("did not connect in time", retry=True).retry
    assert isinstance(late := timed_out("sent nothing in time"), PortalError)
    assert not late.retry
