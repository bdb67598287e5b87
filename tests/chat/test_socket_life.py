"""Sockets over time: a slow database, signing out, restarts and crashes."""

from __future__ import annotations

import signal
import socket
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.chat.stored_answers import begin_answer, stored, wait_for_state
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers.databases import locked
from tests.support.socket_client import SocketClient, text_of

pytestmark = pytest.mark.long

# ── A slow database ─────────────────────────────────────────────────────────────────────────


def test_stop_does_not_wait_for_another_sockets_query(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as talking, SocketClient(portal) as waiting:
        begin_answer(portal, fake, talking)
        with locked(portal):
            waiting.begin()  # waits for the lock
            time.sleep(0.2)
            talking.send(type="stop", id="1")
            assert fake.posts[0].peer_closed.wait(1)
        assert talking.until("done")[-1]["finish_reason"] == "stopped"
        assert waiting.until("done")[-1]["finish_reason"] == "stop"


def test_tokens_keep_flowing_while_the_database_is_slow(portal: Portal, fake: FakeProvider) -> None:
    fake.script(
        SSE_HEAD,
        *([event(chunk("x")), 0.1] * 12),
        event(chunk(finish="stop")) + b"data: [DONE]\n\n",
    )
    with SocketClient(portal) as client:
        client.begin()
        client.until("delta")
        with locked(portal):
            started = time.monotonic()
            for _ in range(9):
                client.until("delta")
            assert time.monotonic() - started < 2
        assert text_of(client.until("done"))


def test_storing_the_end_of_an_answer_is_retried(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as client:
        begin_answer(portal, fake, client)
        with locked(portal):
            client.send(type="stop", id="1")
            time.sleep(11)  # longer than SQLite waits for a lock
        assert client.until("done")[-1]["finish_reason"] == "stopped"
        # Kept in memory until the database takes it.
        assert wait_for_state(portal, "stopped") == "Half an answer"


# ── Signing out and revoking ───────────────────────────────────────────────────────────────────


def closing(client: SocketClient, seconds: float = 6) -> tuple[str, int]:
    """Wait until the server closes; return the last error's code and the closing code."""
    last = ""
    try:
        while True:
            last = client.receive(seconds)["error"]["code"]
    except ConnectionClosed as closed:
        return last, closed.rcvd.code if closed.rcvd else 1006


def test_a_signed_out_user_gets_no_new_answer(portal: Portal, fake: FakeProvider) -> None:
    session = portal.sign_in("ann", fresh=True)
    headers = {"Cookie": f"sessionid={session.cookies['sessionid']}", "Origin": portal.url}
    with SocketClient(portal, who=None, headers=headers) as client:
        client.ask()
        session.post(f"{portal.url}/sign-out", timeout=5)
        client.begin(id="2")
        assert closing(client) == ("unauthenticated", 4401)
    assert len(fake.posts) == 1


@pytest.mark.parametrize(
    "change", ["u.is_active = False; u.save()", "ApiToken.objects.all().delete()"]
)
def test_an_idle_socket_of_a_disabled_user_or_revoked_token_is_closed(
    running_portal: Portal, fake: FakeProvider, change: str
) -> None:
    with SocketClient(running_portal) as client:
        client.ask()
        running_portal.manage("shell", "-c", "from accounts.models import *; u = User.objects.get(username='ann'); " + change)  # fmt: skip
        assert closing(client) == ("unauthenticated", 4401)


# ── Restarts and crashes ────────────────────────────────────────────────────────────────────


def test_sigterm_reports_a_restart_and_stores_the_partial_answer(
    running_portal: Portal, fake: FakeProvider
) -> None:
    with SocketClient(running_portal) as talking, SocketClient(running_portal) as idle:
        begin_answer(running_portal, fake, talking)
        assert running_portal.process is not None
        running_portal.process.send_signal(signal.SIGTERM)
        talking.begin(id="2")
        assert closing(talking)[0] == "server_restarting"
        assert closing(idle) == ("server_restarting", 1012)
    assert fake.posts[-1].peer_closed.wait(1)
    assert running_portal.process.wait(10) == 0
    assert stored(running_portal) == [("interrupted", "Half an answer")]


def test_after_a_crash_nothing_stays_running(running_portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(running_portal) as client:
        begin_answer(running_portal, fake, client)
        assert running_portal.process is not None
        running_portal.process.kill()
        running_portal.process.wait()
    assert stored(running_portal)[-1][0] == "running"
    running_portal.start()
    assert stored(running_portal)[-1][0] == "interrupted"
    with SocketClient(running_portal) as client:
        assert client.ask()[-1]["type"] == "done"


def test_a_crash_loses_only_seconds_of_a_long_answer(
    running_portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD, *([event(chunk("word ")), 0.2] * 100))
    running_portal.variables["TOTAL_TIMEOUT"] = "30"
    running_portal.stop()
    running_portal.start()
    with SocketClient(running_portal) as client:
        client.begin()
        end = time.monotonic() + 4.5
        while time.monotonic() < end:
            client.until("delta")
        assert running_portal.process is not None
        running_portal.process.kill()
        running_portal.process.wait()
    assert stored(running_portal)[-1][1].count("word") >= 10


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_leaving_stores_the_partial_answer(portal: Portal, fake: FakeProvider, leave: str) -> None:
    with SocketClient(portal) as client:
        begin_answer(portal, fake, client)
        if leave == "reset":
            client.link.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.link.socket.close()
        else:
            client.close()
        assert wait_for_state(portal, "interrupted") == "Half an answer"


STATES: dict[str, tuple[tuple[Any, ...], str]] = {
    "stop": ((event(chunk("All.")) + event(chunk(finish="stop")) + b"data: [DONE]\n\n",), "complete"),
    "length": ((event(chunk("Al")) + event(chunk(finish="length")) + b"data: [DONE]\n\n",), "interrupted"),
    "filter": ((event(chunk("Al")) + event(chunk(finish="content_filter")) + b"data: [DONE]\n\n",),
               "interrupted"),
    "cut off": ((event(chunk("Al")),), "interrupted"),
    "no text": ((event(chunk(finish="stop")) + b"data: [DONE]\n\n",), "complete"),
    "cut before any text": ((b"",), "failed"),
    "silence": ((event(chunk("Al")), HANG), "interrupted"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_a_cut_answer_is_never_stored_as_complete(
    portal: Portal, fake: FakeProvider, name: str
) -> None:
    steps, state = STATES[name]
    fake.script(SSE_HEAD, *steps)
    with SocketClient(portal) as client:
        frames = client.ask()
    assert stored(portal)[-1] == (state, text_of(frames))
