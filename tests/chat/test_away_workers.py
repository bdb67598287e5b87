"""Answers without their reader in a portal of two workers: followed, stopped, and lost."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from tests.chat.stored_answers import stored
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers import databases
from tests.support.servers.cluster import on_both_servers, pair, redis, slow
from tests.support.servers.redis_server import needs_redis
from tests.support.socket_client import Frame, SocketClient, text_of

__all__ = ["pair", "redis", "slow"]  # fixtures
pytestmark = [needs_redis, pytest.mark.long]
SOCKETS = 24  # so many are spread over both workers


def leave(portal: Portal, fake: FakeProvider) -> int:
    """Begin an answer that does not end, and leave it; return its number."""
    fake.script(SSE_HEAD + event(chunk("Half ")), 0.5, event(chunk("an answer")), HANG)
    with SocketClient(portal) as client:
        client.begin(on_leave="finish")
        return int(client.until("delta")[0]["message"])


def followers(portal: Portal, message: int, stack: ExitStack) -> list[SocketClient]:
    """Open sockets on both workers that have read what there is of the answer."""
    clients = [stack.enter_context(SocketClient(portal)) for _ in range(SOCKETS)]
    for client in clients:
        client.send(type="follow", id="f", message=message)
    for client in clients:
        text = ""
        while text != "Half an answer":
            frames = client.until("delta", "error", seconds=30)
            assert frames[-1]["type"] == "delta", frames
            text += text_of(frames)
    return clients


def owner(portal: Portal) -> int:
    """Return the process that writes the newest answer."""
    query = "SELECT worker FROM chat_message WHERE role = 'assistant' ORDER BY id DESC LIMIT 1"
    return int(databases.rows(portal, query)[0][0].split("-")[1], 16)


def end_of(client: SocketClient) -> Frame | None:
    """Return the last frame; None if the worker of this socket is gone."""
    try:
        return client.until("done", "error", seconds=20)[-1]
    except ConnectionClosed:
        return None


@on_both_servers
def test_an_answer_is_followed_and_stopped_on_any_worker(slow: Portal, fake: FakeProvider) -> None:
    message = leave(slow, fake)
    with ExitStack() as stack:
        clients = followers(slow, message, stack)
        clients[0].send(type="stop", id="f")
        assert fake.posts[-1].peer_closed.wait(5)
        for client in clients:
            assert client.until("done", seconds=20)[-1]["finish_reason"] == "stopped"
    for _ in range(4):  # whichever worker has the socket
        message = leave(slow, fake)
        with SocketClient(slow) as client:
            client.send(type="follow", id="f", message=message)
            client.send(type="stop", id="f")
            assert fake.posts[-1].peer_closed.wait(5)
            client.until("done", seconds=20)
    assert {state for state, _ in stored(slow)} == {"stopped"}


@on_both_servers
def test_an_answer_whose_worker_was_killed_shows_what_it_has(
    slow: Portal, fake: FakeProvider
) -> None:
    message = leave(slow, fake)
    with ExitStack() as stack:
        clients = followers(slow, message, stack)
        os.kill(owner(slow), signal.SIGKILL)
        ends = [end for client in clients if (end := end_of(client))]
    assert ends, "some were on the other worker"
    assert {end["error"]["code"] for end in ends} == {"server_restarting"}
    with SocketClient(slow) as client:
        client.send(type="follow", id="f", message=message)
        frames = client.until("done", "error")
        assert text_of(frames) == "Half an answer"
        assert frames[-1]["error"]["code"] == "server_restarting"
        assert client.ask(id="2", conversation=frames[0]["conversation"])[-1]["type"] == "done"
