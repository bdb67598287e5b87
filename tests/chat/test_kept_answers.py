"""Answers that end while the database does not answer: nothing is lost, nothing stays busy."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.chat.stored_answers import begin_answer, stored, wait_for_state
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.cluster import until
from tests.support.servers.databases import locked
from tests.support.socket_client import Frame, SocketClient

TIMEOUT = 1.0


@pytest.fixture
def quick(own_portal: Portal) -> Portal:
    """A portal that waits for its database for a second."""
    own_portal.variables |= {"DATABASE_TIMEOUT": f"{TIMEOUT}", "DRAIN_SECONDS": "10"}
    own_portal.start()
    return own_portal


@pytest.fixture
def client(quick: Portal) -> Iterator[SocketClient]:
    with SocketClient(quick) as client:
        yield client


def stop(client: SocketClient) -> Frame:
    client.send(type="stop", id="1")
    return client.until("done")[-1]


def ask(client: SocketClient, conversation: str | None = None) -> Frame:
    return client.ask("Again", conversation=conversation)[-1]


def test_an_answer_that_cannot_be_stored_is_kept(
    quick: Portal, client: SocketClient, fake: FakeProvider
) -> None:
    conversation = begin_answer(quick, fake, client)
    with locked(quick):
        began = time.monotonic()
        assert stop(client)["stored"] is False
        assert time.monotonic() - began < TIMEOUT + 2
        assert ask(client, conversation)["error"]["code"] == "overloaded"
        assert stored(quick) == [("running", "")]
    assert wait_for_state(quick, "stopped", 15) == "Half an answer"
    assert "Traceback" not in quick.log.read_text()


def test_a_kept_answer_does_not_make_its_conversation_busy(
    quick: Portal, client: SocketClient, fake: FakeProvider
) -> None:
    conversation = begin_answer(quick, fake, client)
    with locked(quick):
        stop(client)
    assert ask(client, conversation)["type"] == "done", "it is stored before the next question"
    assert [state for state, _ in stored(quick)] == ["stopped", "complete"]


def test_a_stored_answer_says_nothing_of_it(client: SocketClient) -> None:
    assert "stored" not in ask(client)


def test_too_much_that_is_kept_refuses_questions(own_portal: Portal, fake: FakeProvider) -> None:
    own_portal.variables |= {"DATABASE_TIMEOUT": "1", "KEPT_ANSWER_BYTES": "5"}
    own_portal.start()
    with SocketClient(own_portal) as client:
        begin_answer(own_portal, fake, client)
        with locked(own_portal):
            stop(client)
            error = ask(client)["error"]
            assert (error["code"], "Too many answers wait" in error["message"]) == ("overloaded", True)  # fmt: skip
        until(lambda: ask(client)["type"] == "done", 15)


def test_a_portal_that_stops_waits_for_its_database(
    quick: Portal, client: SocketClient, fake: FakeProvider
) -> None:
    begin_answer(quick, fake, client)
    with locked(quick):
        stop(client)
        assert quick.process is not None
        quick.process.terminate()
        time.sleep(0.5)
    assert quick.process.wait(15) == 0
    assert stored(quick) == [("stopped", "Half an answer")]
