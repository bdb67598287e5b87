"""The WebSockets, through real sockets, on both servers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels.testing import WebsocketCommunicator
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.routes import SOCKETS
from tests.fake_provider import (
    HANG,
    NDJSON_HEAD,
    SSE_HEAD,
    USAGE,
    WORDS,
    FakeProvider,
    chunk,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)
from tests.portal import Portal
from tests.socket_client import SocketClient, kinds_of, text_of


@pytest.fixture
def chat(portal: Portal) -> Iterator[SocketClient]:
    with SocketClient(portal) as client:
        yield client


@pytest.fixture
def raw(portal: Portal) -> Iterator[SocketClient]:
    with SocketClient(portal, "/ws/raw/") as client:
        yield client


# ── An answer ───────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_start_status_deltas_and_done(chat: SocketClient) -> None:
    frames = chat.ask("Hi", id="a")
    assert {frame["id"] for frame in frames} == {"a"}
    start, status, *deltas, done = frames
    assert (start["type"], status["type"], done["type"]) == ("start", "status", "done")
    assert status["state"] == "waiting"
    assert start["resolution"] == {
        "provider": "fake", "name": "talker", "id": "fake:talker", "registry": True,
        "resolved_by": "default",
    }  # fmt: skip
    assert start["context"] == {"messages_sent": 1, "messages_dropped": 0}
    assert text_of(deltas) == "".join(WORDS)
    assert [delta["seq"] for delta in deltas] == list(range(1, len(deltas) + 1))
    assert done == {"type": "done", "id": "a", "finish_reason": "stop", "usage": USAGE}


def test_the_model_id_goes_to_the_resolver(chat: SocketClient, fake: FakeProvider) -> None:
    frames = chat.ask(model="pond:frog")
    assert frames[0]["resolution"]["resolved_by"] == "override"
    assert fake.posts[-1].path == "/api/chat"
    unlisted = chat.ask(model="fake:never-listed")
    assert unlisted[0]["resolution"]["registry"] is False
    assert fake.posts[-1].body["model"] == "never-listed"


@pytest.mark.parametrize(
    ("model", "code"),
    [("nobody:x", "provider_not_found"), ("talker", "model_not_found"),
     ("fake:embedder", "capability_not_supported"), ("keyless:silent", "provider_unconfigured"),
     ("strict:other", "permission_denied"), ("club:secret", "permission_denied")],
)  # fmt: skip
def test_a_model_that_cannot_answer_is_an_error_frame(
    chat: SocketClient, model: str, code: str
) -> None:
    (frame,) = chat.ask(model=model)
    assert (frame["type"], frame["id"], frame["error"]["code"]) == ("error", "1", code)
    assert chat.ask()[-1]["type"] == "done", "the socket lives"


def test_the_model_sees_the_conversation(chat: SocketClient, fake: FakeProvider) -> None:
    first = chat.ask("One?")[0]
    second = chat.ask("Two?", conversation=first["conversation"])[0]
    assert second["conversation"] == first["conversation"]
    assert fake.posts[-1].body["messages"] == [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "".join(WORDS)},
        {"role": "user", "content": "Two?"},
    ]
    assert second["context"]["messages_sent"] == 3
    chat.ask("Alone?")
    assert len(fake.posts[-1].body["messages"]) == 1


def test_retry_and_edit_replace_what_follows(chat: SocketClient, fake: FakeProvider) -> None:
    start = chat.ask("One?")[0]
    chat.ask("Two?", conversation=start["conversation"])
    again = chat.ask("", conversation=start["conversation"], retry_of=start["message"])[0]
    assert again["user_message"] == start["user_message"]
    assert again["message"] != start["message"]
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["One?"]
    edited = chat.ask("Uno?", conversation=start["conversation"], edit_of=start["user_message"])[0]
    assert edited["user_message"] != start["user_message"]
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["Uno?"]


def test_text_of_any_script_arrives_whole(chat: SocketClient, fake: FakeProvider) -> None:
    text = '日本語 \u2028 \u0085 👩‍👩‍👧 \\ " </script>'
    fake.script(http(200, openai_stream(*text), "text/event-stream"))
    assert text_of(chat.ask(text)) == text
    assert fake.posts[-1].body["messages"][0]["content"] == text


def test_a_nul_in_an_answer_is_replaced(chat: SocketClient, fake: FakeProvider) -> None:
    fake.script(http(200, openai_stream("a\0b"), "text/event-stream"))
    assert text_of(chat.ask()) == "a\ufffdb"


# ── Stop ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_stop_in_the_middle_closes_the_upstream(
    chat: SocketClient, fake: FakeProvider, model: str
) -> None:
    begun = {"fake:talker": SSE_HEAD + event(chunk("Hel")),
             "pond:frog": NDJSON_HEAD + line(ollama_line("Hel"))}[model]  # fmt: skip
    fake.script(begun, HANG)
    chat.begin(model=model)
    chat.until("delta")
    chat.send(type="stop", id="1")
    assert fake.posts[-1].peer_closed.wait(1)
    assert chat.until("done")[-1]["finish_reason"] == "stopped"


def test_stop_before_the_first_token(chat: SocketClient, fake: FakeProvider) -> None:
    fake.script(HANG)
    chat.begin()
    chat.until("status")
    upstream = fake.wait_for_post()
    chat.send(type="stop", id="1")
    assert upstream.peer_closed.wait(1)
    assert chat.until("done")[-1] == {
        "type": "done", "id": "1", "finish_reason": "stopped", "usage": None,
    }  # fmt: skip


def test_stop_at_once_stops_before_the_model_is_asked(
    chat: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    chat.begin()
    chat.send(type="stop", id="1")
    frames = chat.until("done", "error")
    assert frames[-1]["finish_reason"] == "stopped"
    assert all(post.peer_closed.wait(1) for post in fake.posts)


def test_stop_is_idempotent_and_of_one_answer(chat: SocketClient, fake: FakeProvider) -> None:
    chat.send(type="stop", id="never asked")
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    chat.begin()
    chat.until("delta")
    chat.send(type="stop", id="another")
    for _ in range(3):
        chat.send(type="stop", id="1")
    assert chat.until("done", "error")[-1]["finish_reason"] == "stopped"
    chat.send(type="stop", id="1")
    assert kinds_of(chat.ask(id="2"))[-1] == "done"


@pytest.mark.parametrize("begun", [b"", SSE_HEAD + event(chunk("Hel"))], ids=["before", "middle"])
def test_leaving_closes_the_upstream(portal: Portal, fake: FakeProvider, begun: bytes) -> None:
    fake.script(begun, HANG)
    with SocketClient(portal) as chat:
        chat.begin()
        chat.until("delta" if begun else "status")
        upstream = fake.wait_for_post()
        chat.link.socket.close()  # without a closing handshake, as when a program dies
    assert upstream.peer_closed.wait(1)


# ── One answer at a time ────────────────────────────────────────────────────────────────────


def test_a_second_question_meanwhile_is_busy(chat: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    chat.begin(id="1")
    chat.until("delta")
    chat.begin(id="2")
    refused = chat.receive()
    assert (refused["id"], refused["error"]["code"]) == ("2", "busy")
    chat.send(type="stop", id="1")
    assert chat.until("done")[-1]["id"] == "1"
    assert len(fake.posts) == 1


def test_who_hears_the_end_may_ask_at_once(chat: SocketClient) -> None:
    for number in range(20):
        assert chat.ask(id=str(number))[-1]["type"] == "done"


def test_another_socket_may_not_answer_in_the_same_conversation_meanwhile(
    portal: Portal, chat: SocketClient, fake: FakeProvider
) -> None:
    conversation = chat.ask()[0]["conversation"]
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    chat.begin(conversation=conversation)
    chat.until("delta")
    with SocketClient(portal) as other:
        assert other.ask(conversation=conversation)[-1]["error"]["code"] == "busy"
        chat.send(type="stop", id="1")
        chat.until("done")
        assert other.ask(conversation=conversation)[-1]["type"] == "done"


def test_twenty_questions_at_once_do_not_delay_each_other(
    portal: Portal, fake: FakeProvider
) -> None:
    for _ in range(20):
        fake.script(SSE_HEAD, 0.5, openai_stream(*WORDS))
    clients = [SocketClient(portal) for _ in range(20)]
    began = time.monotonic()
    for client in clients:
        client.begin()
    for client in clients:
        assert text_of(client.until("done")) == "".join(WORDS)
        client.close()
    # One after the other they would take ten seconds.
    assert time.monotonic() - began < 5


def closing_code(client: SocketClient) -> int:
    """Read what comes until the server closes."""
    while client.link.close_code is None:
        try:
            client.receive()
        except ConnectionClosed:
            pass
    return int(client.link.close_code)


# ── Bad frames ──────────────────────────────────────────────────────────────────────────────

BAD: dict[str, Any] = {
    "not JSON": "hello",
    "an array": "[]",
    "a number": "5",
    "deep": "[" * 100_000,
    "deep in an object": '{"type": "ask", "id": ' + "[" * 100_000,
    "binary": b'{"type": "ask"}',
    "without a type": '{"id": "1"}',
    "unknown type": '{"type": "websocket.disconnect", "id": "1"}',
    "a type that is no text": '{"type": ["ask"], "id": "1"}',
    "without content": '{"type": "ask", "id": "1"}',
    "empty content": '{"type": "ask", "id": "1", "content": "  "}',
    "without an id": '{"type": "ask", "content": "x"}',
    "an id that is a number": '{"type": "ask", "id": 1, "content": "x"}',
    "an unknown field": '{"type": "ask", "id": "1", "content": "x", "modle": "y"}',
    "a conversation that is no ID": '{"type": "ask", "id": "1", "content": "x", "conversation": "1"}',
    "a key twice": '{"type": "stop", "id": "1", "id": "2"}',
    "half a character": '{"type": "ask", "id": "1", "content": "\\ud800"}',
    "NUL": '{"type": "ask", "id": "1", "content": "a\\u0000b"}',
    "a number out of bounds": '{"type": "ack", "id": "1", "seq": 1e999}',
    "retry and edit": '{"type": "ask", "id": "1", "content": "x", "retry_of": 1, "edit_of": 1}',
}


@pytest.mark.parametrize("frame", BAD.values(), ids=BAD)
def test_a_bad_frame_is_an_error_and_the_socket_lives(
    chat: SocketClient, fake: FakeProvider, frame: str | bytes
) -> None:
    chat.link.send(frame)
    refused = chat.receive()
    assert refused["type"] == "error"
    assert refused["error"]["code"] == "invalid_request"
    assert fake.posts == []
    assert chat.ask()[-1]["type"] == "done"


def test_an_error_tells_its_frame_where_it_can(chat: SocketClient) -> None:
    chat.send(type="nonsense", id="mine")
    assert chat.receive()["id"] == "mine"
    chat.link.send("{")
    assert chat.receive()["id"] is None


def test_an_oversize_frame_is_an_error_and_the_socket_lives(chat: SocketClient) -> None:
    chat.begin("x" * 600_000)
    assert chat.receive()["error"]["code"] == "payload_too_large"
    assert chat.ask()[-1]["type"] == "done"


def test_a_run_of_bad_frames_closes_the_socket(chat: SocketClient) -> None:
    for _ in range(9):
        chat.link.send("{")
    chat.send(type="stop", id="x")  # a good one between them
    for _ in range(10):
        chat.link.send("{")
    assert closing_code(chat) == 4400


def test_a_flood_of_frames_closes_the_socket(portal: Portal) -> None:
    with SocketClient(portal) as chat:
        try:
            for _ in range(3000):
                chat.send(type="stop", id="x")
        except ConnectionClosed:
            pass
        assert closing_code(chat) == 4400
    with SocketClient(portal) as other:
        assert other.ask()[-1]["type"] == "done"


# ── Failures ────────────────────────────────────────────────────────────────────────────────


def test_a_failure_before_the_first_token(chat: SocketClient, fake: FakeProvider) -> None:
    fake.script(http(500, {"error": {"message": "the model burnt"}}))
    frames = chat.ask()
    assert frames[-1]["error"]["code"] == "provider_error"
    assert "the model burnt" in frames[-1]["error"]["message"]
    assert frames[-1]["error"]["resolution"]["id"] == "fake:talker"
    assert "done" not in kinds_of(frames)


ODD = {
    "NaN in usage": '{"choices": [], "usage": {"prompt_tokens": NaN}}',
    "a number too large": '{"choices": [], "usage": {"prompt_tokens": 1e999}}',
    "half a character in usage": '{"choices": [], "usage": {"x": "\\ud800", "prompt_tokens": 3}}',
    "NUL in usage": '{"choices": [], "usage": {"x": "\\u0000", "prompt_tokens": 3}}',
    "a huge usage": '{"choices": [], "usage": {"x": "' + "y" * 1_200_000 + '", "prompt_tokens": 3}}',
    "a huge delta": json.dumps(chunk("\x01" * 600_000)),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_words_of_a_provider_do_no_harm(
    chat: SocketClient, fake: FakeProvider, odd: str
) -> None:
    end = event(chunk(finish="stop")) + b"data: [DONE]\n\n"
    fake.script(SSE_HEAD + event(chunk("Text")) + f"data: {odd}\n\n".encode() + end)
    frames = chat.ask()
    assert frames[-1]["type"] == "done"
    assert text_of(frames).startswith("Text")


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_half_a_character_as_a_reason_does_no_harm(
    chat: SocketClient, fake: FakeProvider, model: str
) -> None:
    half = "\ud800"
    ends = {"fake:talker": SSE_HEAD + json_event(chunk(finish=half)) + b"data: [DONE]\n\n",
            "pond:frog": NDJSON_HEAD + json_line(ollama_line(done=True, done_reason=half))}  # fmt: skip
    fake.script(ends[model])
    assert chat.ask(model=model)[-1]["type"] in ("done", "error")


def json_event(value: Any) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def json_line(value: Any) -> bytes:
    return f"{json.dumps(value)}\n".encode()


def test_what_is_complete_stays_so_whatever_the_reader_does(
    chat: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + openai_stream("All."), HANG)
    chat.begin()
    chat.until("delta")
    chat.send(type="stop", id="1")
    assert chat.until("done")[-1]["finish_reason"] == "stop"


def test_an_answer_that_breaks_off_is_an_error_after_its_text(
    chat: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("Half an")))
    frames = chat.ask()
    assert text_of(frames) == "Half an"
    assert frames[-1]["error"]["code"] == "provider_bad_response"


def test_a_model_that_is_loading_is_waited_for(chat: SocketClient, fake: FakeProvider) -> None:
    loading = http(503, {"error": {"message": "Loading model", "type": "unavailable_error"}})
    fake.script(loading)
    frames = chat.ask(model="fake:patient")
    assert [f["state"] for f in frames if f["type"] == "status"] == ["waiting", "loading"]
    assert text_of(frames) == "".join(WORDS)


def test_ollama_tells_that_a_model_is_loading(chat: SocketClient, fake: FakeProvider) -> None:
    whole = b"".join([line(ollama_line("Hi")), line(ollama_line(done=True))])
    fake.script(1.15, NDJSON_HEAD + whole)
    frames = chat.ask(model="pond:frog")
    assert [f["state"] for f in frames if f["type"] == "status"] == ["waiting", "loading"]
    assert text_of(frames) == "Hi"


# ── Who may open one ────────────────────────────────────────────────────────────────────────


def refused(portal: Portal, path: str = "/ws/chat/", **more: Any) -> int:
    with pytest.raises(InvalidStatus) as error:
        SocketClient(portal, path, **more)
    return int(error.value.response.status_code)


def test_the_unauthenticated_are_refused_before_accept(portal: Portal) -> None:
    assert refused(portal, who=None) == 403
    assert refused(portal, who="aim_wrong") == 403
    assert refused(portal, "/ws/raw/", who=None) == 403
    token = portal.tokens["ann"]
    assert refused(portal, f"/ws/chat/?token={token}", who=None) == 403
    assert refused(portal, f"/ws/chat/?token={token}") == 403
    assert refused(portal, "/ws/else/") == 403


@pytest.fixture(scope="module")
def cookies() -> dict[int, str]:
    return {}


def cookie_of(portal: Portal, cookies: dict[int, str]) -> str:
    if portal.port not in cookies:
        cookies[portal.port] = f"sessionid={portal.sign_in('ann').cookies['sessionid']}"
    return cookies[portal.port]


def test_a_session_needs_an_origin_of_ours(portal: Portal, cookies: dict[int, str]) -> None:
    cookie = {"Cookie": cookie_of(portal, cookies)}
    own = f"http://127.0.0.1:{portal.port}"
    for origin in (
        None, "null", "https://evil.example", f"https://127.0.0.1:{portal.port}",
        "http://127.0.0.1:9999", "http://127.0.0.1", f"http://localhost:{portal.port}",
        f"http://127.0.0.1:{portal.port}@evil.example", "http://127.0.0.1:port", "file://",
    ):  # fmt: skip
        headers = cookie if origin is None else {**cookie, "Origin": origin}
        assert refused(portal, who=None, headers=headers) in (400, 403), origin
    with SocketClient(portal, who=None, headers={**cookie, "Origin": own}) as chat:
        assert chat.ask()[-1]["type"] == "done"


def test_a_token_needs_no_origin_but_not_a_foreign_one(portal: Portal) -> None:
    assert refused(portal, headers={"Origin": "https://evil.example"}) == 403
    assert refused(portal, headers={"Origin": portal.url + "/path"}) == 403
    with SocketClient(portal, headers={"Origin": portal.url}) as chat:
        assert chat.ask()[-1]["type"] == "done"


def test_a_foreign_host_is_refused(portal: Portal) -> None:
    assert refused(portal, headers={"Host": "evil.example"}) in (400, 403)


class BrokenLayer(InMemoryChannelLayer):
    """A channel layer whose Redis is down."""

    async def new_channel(self, prefix: str = "specific") -> str:
        raise ConnectionError("Redis is down")


@pytest.mark.parametrize("socket", SOCKETS.values(), ids=SOCKETS)
async def test_a_channel_layer_that_is_down_harms_no_socket(settings: Any, socket: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.BrokenLayer"}}
    assert isinstance(get_channel_layer(), BrokenLayer)
    link = WebsocketCommunicator(socket, "/ws/", headers=[(b"host", b"localhost")])
    accepted, _ = await link.connect()
    assert not accepted, "refused for want of a token, and not broken"


# ── The raw socket ──────────────────────────────────────────────────────────────────────────


def test_raw_relays_the_providers_own_words(raw: SocketClient, fake: FakeProvider) -> None:
    odd = '{"choices": [{"index":0, "delta":{"content":"Hi"},  "x_own": 1}]}'
    end = json.dumps(chunk(finish="stop"))
    fake.script(SSE_HEAD + f"data: {odd}\n\ndata: {end}\n\ndata: [DONE]\n\n".encode())
    frames = raw.ask("Say hi")
    assert [frame["data"] for frame in frames if frame["type"] == "event"] == [odd, end]
    assert kinds_of(frames) == ["status", "event", "event", "done"]
    assert frames[0]["resolution"]["id"] == "fake:talker"
    assert frames[-1]["finish_reason"] == "stop"
    assert fake.posts[-1].body["messages"] == [{"role": "user", "content": "Say hi"}]


def test_raw_relays_ollamas_own_lines(raw: SocketClient, fake: FakeProvider) -> None:
    frames = raw.ask(model="pond:frog")
    lines = [json.loads(f["data"]) for f in frames if f["type"] == "event"]
    assert [line["message"]["content"] for line in lines] == [*WORDS, ""]
    assert lines[-1]["done_reason"] == "stop"
    assert frames[-1] == {
        "type": "done", "id": "1", "finish_reason": "stop",
        "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
    }  # fmt: skip


def test_raw_has_no_history_and_checks_the_capability(
    raw: SocketClient, fake: FakeProvider
) -> None:
    raw.ask("One?")
    raw.ask("Two?")
    assert len(fake.posts[-1].body["messages"]) == 1
    assert raw.ask(capability="vision", model="fake:talker")[-1]["error"]["code"] == (
        "capability_not_supported"
    )
    assert raw.ask(capability="embeddings")[-1]["error"]["param"] == "capability"
    assert raw.ask(capability="flying")[-1]["error"]["code"] == "invalid_request"
    raw.send(type="ask", id="1", content="x", conversation=None)
    assert raw.receive()["error"]["param"] == "conversation"


def test_raw_stops_too(raw: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    raw.begin()
    raw.until("event")
    raw.send(type="stop", id="1")
    assert fake.posts[-1].peer_closed.wait(1)
    assert raw.until("done")[-1]["finish_reason"] == "stopped"
