"""One table of rules over the routes of both kinds."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

CHAT = {"messages": [{"role": "user", "content": "Hi"}]}
# Routes of both kinds that take a POST, with a good body.
POSTS: dict[str, dict[str, Any]] = {
    "/v1/ai/chat/completion": CHAT,
    "/v1/chat/completions": CHAT,
    "/v1/embeddings": {"input": "x"},
    "/v1/ai/models/primary": {"capability": "embeddings", "model": "fake:embedder"},
}
GETS = [
    "/v1/ai/models",
    "/v1/ai/models/status",
    "/v1/models",
    "/v1/models/fake:talker",
    "/v1/schema",
]
ROUTES = [("GET", path) for path in GETS] + [("POST", path) for path in POSTS]


def check_error(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert the shape of errors; return the `error` object."""
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) - {"resolution"} == {"message", "type", "code", "param", "request_id"}
    assert error["code"] == code
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return error


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_request_without_a_token_is_rejected(portal: Portal, method: str, path: str) -> None:
    answer = portal.call(method, path, who=None, json=POSTS.get(path))
    check_error(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nope", "Basic YTpi", "aim_x", "Bearer a b", "Bearer é"]
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/ai/models"), ("POST", "/v1/chat/completions")]
)
def test_a_bad_token_is_rejected(portal: Portal, method: str, path: str, header: str) -> None:
    answer = portal.call(
        method, path, who=None, json=CHAT, headers={"Authorization": header.encode()}
    )
    check_error(answer, 401, "unauthenticated")


BODIES: dict[str, tuple[bytes, int, str]] = {
    "not JSON": (b"{", 400, "invalid_request"),
    "nothing": (b"", 400, "invalid_request"),
    "a list": (b"[]", 400, "invalid_request"),
    "repeated key": (b'{"a": 1, "a": 2}', 400, "invalid_request"),
    "repeated key, deep": (b'{"messages": [{"a": 1, "a": 2}]}', 400, "invalid_request"),
    "NaN": (b'{"temperature": NaN}', 400, "invalid_request"),
    "overflow": (b'{"temperature": 1e999}', 400, "invalid_request"),
    "a huge number": (b'{"seed": ' + b"9" * 5000 + b"}", 400, "invalid_request"),
    "deep": (b"[" * 100_000, 400, "invalid_request"),
    "deep object": (b'{"a":' * 50_000, 400, "invalid_request"),
    "half a character": (b'{"model": "\\ud800"}', 400, "invalid_request"),
    "not UTF-8": (b'{"model": "\xff"}', 400, "invalid_request"),
    "too large": (b'{"x": "' + b"x" * 9_000_000 + b'"}', 413, "payload_too_large"),
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_rejected(portal: Portal, path: str, name: str) -> None:
    data, status, code = BODIES[name]
    headers = {"Content-Type": "application/json"}
    check_error(portal.call("POST", path, who="olga", data=data, headers=headers), status, code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "",
                                  "application/json; charset=utf-16"])  # fmt: skip
@pytest.mark.parametrize("path", POSTS)
def test_only_json_is_accepted(portal: Portal, path: str, kind: str) -> None:
    answer = portal.call("POST", path, who="olga", data=b"{}", headers={"Content-Type": kind})
    check_error(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", POSTS)
def test_other_methods_are_rejected(portal: Portal, path: str, method: str) -> None:
    answer = portal.call(method, path, who="olga")
    error = check_error(answer, 405, "method_not_allowed")
    assert error["message"].endswith(" Send POST.")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", POSTS)
def test_a_body_may_come_in_chunks(portal: Portal, path: str) -> None:
    data = [part.encode() for part in json.dumps(POSTS[path]).split(" ")]
    headers = {"Content-Type": "application/json"}
    assert (
        portal.call("POST", path, who="olga", data=iter(data), headers=headers).status_code == 200
    )


@pytest.mark.parametrize("path", [*POSTS, "/v1/models", "/admin/login/"])
def test_a_body_of_unknown_length_is_cut_off(portal: Portal, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    data = (b"x" * 1_000_000 for _ in range(9))
    who = "olga" if path.startswith("/v1/") else None  # a token does not fit a page
    answer = portal.call("POST", path, who=who, data=data, headers=headers)
    check_error(answer, 413, "payload_too_large")


# Daphne reads the whole body before the application hears of the request.
@pytest.mark.parametrize("portal", ["uvicorn"], indirect=True)
@pytest.mark.parametrize("path", [*POSTS, "/healthz", "/admin/login/"])
def test_a_body_over_the_limit_is_not_read(portal: Portal, path: str) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        caller.sendall(f"{head}Content-Length: 99999999\r\n\r\n".encode() + b"x" * 100_000)
        assert b" 413 " in caller.recv(65536)


@pytest.mark.parametrize("path", [*POSTS, "/v1/ai/models"])
def test_the_accept_header_is_ignored(portal: Portal, path: str) -> None:
    for accept in ("text/html", "text/event-stream", "application/xml", "*/*;q=0"):
        method = "POST" if path in POSTS else "GET"
        answer = portal.call(
            method,
            f"{path}?format=xml",
            who="olga",
            json=POSTS.get(path),
            headers={"Accept": accept},
        )
        assert answer.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/models", "/metrics"])
def test_read_only_routes_reject_other_methods(portal: Portal, path: str, method: str) -> None:
    error = check_error(portal.call(method, path, who="olga"), 405, "method_not_allowed")
    assert error["message"].endswith(" Send GET.")


@pytest.mark.parametrize(
    ("header", "value"), [("Host", "evil.example"), ("Content-Type", "text/plain")]
)
def test_a_repeated_header_is_rejected(portal: Portal, header: str, value: str) -> None:
    lines = ["POST /v1/chat/completions HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
             f"Authorization: Bearer {portal.tokens['ann']}", "Content-Length: 2", f"{header}: {value}"]  # fmt: skip
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        caller.sendall("\r\n".join(lines).encode() + b"\r\n\r\n{}")
        assert b" 400 " in caller.recv(65536)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_foreign_host_is_rejected(portal: Portal, method: str, path: str) -> None:
    answer = portal.call(method, path, json=POSTS.get(path), headers={"Host": "evil.example"})
    check_error(answer, 400, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/nope", "/v1/nope/", "/v1//nope", "/v1/"])
def test_an_unknown_address_is_an_error_of_the_same_shape(portal: Portal, path: str) -> None:
    check_error(portal.get(path, allow_redirects=False), 404, "not_found")


@pytest.mark.parametrize(
    ("header", "kept"),
    [("abc-1._Z", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("<x>", False)],
)
@pytest.mark.parametrize("path", ["/v1/ai/models", "/healthz"])
def test_a_valid_request_id_is_kept(portal: Portal, path: str, header: str, kept: bool) -> None:
    answer = portal.get(path, headers={"X-Request-ID": header})
    assert (answer.headers["X-Request-ID"] == header) is kept


RESOLVING = [
    ("nope:x", 404, "provider_not_found", "Known: fake, pond, closed, keyless, strict"),
    ("nonsense", 404, "model_not_found", "Write provider:name"),
    ("fake:../../admin x", 404, "model_not_found", "is not a model ID"),
    ("fake:embedder", 422, "capability_not_supported", "Models that can: fake:talker"),
    ("strict:other", 403, "permission_denied", "serves listed models only"),
    ("keyless:silent", 503, "provider_unconfigured", "NEVER_SET is not set"),
    ("keyless:whatever", 503, "provider_unconfigured", "NEVER_SET is not set"),
    ("club:secret", 404, "provider_not_found", "Known: fake, pond"),
    ("club:SECRET", 404, "provider_not_found", "Known: fake, pond"),
]


@pytest.mark.parametrize(("model", "status", "code", "words"), RESOLVING)
@pytest.mark.parametrize("stream", [False, True])
def test_an_error_says_why_a_model_cannot_answer(
    portal: Portal, fake: FakeProvider, model: str, status: int, code: str, words: str, stream: bool
) -> None:
    error = check_error(portal.chat(model=model, stream=stream), status, code)
    assert words in error["message"]
    assert fake.posts == [], "no provider was called"


def test_an_unconfigured_providers_unlisted_model_says_so(portal: Portal) -> None:
    error = portal.chat(model="keyless:whatever").json()["error"]
    assert error["resolution"]["registry"] is False


def test_a_model_name_never_changes_the_providers_address(
    portal: Portal, fake: FakeProvider
) -> None:
    assert portal.chat(model="fake:../../admin").status_code == 200
    assert fake.posts[-1].path == "/v1/chat/completions"
