"""The chat WebSocket on both servers: answers, stop, and one answer at a time."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    USAGE,
    WORDS,
    chunk,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)
from tests.support.socket_client import SocketClient, kinds_of, text_of

# ── An answer ───────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_start_status_deltas_and_done(talking: SocketClient) -> None:
    frames = talking.ask("Hi", id="a")
    assert {frame["id"] for frame in frames} == {"a"}
    start, status, *deltas, done = frames
    assert (start["type"], status["type"], done["type"]) == ("start", "status", "done")
    assert status["state"] == "waiting"
    assert start["resolution"] == {
        "provider": "fake", "name": "talker", "id": "fake:talker", "registry": True,
        "resolved_by": "default", "revision": talking.portal.revision,
    }  # fmt: skip
    assert start["context"] == {"messages_sent": 1, "messages_dropped": 0}
    assert text_of(deltas) == "".join(WORDS)
    assert [delta["seq"] for delta in deltas] == list(range(1, len(deltas) + 1))
    UUID(done.pop("receipt"))  # or a ValueError
    assert done == {"type": "done", "id": "a", "finish_reason": "stop", "usage": USAGE}


def test_the_model_id_goes_to_the_resolver(talking: SocketClient, fake: FakeProvider) -> None:
    frames = talking.ask(model="pond:frog")
    assert frames[0]["resolution"]["resolved_by"] == "override"
    assert fake.posts[-1].path == "/api/chat"
    unlisted = talking.ask(model="fake:never-listed")
    assert unlisted[0]["resolution"]["registry"] is False
    assert fake.posts[-1].body["model"] == "never-listed"


@pytest.mark.parametrize(
    ("model", "code"),
    [("unknown:x", "provider_not_found"), ("talker", "model_not_found"),
     ("fake:embedder", "capability_not_supported"), ("keyless:silent", "provider_unconfigured"),
     ("strict:other", "permission_denied"), ("club:secret", "provider_not_found")],
)  # fmt: skip
def test_a_model_that_cannot_answer_is_an_error_frame(
    talking: SocketClient, model: str, code: str
) -> None:
    (frame,) = talking.ask(model=model)
    assert (frame["type"], frame["id"], frame["error"]["code"]) == ("error", "1", code)
    assert talking.ask()[-1]["type"] == "done", "the socket stays open"


def test_an_error_frame_says_when_to_ask_again(talking: SocketClient, fake: FakeProvider) -> None:
    fake.script(http(429, {"error": {"message": "Slow down."}}, Retry_After="30"))
    error = talking.ask()[-1]["error"]
    assert (error["code"], error["retry_after"]) == ("provider_rate_limited", 30)


def test_the_model_sees_the_conversation(talking: SocketClient, fake: FakeProvider) -> None:
    first = talking.ask("One?")[0]
    second = talking.ask("Two?", conversation=first["conversation"])[0]
    assert second["conversation"] == first["conversation"]
    assert fake.posts[-1].body["messages"] == [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "".join(WORDS)},
        {"role": "user", "content": "Two?"},
    ]
    assert second["context"]["messages_sent"] == 3
    talking.ask("Alone?")
    assert len(fake.posts[-1].body["messages"]) == 1


def test_retry_and_edit_replace_the_messages_that_follow(
    talking: SocketClient, fake: FakeProvider
) -> None:
    start = talking.ask("One?")[0]
    talking.ask("Two?", conversation=start["conversation"])
    retried = talking.ask("", conversation=start["conversation"], retry_of=start["message"])[0]
    assert retried["user_message"] == start["user_message"]
    assert retried["message"] != start["message"]
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["One?"]
    edited = talking.ask("Uno?", conversation=start["conversation"], edit_of=start["user_message"])[
        0
    ]
    assert edited["user_message"] != start["user_message"]
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["Uno?"]


def test_text_of_any_script_arrives_whole(talking: SocketClient, fake: FakeProvider) -> None:
    text = '日本語 \u2028 \u0085 👩‍👩‍👧 \\ " </script>'
    fake.script(http(200, openai_stream(*text), "text/event-stream"))
    assert text_of(talking.ask(text)) == text
    assert fake.posts[-1].body["messages"][0]["content"] == text


def test_a_nul_in_an_answer_is_replaced(talking: SocketClient, fake: FakeProvider) -> None:
    fake.script(http(200, openai_stream("a\0b"), "text/event-stream"))
    assert text_of(talking.ask()) == "a\ufffdb"


# ── Stop ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_stop_in_the_middle_closes_the_upstream(
    talking: SocketClient, fake: FakeProvider, model: str
) -> None:
    beginning = {"fake:talker": SSE_HEAD + event(chunk("Hel")),
             "pond:frog": NDJSON_HEAD + line(ollama_line("Hel"))}[model]  # fmt: skip
    fake.script(beginning, HANG)
    talking.begin(model=model)
    talking.until("delta")
    talking.send(type="stop", id="1")
    assert fake.posts[-1].peer_closed.wait(1)
    assert talking.until("done")[-1]["finish_reason"] == "stopped"


def test_stop_before_the_first_token_closes_the_upstream(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(HANG)
    talking.begin()
    talking.until("status")
    upstream = fake.wait_for_post()
    talking.send(type="stop", id="1")
    assert upstream.peer_closed.wait(1)
    done = talking.until("done")[-1]
    UUID(done.pop("receipt"))  # or a ValueError
    assert done == {"type": "done", "id": "1", "finish_reason": "stopped", "usage": None}


def test_stop_at_once_stops_before_the_model_is_asked(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    talking.begin()
    talking.send(type="stop", id="1")
    frames = talking.until("done", "error")
    assert frames[-1]["finish_reason"] == "stopped"
    assert all(post.peer_closed.wait(1) for post in fake.posts)


def test_stop_is_idempotent_and_stops_one_answer(talking: SocketClient, fake: FakeProvider) -> None:
    talking.send(type="stop", id="unknown")
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    talking.begin()
    talking.until("delta")
    talking.send(type="stop", id="another")
    for _ in range(3):
        talking.send(type="stop", id="1")
    assert talking.until("done", "error")[-1]["finish_reason"] == "stopped"
    talking.send(type="stop", id="1")
    assert kinds_of(talking.ask(id="2"))[-1] == "done"


@pytest.mark.parametrize(
    "beginning", [b"", SSE_HEAD + event(chunk("Hel"))], ids=["before", "middle"]
)
def test_leaving_closes_the_upstream(portal: Portal, fake: FakeProvider, beginning: bytes) -> None:
    fake.script(beginning, HANG)
    with SocketClient(portal) as chat:
        chat.begin()
        chat.until("delta" if beginning else "status")
        upstream = fake.wait_for_post()
        chat.link.socket.close()  # without a closing handshake, as in a crash
    assert upstream.peer_closed.wait(1)


# ── One answer at a time ────────────────────────────────────────────────────────────────────


def test_a_second_question_during_an_answer_is_busy(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    talking.begin(id="1")
    talking.until("delta")
    talking.begin(id="2")
    error = talking.receive()
    assert (error["id"], error["error"]["code"]) == ("2", "busy")
    talking.send(type="stop", id="1")
    assert talking.until("done")[-1]["id"] == "1"
    assert len(fake.posts) == 1


def test_the_next_question_may_follow_the_end_at_once(talking: SocketClient) -> None:
    for number in range(20):
        assert talking.ask(id=str(number))[-1]["type"] == "done"


def test_another_socket_gets_busy_for_the_same_conversation(
    portal: Portal, talking: SocketClient, fake: FakeProvider
) -> None:
    conversation = talking.ask()[0]["conversation"]
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    talking.begin(conversation=conversation)
    talking.until("delta")
    with SocketClient(portal) as other_socket:
        assert other_socket.ask(conversation=conversation)[-1]["error"]["code"] == "busy"
        talking.send(type="stop", id="1")
        talking.until("done")
        assert other_socket.ask(conversation=conversation)[-1]["type"] == "done"


def test_twenty_questions_at_once_do_not_delay_each_other(
    portal: Portal, fake: FakeProvider
) -> None:
    for _ in range(20):
        fake.script(SSE_HEAD, 0.5, openai_stream(*WORDS))
    clients = [SocketClient(portal) for _ in range(20)]
    started = time.monotonic()
    for client in clients:
        client.begin()
    for client in clients:
        assert text_of(client.until("done")) == "".join(WORDS)
        client.close()
    # In sequence they would take ten seconds.
    assert time.monotonic() - started < 5
