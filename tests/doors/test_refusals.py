"""What is refused on each address, before a model is chosen: always in the form of its API."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

import pytest
import requests

from aimodels.not_found import meant, no_such_address
from aimodels.routes import django_paths, served
from doors import azure
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import completion, http
from tests.support.servers import databases

PATHS = sorted({path.replace("{model}", "fake:talker") for path in served()})
OWN = sorted(
    {*PATHS} - django_paths()
)  # not Django's, which looks at method and type before the caller
READING = {
    "/api/tags",
    "/api/ps",
    "/api/version",
    "/v1/models",
    "/v1/ai/models",
    "/v1/ai/models/status",
}
PREFIXES = ("/v1/messages", "/api", "/mcp", "/v1", "/openai/v1/messages", "/openai/v1",
            "/openai/deployments/fake:talker")  # fmt: skip


def error_of(path: str, answer: requests.Response) -> dict[str, Any]:
    """Return the portal's error in an answer, which must have the form of the path's API."""
    body: dict[str, Any] = answer.json()
    path = path.removeprefix("/openai")
    if path.startswith("/v1/messages"):
        assert (body["type"], body["request_id"]) == ("error", answer.headers["request-id"])
        assert body["error"]["type"].endswith(("_error", "too_large"))
        return dict(body["error"])
    if path.startswith("/api"):
        return {**body, "message": body["error"]}
    if path.startswith("/mcp"):
        assert (body["jsonrpc"], body["id"]) == ("2.0", None)
        assert isinstance(body["error"]["code"], int)
        return dict(body["error"]["data"])
    assert set(body) == {"error"}
    return dict(body["error"])


def check(path: str, answer: requests.Response, status: int, code: str) -> str | None:
    """Return what is wrong with the answer, or None."""
    try:
        error = error_of(path, answer)
        expected = (status, code, answer.headers["X-Request-ID"])
        assert (answer.status_code, error["code"], error["request_id"]) == expected
        assert isinstance(error["message"], str)
    except (AssertionError, KeyError, TypeError, ValueError) as wrong:
        return f"{path}: {wrong!r} in {answer.text}"
    return None


def method_of(path: str) -> str:
    if path == "/api/delete":
        return "DELETE"
    return "GET" if path in READING else "POST"


def ask(portal: Portal, path: str, method: str = "", **more: Any) -> requests.Response:
    more.setdefault("json", {})
    more.setdefault("who", "olga")  # an operator
    return portal.call(method or method_of(path), path, **more)


def foreign(portal: Portal, path: str) -> requests.Response:
    return ask(portal, path, headers={"Host": "evil.example"})


def type_of(path: str) -> dict[str, str]:
    """Return the header of the media type that the path takes."""
    form = "multipart/form-data; boundary=x"
    return {"Content-Type": form if "/audio/" in path else "application/json"}


def size_of(path: str) -> int:
    """Return the size of a body that is too large for the path, in MiB."""
    return 27 if "/audio/" in path else 9


def long(portal: Portal, path: str) -> requests.Response:
    size = size_of(path) << 20
    data = b" " * size if portal.server == "daphne" else b""  # Daphne reads it all first
    return ask(portal, path, data=data, json=None, headers={"Content-Length": str(size)})


def in_pieces(portal: Portal, path: str) -> requests.Response:
    pieces = (b" " * (1 << 20) for _ in range(size_of(path)))
    return ask(portal, path, data=pieces, json=None, headers=type_of(path))


def stranger(portal: Portal, path: str) -> requests.Response:
    return ask(portal, path, who=None)


def other_method(portal: Portal, path: str) -> requests.Response:
    return ask(portal, path, "PUT")


def other_site(portal: Portal, path: str) -> requests.Response:
    cookie = f"sessionid={portal.session_key('ann')}"
    return ask(portal, path, who=None, headers={"Cookie": cookie, **type_of(path)})


def other_type(portal: Portal, path: str) -> requests.Response:
    return ask(portal, path, json=None, data=b"{}", headers={"Content-Type": "text/plain"})


def no_json(portal: Portal, path: str) -> requests.Response:
    return ask(portal, path, json=None, data=b"{", headers=type_of(path))


WITH_BODY = [path for path in OWN if path not in READING]
DECLARED = [path for path in WITH_BODY if not path.startswith("/api/")]
UNREAD = {"/api/pull", "/api/push", "/api/create", "/api/copy", "/api/delete", "/v1/sql/confirm",
          "/v1/sql/withdraw"}  # fmt: skip  # they refuse ann before they read a body
READ = [path for path in WITH_BODY if path not in UNREAD]
Refuse = Callable[[Portal, str], requests.Response]
REFUSALS: dict[str, tuple[Refuse, list[str], int, str]] = {
    "foreign host": (foreign, PATHS, 400, "invalid_request"),
    "long body": (long, PATHS, 413, "payload_too_large"),
    "body in pieces": (in_pieces, WITH_BODY, 413, "payload_too_large"),
    "no token": (stranger, PATHS, 401, "unauthenticated"),
    "another site": (other_site, WITH_BODY, 403, "permission_denied"),
    "another method": (other_method, PATHS, 405, "method_not_allowed"),
    "another type": (other_type, DECLARED, 415, "unsupported_media_type"),
    "no JSON": (no_json, READ, 400, "invalid_request"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_each_refusal_has_the_form_of_its_api(portal: Portal, name: str) -> None:
    refuse, paths, status, code = REFUSALS[name]
    assert paths
    wrong = [check(path, refuse(portal, path), status, code) for path in paths]
    assert not [one for one in wrong if one], "\n".join(filter(None, wrong))


@pytest.mark.parametrize("who", ["ann", None])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_unknown_path_has_the_form_of_its_prefix(
    portal: Portal, prefix: str, who: str | None
) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = ask(portal, f"{prefix}/no/such", method, who=who)
        assert check(f"{prefix}/no/such", answer, 404, "not_found") is None
    browser = {"Accept": "text/html,*/*;q=0.8"}
    answer = portal.get(f"{prefix}/no/such", who=who, headers=browser)
    assert check(f"{prefix}/no/such", answer, 404, "not_found") is None


@pytest.mark.parametrize("server", databases.SERVERS)
def test_the_rate_limit_has_the_form_of_each_api(own_portal: Portal, server: str) -> None:
    own_portal.server = server
    own_portal.variables["RATE_LIMIT_PER_MINUTE"] = "1"
    own_portal.start()
    own_portal.get("/v1/models", who="olga")
    wrong = [check(path, ask(own_portal, path), 429, "rate_limited") for path in PATHS]
    assert not [one for one in wrong if one], wrong


@pytest.mark.skipif(bool(databases.POSTGRES), reason="it drops a table in a file of SQLite")
def test_a_failure_of_the_portal_has_the_form_of_each_api(own_portal: Portal) -> None:
    own_portal.start()
    with closing(sqlite3.connect(own_portal.folder / "db.sqlite3")) as database:
        database.execute("DROP TABLE accounts_apitoken")
    wrong = [check(path, ask(own_portal, path), 500, "internal_error") for path in PATHS]
    assert not [one for one in wrong if one], wrong


def test_a_stopping_portal_answers_in_the_form_of_each_api(
    own_portal: Portal, fake: FakeProvider
) -> None:
    fake.script(3.0, http(200, completion("Hello")))
    own_portal.variables |= {**LONG_TIMEOUTS, "DRAIN_SECONDS": "10"}
    own_portal.start()
    with ExitStack() as stack:  # of connections that stay open: no new one is accepted
        kept = {path: stack.enter_context(requests.Session()) for path in PATHS}
        for session in kept.values():
            session.get(f"{own_portal.url}/healthz", timeout=5)
        thread = threading.Thread(target=own_portal.chat)
        thread.start()
        fake.wait_for_post()
        assert own_portal.process is not None
        own_portal.process.terminate()
        time.sleep(0.3)
        wrong = [check(path, session.get(own_portal.url + path, timeout=5), 503, "server_restarting")
                 for path, session in kept.items()]  # fmt: skip
    assert not [one for one in wrong if one], wrong
    thread.join()


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/v1/message", "/v1/messages"), ("/v1/chat/completion", "/v1/chat/completions"),
     ("/v1/chat", "/v1/chat/completions"), ("/chat/completions", "/v1/chat/completions"),
     ("/api/chat/completions", "/v1/chat/completions"), ("/v1/v1/messages", "/v1/messages"),
     ("/v1/engines/x/completions", "/v1/completions"), ("/v1/model", "/v1/models"),
     ("/api/v1/chat/completions", "/v1/chat/completions"), ("/v1/api/tags", "/api/tags"),
     ("/anthropic/v1/messages", "/v1/messages"), ("/api/generat", "/api/generate"),
     ("/openai/chat/completions", "/v1/chat/completions"), ("/v1/mcp", "/mcp"),
     ("/openai/deployments/x/chat/completion", azure.PREFIX + "chat/completions"),
     ("/v1/audio/speech", ""), ("/v1/moderations", ""), ("/v1/files", ""), ("/v1/realtime", ""),
     ("/", ""), ("/v1", ""), ("/api", ""), ("/v1/" + "x" * 60_000, ""), ("/v1/" + "x/" * 9000, "")],
)  # fmt: skip
def test_the_address_that_was_meant_is_named(path: str, expected: str) -> None:
    assert meant(path) == expected
    message = no_such_address(path).message
    assert len(message) < 1500
    assert (f"Did you mean {expected}?" in message) is bool(expected)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/v1/audio/speech", "Served are /v1/ai/chat/completion, /v1/chat/completions"),
     ("/api/no/such", "Served are /api/chat, /api/generate"),
     ("/api/blobs/sha256:0", "do not create models"), ("/v1/files", "keeps no files"),
     ("/v1/messages/batches/x", "no batches"), ("/mcp/sse", "streamable HTTP"),
     ("/sse", "streamable HTTP"), ("/v1/responses/x", "keeps no responses"),
     ("/.well-known/oauth-protected-resource/mcp", "no OAuth"),
     ("/.well-known/openid-configuration", "no OAuth"), ("/register", "no OAuth")],
)  # fmt: skip
def test_what_is_served_is_said(path: str, words: str) -> None:
    assert words in no_such_address(path).message


def test_a_path_that_is_near_another_api_has_the_form_of_that(portal: Portal) -> None:
    for path in ("/v1/message", "/messages", "/anthropic/v1/messages"):
        error = error_of("/v1/messages", ask(portal, path, "POST"))
        assert "Did you mean /v1/messages?" in error["message"]
    assert "Did you mean" in ask(portal, "/v1/api/tags", "GET").json()["error"]


def test_a_model_that_does_not_exist_is_no_address(portal: Portal) -> None:
    error = portal.get("/v1/models/x/y").json()["error"]
    assert error["code"] == "model_not_found"
