"""The largest size of a conversation, which is told before it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.socket_client import SocketClient

NEARLY_FULL = '<p id="nearly-full">'


@pytest.fixture
def small(portal_files: Portal, tmp_path: Path, fake: FakeProvider) -> Iterator[Portal]:
    """A portal whose conversations have up to 1,000 characters."""
    portal = copy_of(portal_files, tmp_path / "small", "uvicorn", **LONG_TIMEOUTS)
    portal.variables["MAX_CONVERSATION_CHARS"] = "1000"
    portal.start()
    yield portal
    portal.stop()


def test_a_conversation_says_that_it_is_nearly_full_and_then_names_the_remedy(
    small: Portal,
) -> None:
    session = small.sign_in("ann")
    with SocketClient(small) as client:
        start, *_ = client.ask("x" * 400)
        assert start["percent_full"] == 40
        page = f"{small.url}/chat/{start['conversation']}"
        assert NEARLY_FULL not in session.get(page, timeout=20).text
        later, *_ = client.ask("x" * 400, id="2", conversation=start["conversation"])
        assert later["percent_full"] == 82
        assert NEARLY_FULL in session.get(page, timeout=20).text
        error = client.ask("x" * 400, id="3", conversation=start["conversation"])[-1]["error"]
        assert (error["code"], error["param"]) == ("payload_too_large", "conversation")
        assert "Start a new one" in error["message"]
        assert client.ask("x" * 400, id="4")[-1]["type"] == "done"
