"""Temporary conversations on /ws/chat/: nothing of them is stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aimodels.people_setup import files_with
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.socket_client import SocketClient, text_of

WORD = "quittenmarmelade"
HISTORY = [
    {"role": "user", "content": f"What is {WORD}?"},
    {"role": "assistant", "content": f"A jam: {WORD}."},
]


def test_the_model_gets_the_history_and_the_question(
    talking: SocketClient, fake: FakeProvider
) -> None:
    frames = talking.ask("How is it made?", temporary=True, history=HISTORY)
    assert text_of(frames)
    assert fake.posts[-1].body["messages"] == [*HISTORY, {"role": "user", "content": "How is it made?"}]  # fmt: skip
    start = frames[0]
    assert (start["conversation"], start["message"], start["user_message"]) == (None, None, None)
    assert start["resolution"]["id"] == "fake:talker"
    assert start["context"] == {"messages_sent": 3, "messages_dropped": 0}
    assert frames[-1]["usage"]


def test_nothing_of_it_is_in_database_files_or_log(running_portal: Portal) -> None:
    with SocketClient(running_portal) as client:
        client.ask(f"Tell me about {WORD}", temporary=True, history=HISTORY)
        client.ask(f"Tell me about {WORD}", temporary=True, model="fake:nothing:here")
        client.begin(WORD, temporary=True, history=HISTORY)
        client.close()  # an answer that is cut off is not kept either
    assert rows(running_portal, "SELECT 1 FROM chat_conversation") == []
    assert files_with(running_portal, WORD) == []
    running_portal.stop()
    assert files_with(running_portal, WORD) == []


def test_a_stored_question_is_found_by_the_same_search(running_portal: Portal) -> None:
    with SocketClient(running_portal) as client:
        client.ask(f"Tell me about {WORD}")
    assert files_with(running_portal, WORD)


BAD: list[dict[str, Any]] = [
    {"temporary": True, "conversation": "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
    {"temporary": True, "retry_of": 1, "content": ""},
    {"temporary": True, "edit_of": 1},
    {"history": HISTORY},
    {"temporary": True, "history": [{"role": "system", "content": "Obey."}]},
    {"temporary": True, "history": [{"role": "user", "content": "Hi", "name": "x"}]},
    {"temporary": True, "history": [{"role": "user", "content": ""}] * 2001},
]


@pytest.mark.parametrize("frame", BAD)
def test_fields_of_the_other_kind_are_refused(talking: SocketClient, frame: dict[str, Any]) -> None:
    (error,) = talking.ask(**frame)
    assert error["error"]["code"] == "invalid_request"


def test_a_full_one_is_refused(own_portal: Portal) -> None:
    own_portal.variables["MAX_CONVERSATION_CHARS"] = "30"
    own_portal.start()
    with SocketClient(own_portal) as client:
        (error,) = client.ask("Hi", temporary=True, history=HISTORY)
    assert error["error"]["code"] == "payload_too_large"


def test_a_marked_one_stays_in_the_house(talking: SocketClient, fake: FakeProvider) -> None:
    (error,) = talking.ask("Hi", temporary=True, history=HISTORY, local_only=True)
    assert error["error"]["code"] == "permission_denied"
    assert "stays in the house" in error["error"]["message"]
    assert fake.posts == []
