"""Who may open a WebSocket, and the answers of the raw socket."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels.testing import WebsocketCommunicator
from websockets.exceptions import InvalidStatus

from chat.answers.raw import ELSEWHERE
from chat.routing import SOCKETS
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, WORDS, chunk, event
from tests.support.socket_client import SocketClient, kinds_of

# ── Permission ─────────────────────────────────────────────────────────────────────────


def status_of_refusal(portal: Portal, path: str = "/ws/chat/", **more: Any) -> int:
    with pytest.raises(InvalidStatus) as error:
        SocketClient(portal, path, **more)
    return int(error.value.response.status_code)


def test_the_unauthenticated_are_refused_before_accept(portal: Portal) -> None:
    assert status_of_refusal(portal, who=None) == 403
    assert status_of_refusal(portal, who="aim_wrong") == 403
    assert status_of_refusal(portal, "/ws/raw/", who=None) == 403
    token = portal.tokens["ann"]
    assert status_of_refusal(portal, f"/ws/chat/?token={token}", who=None) == 403
    assert status_of_refusal(portal, f"/ws/chat/?token={token}") == 403
    assert status_of_refusal(portal, "/ws/else/") == 403


@pytest.fixture(scope="module")
def cookies() -> dict[int, str]:
    return {}


def cookie_of(portal: Portal, cookies: dict[int, str]) -> str:
    if portal.port not in cookies:
        cookies[portal.port] = f"sessionid={portal.sign_in('ann').cookies['sessionid']}"
    return cookies[portal.port]


def test_a_session_needs_an_allowed_origin(portal: Portal, cookies: dict[int, str]) -> None:
    cookie = {"Cookie": cookie_of(portal, cookies)}
    own = f"http://127.0.0.1:{portal.port}"
    for origin in (
        None, "null", "https://evil.example", f"https://127.0.0.1:{portal.port}",
        "http://127.0.0.1:9999", "http://127.0.0.1", f"http://localhost:{portal.port}",
        f"http://127.0.0.1:{portal.port}@evil.example", "http://127.0.0.1:port", "file://",
    ):  # fmt: skip
        headers = cookie if origin is None else {**cookie, "Origin": origin}
        assert status_of_refusal(portal, who=None, headers=headers) in (400, 403), origin
    with SocketClient(portal, who=None, headers={**cookie, "Origin": own}) as chat:
        assert chat.ask()[-1]["type"] == "done"


def test_a_token_needs_no_origin_but_a_foreign_one_is_refused(portal: Portal) -> None:
    assert status_of_refusal(portal, headers={"Origin": "https://evil.example"}) == 403
    assert status_of_refusal(portal, headers={"Origin": portal.url + "/path"}) == 403
    with SocketClient(portal, headers={"Origin": portal.url}) as chat:
        assert chat.ask()[-1]["type"] == "done"


def test_a_foreign_host_is_refused(portal: Portal) -> None:
    assert status_of_refusal(portal, headers={"Host": "evil.example"}) in (400, 403)


class BrokenLayer(InMemoryChannelLayer):
    """A channel layer whose Redis is down."""

    async def new_channel(self, prefix: str = "specific") -> str:
        raise ConnectionError("Redis is down")


@pytest.mark.parametrize("socket", SOCKETS.values(), ids=SOCKETS)
async def test_sockets_work_while_the_channel_layer_is_down(settings: Any, socket: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.BrokenLayer"}}
    assert isinstance(get_channel_layer(), BrokenLayer)
    link = WebsocketCommunicator(socket, "/ws/", headers=[(b"host", b"localhost")])
    accepted, _ = await link.connect()
    assert not accepted, "refused because it has no token, not because of Redis"


# ── The raw socket ──────────────────────────────────────────────────────────────────────────


def test_raw_relays_the_providers_own_records(raw: SocketClient, fake: FakeProvider) -> None:
    record = '{"choices": [{"index":0, "delta":{"content":"Hi"},  "x_own": 1}]}'
    end = json.dumps(chunk(finish="stop"))
    fake.script(SSE_HEAD + f"data: {record}\n\ndata: {end}\n\ndata: [DONE]\n\n".encode())
    frames = raw.ask("Say hi")
    assert [frame["data"] for frame in frames if frame["type"] == "event"] == [record, end]
    assert kinds_of(frames) == ["status", "event", "event", "done"]
    assert frames[0]["resolution"]["id"] == "fake:talker"
    assert frames[-1]["finish_reason"] == "stop"
    assert fake.posts[-1].body["messages"] == [{"role": "user", "content": "Say hi"}]


def test_raw_relays_ollamas_own_lines(raw: SocketClient, fake: FakeProvider) -> None:
    frames = raw.ask(model="pond:frog")
    lines = [json.loads(f["data"]) for f in frames if f["type"] == "event"]
    assert [line["message"]["content"] for line in lines] == [*WORDS, ""]
    assert lines[-1]["done_reason"] == "stop"
    UUID(frames[-1].pop("receipt"))  # or a ValueError
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
    for capability, path in ELSEWHERE.items():
        error = raw.ask(capability=capability)[-1]["error"]
        assert (error["param"], path in error["message"]) == ("capability", True)
    assert raw.ask(capability="flying")[-1]["error"]["code"] == "invalid_request"
    raw.send(type="ask", id="1", content="x", conversation=None)
    assert raw.receive()["error"]["param"] == "conversation"


def test_stop_ends_a_raw_answer(raw: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    raw.begin()
    raw.until("event")
    raw.send(type="stop", id="1")
    assert fake.posts[-1].peer_closed.wait(1)
    assert raw.until("done")[-1]["finish_reason"] == "stopped"


# ── Plain words for pages ───────────────────────────────────────────────────────────────────────


def test_an_error_that_belongs_to_no_question_is_in_the_language_of_the_page(
    portal: Portal, cookies: dict[int, str]
) -> None:
    cookie = f"{cookie_of(portal, cookies)}; language=de"
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{portal.port}"}
    with SocketClient(portal, who=None, headers=headers) as chat:
        chat.link.send("hello")
        error = chat.receive()["error"]
    assert error["message"] == "The body cannot be parsed: it is not valid JSON."
    assert error["plain"]["sentence"].startswith("Der Inhalt kann nicht gelesen werden")


def test_programs_get_no_plain_words(talking: SocketClient) -> None:
    talking.link.send("hello")
    assert "plain" not in talking.receive()["error"]
