"""Answers that go on without their reader, and those who follow them, on real servers."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chat.stored_answers import stored, wait_for_state
from tests.conftest import copy_of
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers import databases
from tests.support.socket_client import SocketClient, closing_code, kinds_of, text_of

END = event(chunk(finish="stop")) + b"data: [DONE]\n\n"
SETTINGS = {**LONG_TIMEOUTS, "TOTAL_TIMEOUT": "60", "IDLE_TIMEOUT": "30", "AWAY_SECONDS": "5"}


@pytest.fixture(scope="module", params=databases.SERVERS)
def _serving(
    request: pytest.FixtureRequest,
    portal_files: Portal,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("away"), request.param, **SETTINGS)
    with portal.serving():
        yield portal


@pytest.fixture
def portal(_serving: Portal, fake: FakeProvider) -> Portal:
    return _serving


def half(fake: FakeProvider, rest: str = "an answer") -> threading.Event:
    """Script an answer that waits in its middle; return the event that lets it go on."""
    gate = threading.Event()
    fake.script(SSE_HEAD + event(chunk("Half ")), gate, event(chunk(rest)) + END)
    return gate


def leave(portal: Portal, fake: FakeProvider, who: str = "ann") -> dict[str, int | str]:
    """Begin an answer and leave it in its middle; return its first frame."""
    with SocketClient(portal, who=who) as client:
        client.begin(on_leave="finish")
        start: dict[str, int | str] = client.until("delta")[0]
    return start


def last(portal: Portal, *columns: str) -> tuple[object, ...]:
    tables = "chat_message m JOIN chat_conversation c ON c.id = m.conversation_id"
    query = f"SELECT {', '.join(columns)} FROM {tables} ORDER BY m.id DESC LIMIT 1"
    return tuple(databases.rows(portal, query)[0])


# ── Leaving ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["close", "reset"])
def test_an_answer_goes_on_when_its_reader_has_gone(
    portal: Portal, fake: FakeProvider, how: str
) -> None:
    gate = half(fake)
    client = SocketClient(portal)
    client.begin(on_leave="finish")
    client.until("delta")
    if how == "reset":
        client.link.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.link.socket.close()
    client.close()
    assert not fake.posts[-1].peer_closed.wait(1.5)
    gate.set()
    assert wait_for_state(portal, "complete") == "Half an answer"
    assert last(portal, "unread")[0]


def test_an_answer_that_its_reader_read_is_not_unread(portal: Portal) -> None:
    with SocketClient(portal) as client:
        client.ask(on_leave="finish")
    assert not last(portal, "unread")[0]


def test_a_reader_who_leaves_before_the_first_word_gets_an_answer(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(1.0, SSE_HEAD + event(chunk("Late.")) + END)
    with SocketClient(portal) as client:
        client.begin(on_leave="finish")
        client.until("start")
    assert wait_for_state(portal, "complete") == "Late."


def test_a_reader_who_acknowledges_nothing_is_dropped_and_the_answer_goes_on(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD, *([event(chunk("x" * 10_000))] * 60), END)
    with SocketClient(portal) as client:
        client.begin(on_leave="finish")
        while (frame := client.receive(10))["type"] != "error":
            pass
        assert frame["error"]["code"] == "reader_stalled"
        assert closing_code(client) == 1013
    assert len(wait_for_state(portal, "complete", 10)) == 600_000


def test_a_reader_who_reads_nothing_is_dropped_and_the_answer_goes_on(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD, *([event(chunk("y" * 9998 + "\n\n"))] * 60), END)
    with SocketClient(portal) as client:  # which reads no more when 16 frames wait in it
        client.begin(on_leave="finish", render=True)
        client.until("start")
        assert len(wait_for_state(portal, "complete", 30)) == 600_000


def test_no_one_comes_back(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Half ")), HANG)
    leave(portal, fake)
    assert wait_for_state(portal, "interrupted", 10) == "Half "
    assert last(portal, "finish_reason") == ("away",)
    assert fake.posts[-1].peer_closed.wait(1)


# ── Following ────────────────────────────────────────────────────────────────────────────────


def test_who_comes_back_reads_what_there_is_and_then_the_rest(
    portal: Portal, fake: FakeProvider
) -> None:
    gate = half(fake, "an **answer**\n\nand more")
    start = leave(portal, fake)
    with SocketClient(portal) as client:
        client.send(type="follow", id="f", message=start["message"], render=True)
        frames = client.until("delta")
        assert kinds_of(frames) == ["start", "delta"]
        assert frames[0]["conversation"] == start["conversation"]
        assert text_of(frames) == "Half "
        time.sleep(6)  # longer than AWAY_SECONDS: someone follows
        gate.set()
        frames = client.until("done")
    assert "<strong>answer</strong>" in next(f for f in frames if f["type"] == "block")["html"]
    assert text_of(frames) == "an **answer**\n\nand more"
    assert frames[-1]["finish_reason"] == "stop"
    assert not last(portal, "unread")[0]


def test_a_follower_can_stop_it(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Half ")), HANG)
    start = leave(portal, fake)
    with SocketClient(portal) as client:
        client.send(type="follow", id="f", message=start["message"])
        client.until("start")
        client.send(type="stop", id="f")
        assert fake.posts[-1].peer_closed.wait(2)
        frames = client.until("done")
    assert frames[-1]["finish_reason"] == "stopped"
    assert stored(portal)[-1] == ("stopped", "Half ")


def test_an_ended_answer_is_followed_to_its_end_at_once(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as client:
        message = client.ask()[0]["message"]
        client.send(type="follow", id="f", message=message)
        assert text_of(client.until("done", seconds=1)) == stored(portal)[-1][1]


def test_another_persons_answer_cannot_be_followed(portal: Portal) -> None:
    with SocketClient(portal, who="olga") as client:
        message = client.ask()[0]["message"]
    with SocketClient(portal) as client:
        client.send(type="follow", id="f", message=message)
        assert client.until("error")[-1]["error"]["code"] == "not_found"
        assert client.ask(id="2")[-1]["type"] == "done"


def test_a_follower_who_leaves_does_not_end_it(portal: Portal, fake: FakeProvider) -> None:
    gate = half(fake)
    start = leave(portal, fake)
    with SocketClient(portal) as client:
        client.send(type="follow", id="f", message=start["message"])
        client.until("delta")
    gate.set()
    assert wait_for_state(portal, "complete") == "Half an answer"


# ── What ends it, and what it counts in ─────────────────────────────────────────────────────


def test_a_conversation_has_one_answer_at_a_time(portal: Portal, fake: FakeProvider) -> None:
    gate = half(fake)
    start = leave(portal, fake)
    with SocketClient(portal) as client:
        error = client.ask(conversation=start["conversation"])[-1]
        assert error["error"]["code"] == "busy"
        gate.set()
        wait_for_state(portal, "complete")
        assert client.ask(id="2", conversation=start["conversation"])[-1]["type"] == "done"


@pytest.mark.parametrize("how", ["sign-out", "deletion"])
def test_deletion_and_sign_out_end_it(portal: Portal, fake: FakeProvider, how: str) -> None:
    fake.script(SSE_HEAD + event(chunk("Half ")), HANG)
    session = portal.sign_in("ann", fresh=True)
    headers = {"Cookie": f"sessionid={session.cookies['sessionid']}", "Origin": portal.url}
    with SocketClient(portal, who=None, headers=headers) as client:
        client.begin(on_leave="finish")
        start = client.until("delta")[0]
    path = "/sign-out" if how == "sign-out" else f"/chat/{start['conversation']}/delete"
    assert session.post(portal.url + path, timeout=5).status_code == 200
    assert fake.posts[-1].peer_closed.wait(2.5)
    if how == "sign-out":
        wait_for_state(portal, "interrupted")
        assert last(portal, "finish_reason") == ("signed_out",)


def test_revoking_its_token_ends_it(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Half ")), HANG)
    token = portal.manage("create_token", "ann").stdout.strip().splitlines()[-1]
    leave(portal, fake, who=token)
    revoke = "from accounts.models import ApiToken; ApiToken.objects.latest('created').delete()"
    portal.manage("shell", "-c", revoke)
    assert fake.posts[-1].peer_closed.wait(2.5)


@pytest.mark.parametrize("frame", [{"temporary": True}, {"on_leave": "wait"}])
def test_other_questions_cannot_ask_for_it(portal: Portal, frame: dict[str, Any]) -> None:
    with SocketClient(portal) as client:
        error = client.ask(**{"on_leave": "finish", **frame})[-1]["error"]
    assert (error["code"], error["param"]) == ("invalid_request", "on_leave")


@pytest.mark.long
def test_sigterm_ends_it_by_the_drain(running_portal: Portal, fake: FakeProvider) -> None:
    running_portal.stop()
    running_portal.variables |= SETTINGS
    running_portal.start()
    fake.script(SSE_HEAD + event(chunk("Half ")), HANG)
    leave(running_portal, fake)
    assert running_portal.process is not None
    running_portal.process.send_signal(signal.SIGTERM)
    assert fake.posts[-1].peer_closed.wait(3)
    assert running_portal.process.wait(10) == 0
    assert stored(running_portal) == [("interrupted", "Half ")]


@pytest.mark.long
def test_it_counts_in_the_limits_of_its_person(running_portal: Portal, fake: FakeProvider) -> None:
    running_portal.stop()
    running_portal.variables |= {**SETTINGS, "ANSWERS_PER_PERSON": "1"}
    running_portal.start()
    gate = half(fake)
    start = leave(running_portal, fake)
    with SocketClient(running_portal) as client:
        assert client.ask()[-1]["error"]["code"] == "rate_limited"
        client.send(type="follow", id="f", message=start["message"])
        client.until("delta")
        gate.set()
        client.until("done")
        assert client.ask(id="2")[-1]["type"] == "done"
