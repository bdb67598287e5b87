"""The REST API: one table of rules over routes of both kinds, and what each route is for."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.fake_provider import FakeProvider
from tests.portal import Portal

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
EVERY = [("GET", path) for path in GETS] + [("POST", path) for path in POSTS]


def check_error(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert the one error shape; return its inside."""
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) - {"resolution"} == {"message", "type", "code", "param", "request_id"}
    assert error["code"] == code
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return error


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_nobody_gets_in_without_a_token(portal: Portal, method: str, path: str) -> None:
    answer = portal.call(method, path, who=None, json=POSTS.get(path))
    check_error(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nope", "Basic YTpi", "aim_x", "Bearer a b", "Bearer é"]
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/ai/models"), ("POST", "/v1/chat/completions")]
)
def test_a_bad_token_is_refused(portal: Portal, method: str, path: str, header: str) -> None:
    answer = portal.call(
        method, path, who=None, json=CHAT, headers={"Authorization": header.encode()}
    )
    check_error(answer, 401, "unauthenticated")


BODIES: dict[str, tuple[bytes, int, str]] = {
    "not JSON": (b"{", 400, "invalid_request"),
    "nothing": (b"", 400, "invalid_request"),
    "a list": (b"[]", 400, "invalid_request"),
    "a key twice": (b'{"a": 1, "a": 2}', 400, "invalid_request"),
    "a key twice, deep": (b'{"messages": [{"a": 1, "a": 2}]}', 400, "invalid_request"),
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
def test_a_bad_body_is_refused(portal: Portal, path: str, name: str) -> None:
    data, status, code = BODIES[name]
    headers = {"Content-Type": "application/json"}
    check_error(portal.call("POST", path, who="olga", data=data, headers=headers), status, code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "",
                                  "application/json; charset=utf-16"])  # fmt: skip
@pytest.mark.parametrize("path", POSTS)
def test_only_json_is_taken(portal: Portal, path: str, kind: str) -> None:
    answer = portal.call("POST", path, who="olga", data=b"{}", headers={"Content-Type": kind})
    check_error(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", POSTS)
def test_other_methods_are_refused(portal: Portal, path: str, method: str) -> None:
    answer = portal.call(method, path, who="olga")
    check_error(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", POSTS)
def test_a_body_may_come_in_chunks(portal: Portal, path: str) -> None:
    data = [part.encode() for part in json.dumps(POSTS[path]).split(" ")]
    headers = {"Content-Type": "application/json"}
    assert (
        portal.call("POST", path, who="olga", data=iter(data), headers=headers).status_code == 200
    )


# Daphne reads the whole body before the application hears of the request.
@pytest.mark.parametrize("portal", ["uvicorn"], indirect=True)
@pytest.mark.parametrize("path", [*POSTS, "/healthz", "/admin/login/"])
def test_a_body_over_the_limit_is_not_even_read(portal: Portal, path: str) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        caller.sendall(f"{head}Content-Length: 99999999\r\n\r\n".encode() + b"x" * 100_000)
        assert b" 413 " in caller.recv(65536)


@pytest.mark.parametrize("path", [*POSTS, "/v1/ai/models"])
def test_what_accept_says_changes_nothing(portal: Portal, path: str) -> None:
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


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/models", "/metrics"])
def test_what_is_read_is_not_written(portal: Portal, path: str, method: str) -> None:
    check_error(portal.call(method, path, who="olga"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("header", "value"), [("Host", "evil.example"), ("Content-Type", "text/plain")]
)
def test_a_header_that_stands_twice_is_refused(portal: Portal, header: str, value: str) -> None:
    lines = ["POST /v1/chat/completions HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
             f"Authorization: Bearer {portal.tokens['ann']}", "Content-Length: 2", f"{header}: {value}"]  # fmt: skip
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        caller.sendall("\r\n".join(lines).encode() + b"\r\n\r\n{}")
        assert b" 400 " in caller.recv(65536)


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_a_foreign_host_is_refused(portal: Portal, method: str, path: str) -> None:
    answer = portal.call(method, path, json=POSTS.get(path), headers={"Host": "evil.example"})
    check_error(answer, 400, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/nope", "/v1/ai/models/", "/v1/chat/completions/", "/v1/"])
def test_an_unknown_address_is_an_error_of_the_same_shape(portal: Portal, path: str) -> None:
    check_error(portal.get(path, allow_redirects=False), 404, "not_found")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-1._Z", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("<x>", False)],
)
@pytest.mark.parametrize("path", ["/v1/ai/models", "/healthz"])
def test_a_sane_request_id_is_kept(portal: Portal, path: str, given: str, kept: bool) -> None:
    answer = portal.get(path, headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


WRONG_FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/ai/chat/completion", {}, "messages"),
    ("/v1/ai/chat/completion", {"messages": []}, "messages"),
    ("/v1/ai/chat/completion", {"messages": "hi"}, "messages"),
    (
        "/v1/ai/chat/completion",
        {"messages": [{"role": "king", "content": "x"}]},
        "messages[0].role",
    ),
    (
        "/v1/ai/chat/completion",
        {"messages": [{"role": "user", "content": 5}]},
        "messages[0].content",
    ),
    ("/v1/ai/chat/completion", {**CHAT, "model": 5}, "model"),
    ("/v1/ai/chat/completion", {**CHAT, "model": ["a"]}, "model"),
    ("/v1/ai/chat/completion", {**CHAT, "stream": "yes"}, "stream"),
    ("/v1/ai/chat/completion", {**CHAT, "n": True}, "n"),
    ("/v1/ai/chat/completion", {**CHAT, "max_tokens": 0}, "max_tokens"),
    ("/v1/ai/chat/completion", {**CHAT, "max_tokens": "12"}, "max_tokens"),
    ("/v1/ai/chat/completion", {**CHAT, "temperature": "hot"}, "temperature"),
    (
        "/v1/ai/chat/completion",
        {**CHAT, "stream_options": {"include_usage": 1}},
        "stream_options.include_usage",
    ),
    ("/v1/embeddings", {}, "input"),
    ("/v1/embeddings", {"input": []}, "input"),
    ("/v1/embeddings", {"input": ""}, "input"),
    ("/v1/embeddings", {"input": ["a", 5]}, "input"),
    ("/v1/embeddings", {"input": "a", "encoding_format": "hex"}, "encoding_format"),
    ("/v1/ai/models/primary", {"model": "fake:talker"}, "capability"),
    ("/v1/ai/models/primary", {"capability": "chat", "model": 5}, "model"),
    (
        "/v1/ai/models/primary",
        {"capability": "chat", "model": "fake:talker", "modle": "x"},
        "modle",
    ),
    ("/v1/ai/models/primary", {"capability": "chta", "model": "fake:talker"}, "capability"),
]


@pytest.mark.parametrize(("path", "body", "param"), WRONG_FIELDS)
def test_a_wrong_field_is_named(
    portal: Portal, path: str, body: dict[str, Any], param: str
) -> None:
    error = check_error(portal.post(path, body, who="olga"), 400, "invalid_request")
    assert error["param"] == param


@pytest.mark.parametrize(
    "part",
    [{"type": "input_image", "image_url": "http://x"}, {"type": "text", "text": "x", "image_url": "http://x"},
     {"type": "video", "video": ["http://x"]}, {"type": "x", "x": {"a": {"url": "http://x"}}}, {"type": "text"},
     {"type": "image_url", "image_url": {}}, {"type": "file", "file": {"a": {"url": "http://x"}}}, {}],
)  # fmt: skip
@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_a_part_of_unknown_form_is_refused(
    portal: Portal, fake: FakeProvider, part: Any, model: str
) -> None:
    check_error(
        portal.chat(model=model, messages=[{"role": "user", "content": [part]}]),
        400,
        "invalid_request",
    )
    assert fake.posts == []


@pytest.mark.parametrize("field", ["base_url", "api_base", "api_key", "url"])
def test_a_caller_does_not_choose_who_is_asked(
    portal: Portal, fake: FakeProvider, field: str
) -> None:
    assert (
        check_error(
            portal.post("/v1/chat/completions", {**CHAT, field: "http://x"}), 400, "invalid_request"
        )["param"]
        == field
    )
    assert (
        portal.chat(messages=[{"role": "user", "content": "x", "images": ["http://x"]}]).status_code
        == 400
    )
    assert fake.posts == []


def test_a_long_word_holds_nobody_up(portal: Portal) -> None:
    started = time.monotonic()
    check_error(portal.chat(model="a" * 300), 404, "model_not_found")
    check_error(portal.chat(model="a" * 500_000), 400, "invalid_request")
    check_error(portal.get("/v1/models/" + "a" * 7000), 404, "model_not_found")
    check_error(portal.get("/v1/ai/models?capability=" + "a" * 7000), 400, "invalid_request")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/x", "file:///etc/passwd", "https://a/b.png", 5]
)
def test_only_data_urls_are_taken(portal: Portal, fake: FakeProvider, url: Any) -> None:
    content = [{"type": "image_url", "image_url": {"url": url}}]
    answer = portal.chat(messages=[{"role": "user", "content": content}])
    check_error(answer, 400, "invalid_request")
    assert fake.posts == []


RESOLVING = [
    ("nope:x", 404, "provider_not_found", "Known: fake, pond, closed, keyless, club, strict"),
    ("nonsense", 404, "model_not_found", "Write provider:name"),
    ("fake:../../admin x", 404, "model_not_found", "is not a model ID"),
    ("fake:embedder", 422, "capability_not_supported", "Models that can: fake:talker"),
    ("strict:other", 403, "permission_denied", "serves listed models only"),
    ("keyless:silent", 503, "provider_unconfigured", "NEVER_SET is not set"),
    ("keyless:whatever", 503, "provider_unconfigured", "NEVER_SET is not set"),
    ("club:secret", 403, "permission_denied", "Your groups"),
    ("club:SECRET", 403, "permission_denied", "serves listed models only"),
]


@pytest.mark.parametrize(("model", "status", "code", "words"), RESOLVING)
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_cannot_answer_is_explained(
    portal: Portal, fake: FakeProvider, model: str, status: int, code: str, words: str, stream: bool
) -> None:
    error = check_error(portal.chat(model=model, stream=stream), status, code)
    assert words in error["message"]
    assert fake.posts == [], "nobody was asked"


def test_an_unconfigured_providers_unlisted_model_says_so(portal: Portal) -> None:
    error = portal.chat(model="keyless:whatever").json()["error"]
    assert error["resolution"]["registry"] is False


def test_a_name_is_never_part_of_the_providers_address(portal: Portal, fake: FakeProvider) -> None:
    assert portal.chat(model="fake:../../admin").status_code == 200
    assert fake.posts[-1].path == "/v1/chat/completions"


# ── Models ──────────────────────────────────────────────────────────────────────────────────


def test_models_are_listed_by_capability(portal: Portal) -> None:
    body = portal.get("/v1/ai/models?capability=embeddings").json()
    assert [m["id"] for m in body["models"]] == ["fake:embedder", "pond:newt:1b"]
    assert body["models"][0]["title"] == "embedder"
    assert body["defaults"]["embeddings"] == "fake:embedder"


def test_an_unknown_capability_is_refused_with_a_hint(portal: Portal) -> None:
    error = check_error(portal.get("/v1/ai/models?capability=chta"), 400, "invalid_request")
    assert "Did you mean 'chat'?" in error["message"]


def test_a_groups_model_is_hidden_from_others(portal: Portal) -> None:
    for path in ("/v1/ai/models", "/v1/models"):
        assert "club:secret" not in portal.get(path).text
    check_error(portal.get("/v1/models/club:secret"), 404, "model_not_found")


def test_an_unchanged_list_is_not_sent_again(portal: Portal) -> None:
    tag = portal.get("/v1/ai/models").headers["ETag"]
    again = portal.get("/v1/ai/models", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.text) == (304, "")
    assert (
        portal.get("/v1/ai/models?capability=chat", headers={"If-None-Match": tag}).status_code
        == 200
    )


def test_the_status_tells_each_providers_health(portal: Portal) -> None:
    for _ in range(50):
        answer = portal.get("/v1/ai/models/status")
        health = {name: h["status"] for name, h in answer.json()["health"].items()}
        if "unknown" not in health.values():
            break
    assert health == {"fake": "healthy", "pond": "healthy", "closed": "unreachable",
                      "keyless": "unconfigured", "club": "healthy", "strict": "healthy"}  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_details_of_health_are_for_operators(portal: Portal) -> None:
    mine = portal.get("/v1/ai/models/status").json()["health"]["keyless"]
    theirs = portal.get("/v1/ai/models/status", who="olga").json()["health"]["keyless"]
    assert (mine["detail"], theirs["detail"]) == ("", "NEVER_SET is not set")


def test_openai_lists_and_shows_models(portal: Portal) -> None:
    listed = portal.get("/v1/models").json()
    assert listed["object"] == "list"
    assert {"id": "fake:talker", "object": "model", "owned_by": "fake"}.items() <= listed["data"][
        0
    ].items()
    for path in ("fake:other/name:v2", "fake%3Aother%2Fname%3Av2"):
        assert portal.get(f"/v1/models/{path}").json()["id"] == "fake:other/name:v2"
    check_error(portal.get("/v1/models/fake:nope"), 404, "model_not_found")


# ── The primary ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def switched(
    portal_files: Portal, fake_process: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal whose primaries may be switched: nobody else relies on its defaults."""
    fake_process.reset()
    found = copy_of(portal_files, tmp_path_factory.mktemp("switched"))
    found.start()
    yield found
    found.stop()


def set_primary(portal: Portal, model: str, who: str = "olga", **more: Any) -> Any:
    headers = more.pop("headers", {})
    body = {"capability": "chat", "model": model, **more}
    return portal.post("/v1/ai/models/primary", body, who=who, headers=headers)


def test_an_operator_switches_the_primary_and_back(switched: Portal) -> None:
    answer = set_primary(switched, "closed:gone", reason="a trial")
    assert answer.json() == {"capability": "chat", "model": "closed:gone", "previous": "fake:talker",
                               "defaults": {"chat": "closed:gone", "embeddings": "fake:embedder"}}  # fmt: skip
    try:
        error = check_error(switched.chat(), 502, "provider_unreachable")
        assert error["resolution"]["resolved_by"] == "primary"
        assert switched.chat(model="fake:talker").json()["resolution"]["resolved_by"] == "override"
        primaries = switched.get("/v1/ai/models").json()["primaries"]
        assert (primaries["chat"]["model"], primaries["chat"]["by"]) == ("closed:gone", "olga")
    finally:
        set_primary(switched, "fake:talker")
    assert switched.chat().status_code == 200


def test_others_may_not_switch(switched: Portal) -> None:
    check_error(set_primary(switched, "fake:talker", who="ann"), 403, "permission_denied")


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [("fake:whatever", 404, "model_not_found"), ("fake:embedder", 422, "capability_not_supported"),
     ("nonsense", 404, "model_not_found")],
)  # fmt: skip
def test_only_a_listed_and_able_model_becomes_primary(
    switched: Portal, model: str, status: int, code: str
) -> None:
    check_error(set_primary(switched, model), status, code)


def test_a_switch_that_lost_a_race_is_refused(switched: Portal) -> None:
    tag = switched.get("/v1/ai/models?capability=chat").headers["ETag"]
    assert set_primary(switched, "fake:talker", headers={"If-Match": tag}).status_code == 200
    check_error(
        set_primary(switched, "fake:talker", headers={"If-Match": tag}), 412, "precondition_failed"
    )
    assert set_primary(switched, "fake:talker", headers={"If-Match": "*"}).status_code == 200


def test_an_unable_capability_has_no_default(switched: Portal) -> None:
    check_error(
        set_primary(switched, "fake:talker", capability="vision"), 422, "capability_not_supported"
    )


# ── The rest ────────────────────────────────────────────────────────────────────────────────


def test_the_health_of_the_portal_is_public_and_says_nothing_more(portal: Portal) -> None:
    assert portal.get("/healthz", who=None).json() == {"status": "ok"}
    assert portal.get("/readyz", who=None).json() == {"status": "ready"}


def test_metrics_are_for_operators(portal: Portal) -> None:
    portal.chat()
    check_error(portal.get("/metrics"), 403, "permission_denied")
    text = portal.get("/metrics", who="olga").text
    assert 'portal_requests_total{route="/v1/ai/chat/completion",status="200"}' in text
    assert 'portal_tokens_total{kind="prompt",provider="fake"}' in text


def test_a_user_who_asks_too_often_waits(own_portal: Portal) -> None:
    own_portal.variables["RATE_LIMIT_PER_MINUTE"] = "5"
    own_portal.start()
    codes = [own_portal.chat().status_code for _ in range(4)]
    codes += [own_portal.get("/v1/ai/models", headers={"X-Forwarded-For": "1.2.3.4"}).status_code]
    assert codes == [200] * 5
    for answer in (own_portal.chat(), own_portal.get("/v1/ai/models")):
        check_error(answer, 429, "rate_limited")
        assert 1 <= int(answer.headers["Retry-After"]) <= 12
    assert own_portal.get("/v1/ai/models", who="olga").status_code == 200


def test_a_model_added_to_the_file_is_there_after_a_restart(own_portal: Portal) -> None:
    text = own_portal.models.read_text()
    line = "      talker: {"
    own_portal.models.write_text(
        text.replace(line, f"      brand-new: {{capabilities: [chat]}}\n{line}")
    )
    own_portal.start()
    assert "fake:brand-new" in own_portal.get("/v1/ai/models").text
    assert own_portal.chat(model="fake:brand-new").json()["resolution"]["registry"] is True
