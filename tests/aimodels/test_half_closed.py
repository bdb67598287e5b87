"""Callers who close their side after the request: they are answered. On both servers."""

from __future__ import annotations

import socket
from http.client import HTTPResponse

import pytest

from tests.support import raw_caller
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    DONE,
    SSE_HEAD,
    WORDS,
    chunk,
    completion,
    event,
    http,
    openai_stream,
)


def answer_of(link: socket.socket) -> str:
    """Return the body of the response that comes, and check that it is all that comes."""
    response = HTTPResponse(link, method="POST")
    response.begin()
    assert response.status == 200
    body = response.read().decode()
    assert raw_caller.rest(link) == b"", "the connection is closed after the response"
    return body


@pytest.mark.parametrize("pause", [0, 0.4])
def test_a_whole_answer_reaches_a_caller_who_half_closed(
    portal: Portal, fake: FakeProvider, pause: float
) -> None:
    fake.script(pause, http(200, completion()))
    with raw_caller.ask(portal) as link:
        link.shutdown(socket.SHUT_WR)
        assert "".join(WORDS) in answer_of(link)


@pytest.mark.parametrize("pause", [0, 0.7])  # with a heartbeat, too
def test_a_stream_reaches_a_caller_who_half_closed(
    portal: Portal, fake: FakeProvider, pause: float
) -> None:
    fake.script(pause, SSE_HEAD, openai_stream(*WORDS))
    with raw_caller.ask(portal, stream=True) as link:
        link.shutdown(socket.SHUT_WR)
        assert answer_of(link).endswith("data: [DONE]\n\n")


def test_a_stream_goes_on_for_a_caller_who_half_closes_meanwhile(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(
        SSE_HEAD,
        event(chunk("First")),
        0.4,
        event(chunk("Last")),
        event(chunk(finish="stop")),
        DONE,
    )
    with raw_caller.ask(portal, stream=True) as link:
        assert link.recv(1, socket.MSG_PEEK), "the response has begun"
        link.shutdown(socket.SHUT_WR)
        body = answer_of(link)
        assert "First" in body
        assert "Last" in body


@pytest.mark.parametrize("path", ["/sign-in", "/healthz"])
def test_a_page_reaches_a_caller_who_half_closed(portal: Portal, path: str) -> None:
    with raw_caller.connect(portal) as link:
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        link.shutdown(socket.SHUT_WR)
        assert answer_of(link)


def test_half_a_request_gets_no_answer(portal: Portal) -> None:
    with raw_caller.connect(portal) as link:
        link.sendall(raw_caller.head(portal, length=100) + b"{")
        link.shutdown(socket.SHUT_WR)
        assert raw_caller.rest(link) == b""
