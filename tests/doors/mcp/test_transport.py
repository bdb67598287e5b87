"""What /mcp refuses before a tool is called, and what happens when a caller leaves."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from core.program import VERSION
from tests.doors.mcp.agent import VERSIONS, _agents, agent, agents, call
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import completion, http
from tests.support.servers import databases
from tests.workflow.portal import COUNT, workflow_portal

__all__ = ["_agents", "agents"]
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def send(portal: Portal, message: Any = None, who: str | None = "ann", **headers: str) -> Any:
    """Send a message by plain HTTP, as a client of the version without a header."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    body = message if isinstance(message, bytes) else json.dumps(message or LIST)
    given = {"Content-Type": "application/json", **ACCEPT, **names}
    return portal.call("POST", "/mcp", who=who, data=body, headers=given)


def refused(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    """Return the error of an answer that is one of JSON-RPC."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert (body["jsonrpc"], body["id"]) == ("2.0", None)
    assert body["error"]["data"]["code"] == code
    assert body["error"]["data"]["request_id"] == answer.headers["X-Request-ID"]
    return dict(body["error"])


def test_a_message_is_answered_with_the_portals_headers(agents: Portal) -> None:
    answer = send(agents)
    assert answer.status_code == 200
    assert "list_models" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Mcp-Session-Id" not in answer.headers


@pytest.mark.parametrize("path", ["/mcp/", "//mcp/"])
def test_slashes_do_not_lead_to_a_page(agents: Portal, path: str) -> None:
    answer = agents.call("POST", path, json=LIST, headers=ACCEPT)
    assert "list_models" in answer.text


@pytest.mark.parametrize(
    ("accept", "media"),
    [("application/json, text/event-stream", "text/event-stream"), ("*/*", "text/event-stream"),
     ("", "text/event-stream"), ("application/json", "application/json"),
     ("text/event-stream", "text/event-stream"), ("application/json, text/*", "text/event-stream"),
     ("text/html", "application/json")],
)  # fmt: skip
def test_a_caller_gets_a_type_that_it_takes(agents: Portal, accept: str, media: str) -> None:
    answer = send(agents, Accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
    assert "list_models" in answer.text


def test_a_caller_needs_a_token(agents: Portal) -> None:
    refused(send(agents, who=None), 401, "unauthenticated")
    answer = send(agents, who="no-such-token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    error = refused(answer, 401, "unauthenticated")
    assert "may have been revoked" in error["message"]


def test_there_are_no_sessions_to_listen_to_or_to_end(agents: Portal) -> None:
    for method in ("GET", "DELETE"):
        answer = agents.call(method, "/mcp", headers=ACCEPT)
        refused(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "POST"


def test_pages_of_other_sites_are_refused(agents: Portal) -> None:
    refused(send(agents, Origin="http://evil.example"), 403, "permission_denied")
    refused(send(agents, Origin="null"), 403, "permission_denied")
    assert send(agents, Origin=agents.url).status_code == 200
    answer = send(agents, Host="evil.example", Origin="http://evil.example")
    refused(answer, 400, "invalid_request")


def test_a_session_needs_the_token_of_a_form(agents: Portal) -> None:
    cookie = f"sessionid={agents.session_key('ann')}"
    refused(send(agents, who=None, Cookie=cookie), 403, "permission_denied")


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"{", "not valid JSON"), (b"[]", "must be a JSON object"), (b"[" * 100_000, "nested too deep"),
     (b'{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "ping"}', "a key twice"),
     (b'{"jsonrpc": "2.0", "id": 1, "method": "\xff"}', "not valid JSON"),
     (b'{"jsonrpc": "2.0", "id": 1.5, "method": "tools/list"}', "id: "),
     (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": []}', "params: "),
     (b'{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}', "jsonrpc: "),
     (b'{"id": 1, "method": "tools/list"}', "jsonrpc")],
    ids=["cut", "batch", "deep", "twice", "bytes", "id", "params", "version", "no version"],
)  # fmt: skip
def test_what_is_no_message_is_refused(agents: Portal, body: bytes, words: str) -> None:
    error = refused(send(agents, body), 400, "invalid_request")
    assert words in error["message"]


@pytest.mark.parametrize("message", [
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
    {"jsonrpc": "2.0", "id": 5, "result": {}},
    {"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "x"}},
])  # fmt: skip
def test_what_asks_nothing_is_taken(agents: Portal, message: Any) -> None:
    answer = send(agents, message)
    assert (answer.status_code, answer.text) == (202, "")


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_handshake_keeps_the_callers_version(agents: Portal, version: str) -> None:
    params = {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "x", "version": "1"},
    }
    hello = {**LIST, "method": "initialize", "params": params}
    greeting = send(agents, hello).text
    assert f'"protocolVersion":"{version}"' in greeting
    assert f'"version":"{VERSION}"' in greeting
    listed = send(agents, MCP_Protocol_Version=version, Mcp_Session_Id="of another server")
    assert "list_models" in listed.text
    hello["params"] = {**params, "protocolVersion": "1900-01-01"}
    assert '"protocolVersion":"2025-11-25"' in send(agents, hello).text


@pytest.mark.parametrize("version", ["1900-01-01", "x", ""])
def test_an_unknown_version_is_refused_with_those_that_are_served(
    agents: Portal, version: str
) -> None:
    error = refused(send(agents, MCP_Protocol_Version=version), 400, "invalid_request")
    assert "2025-11-25" in error["message"]
    assert "2026-07-28" in error["message"]


def test_a_byte_order_mark_is_skipped(agents: Portal) -> None:
    assert "list_models" in send(agents, b"\xef\xbb\xbf" + json.dumps(LIST).encode()).text


def test_a_large_body_and_another_type_are_refused(agents: Portal) -> None:
    refused(send(agents, b" " * (9 << 20)), 413, "payload_too_large")
    pieces = (b" " * (1 << 20) for _ in range(9))  # without a length
    headers = {"Content-Type": "application/json", **ACCEPT}
    refused(agents.call("POST", "/mcp", data=pieces, headers=headers), 413, "payload_too_large")
    refused(send(agents, Content_Type="text/plain"), 415, "unsupported_media_type")


@pytest.mark.parametrize("method", ["no/such", "initialize", "resources/read", "tools/call"])
def test_an_unknown_method_and_missing_parameters_are_errors(agents: Portal, method: str) -> None:
    answer = send(agents, {**LIST, "method": method})
    assert '"error"' in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("depth", [150, 400])
def test_deep_arguments_are_refused(agents: Portal, depth: int) -> None:
    query: Any = 1
    for _ in range(depth):
        query = {"op": "not", "args": [query]}
    given = {"name": "compile_query", "arguments": {"query": {"query": query}}}
    answer = send(agents, {**LIST, "method": "tools/call", "params": given}, who="ann+sql")
    assert '"valid":true' not in answer.text
    assert '"isError":true' in answer.text or '"issues"' in answer.text or '"error"' in answer.text
    assert send(agents).status_code == 200


@pytest.mark.parametrize("mode", VERSIONS)
async def test_the_leaving_of_a_caller_closes_the_provider(
    agents: Portal, fake: FakeProvider, mode: str
) -> None:
    fake.script(HANG)

    async def ask() -> None:
        async with agent(agents, mode=mode) as client:
            await client.call_tool("ask_data_source", {"source": "concerts", "question": "?"})

    task = asyncio.create_task(ask())
    await asyncio.to_thread(fake.wait_for_post)
    task.cancel()
    left = time.monotonic()
    assert await asyncio.to_thread(fake.posts[-1].peer_closed.wait, 5)
    assert time.monotonic() - left < 1
    assert (await call(agents, "list_models"))["models"], "the portal serves others"


@pytest.mark.parametrize(("server", "mode"), [*zip(databases.SERVERS, VERSIONS, strict=False)])
async def test_a_stopping_server_lets_a_tool_end(
    portal_files: Portal, tmp_path: Path, fake: FakeProvider, server: str, mode: str
) -> None:
    times = {**LONG_TIMEOUTS, "DRAIN_SECONDS": "10"}
    portal = workflow_portal(portal_files, tmp_path / "own", server, **times)
    try:
        portal.tokens["carl"] = portal.manage("create_token", "ann", "--sql").stdout.split()[-1]
        fake.script(2.0, http(200, completion(json.dumps({"query": COUNT}))))
        async with agent(portal, "carl", mode) as client:
            await client.list_tools()  # else the client does it after the call
            asked = {"source": "concerts", "question": "?"}
            pending = asyncio.create_task(client.call_tool("ask_data_source", asked))
            await asyncio.to_thread(fake.wait_for_post)
            assert portal.process is not None
            portal.process.terminate()
            result = await pending
        assert not result.is_error
        assert result.structured_content["outcome"] == "ok"
    finally:
        portal.stop()


def test_the_rate_limit_counts_messages(own_portal: Portal) -> None:
    own_portal.variables["RATE_LIMIT_PER_MINUTE"] = "3"
    own_portal.start()
    statuses = [send(own_portal).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    answer = send(own_portal)
    assert int(answer.headers["Retry-After"]) > 0
    refused(answer, 429, "rate_limited")


def test_the_package_is_imported_with_the_first_message(own_portal: Portal) -> None:
    own_portal.start()
    own_portal.chat()
    before = own_portal.memory()
    assert send(own_portal).status_code == 200
    first = own_portal.memory()
    assert first - before > 10 << 20, "it was not imported yet"
    for _ in range(200):
        send(own_portal)
    assert own_portal.memory() - first < 8 << 20, "a message leaves nothing behind"
