"""Beginning an answer on a socket, and reading the stored answers."""

from __future__ import annotations

import time

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers.databases import rows
from tests.support.socket_client import SocketClient


def stored(portal: Portal) -> list[tuple[str, str]]:
    """Return the state and the text of each stored answer, oldest first."""
    query = "SELECT state, content FROM chat_message WHERE role = 'assistant' ORDER BY id"
    return rows(portal, query)


def wait_for_state(portal: Portal, state: str, seconds: float = 5) -> str:
    """Wait until the newest answer has this state, and return its text."""
    end = time.monotonic() + seconds
    while not (rows := stored(portal)) or rows[-1][0] != state:
        assert time.monotonic() < end, rows
        time.sleep(0.02)
    return rows[-1][1]


def begin_answer(portal: Portal, fake: FakeProvider, client: SocketClient) -> str:
    """Begin an answer that does not end; return its conversation."""
    fake.script(SSE_HEAD + event(chunk("Half an ")), 0.1, event(chunk("answer")), HANG)
    client.begin()
    start = client.until("delta")[0]
    client.until("delta")
    return str(start["conversation"])
