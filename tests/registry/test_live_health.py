"""Health on a running portal: probes, real calls, and the status that it reports."""

from __future__ import annotations

import time
from typing import Any

import requests

from tests.registry.editing import status, wait_for
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import FAKE_KEY, Portal
from tests.support.provider_messages import http


def test_a_key_that_the_provider_echoes_is_hidden(
    running_portal: Portal, fake: FakeProvider
) -> None:
    fake.answers["/v1/models"] = http(401, {"error": {"message": f"Bad key {FAKE_KEY}"}})
    body = wait_for(running_portal, lambda body: body["health"]["fake"]["status"] == "auth_failed")
    assert FAKE_KEY not in str(body)
    fake.answers["/v1/models"] = http(500, {"error": {"message": f"Broke at {FAKE_KEY}"}})
    body = wait_for(running_portal, lambda body: body["health"]["fake"]["status"] == "degraded")
    assert "Broke at [hidden]" in body["health"]["fake"]["detail"]
    assert status(running_portal)["health"]["fake"]["detail"] == "", "details are for operators"


def test_the_status_has_age_history_and_missing_models(
    running_portal: Portal, fake: FakeProvider
) -> None:
    fake.answers["/api/tags"] = http(200, {"models": [{"model": "newt:1b"}, {"model": "toad:7b"}]})

    def lacks_the_frog(body: Any) -> bool:
        return bool(body["health"]["pond"]["missing"] == ["pond:frog"])

    state = wait_for(running_portal, lacks_the_frog)["health"]["pond"]
    assert state["not_listed"] == ["toad:7b"]
    assert state["history"][-1]["status"] == "healthy"
    assert state["age_seconds"] <= 2
    for_users = status(running_portal, "ann")["health"]["pond"]
    assert for_users["missing"] == ["pond:frog"]
    assert "not_listed" not in for_users
    assert "history" not in for_users


def test_refresh_probes_at_once_but_not_twice(own_portal: Portal, fake: FakeProvider) -> None:
    own_portal.variables["PROBE_SECONDS"] = "300"
    text = (
        own_portal.models.read_text()
    )  # a header to distinguish this portal: others of this run probe too
    own_portal.models.write_text(
        text.replace("api: ollama", "api: ollama\n    headers: {X-Of: me}")
    )
    own_portal.start()
    path = "/v1/ai/models/status?refresh=true"
    wait_for(own_portal, lambda body: body["health"]["fake"]["status"] == "healthy")
    time.sleep(3.1)
    fake.answers["/v1/models"] = http(500, {"error": "no"})
    fake.requests.clear()
    for _ in range(3):
        body = own_portal.get(path, who="olga").json()
        assert body["health"]["fake"]["status"] == "degraded"
    probes = [r for r in fake.requests if r.path == "/api/version" and r.headers.get("x-of")]
    assert len(probes) == 1
    response = own_portal.get(path, who="ann")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "permission_denied")
    assert own_portal.get(path + "ish", who="olga").status_code == 400


def test_a_hanging_provider_delays_no_page(running_portal: Portal, fake: FakeProvider) -> None:
    for path in ("/v1/models", "/api/version"):
        fake.answers[path] = (HANG,)
    session = running_portal.sign_in("olga")
    time.sleep(1)  # until the probes hang
    for path in ("/", "/models", "/models/options/chat", "/admin/registry/providers/"):
        started = time.monotonic()
        assert session.get(running_portal.url + path, timeout=5).status_code == 200
        assert time.monotonic() - started < 2, path
    for path in ("/v1/ai/models", "/v1/ai/models/status", "/v1/models"):
        started = time.monotonic()
        assert running_portal.get(path).status_code == 200
        assert time.monotonic() - started < 2, path


def test_a_failed_call_updates_health_at_once(own_portal: Portal) -> None:
    own_portal.variables["PROBE_SECONDS"] = "300"
    own_portal.start()
    wait_for(own_portal, lambda body: body["health"]["closed"]["status"] == "unreachable")
    before = status(own_portal, "olga")["health"]["closed"]
    assert own_portal.chat(model="closed:gone").status_code == 502

    def has_failures(body: Any) -> bool:
        return bool(body["health"]["closed"]["traffic"]["failures"])

    updated = wait_for(own_portal, has_failures)["health"]["closed"]
    assert updated["checked_at"] >= before["checked_at"]
    assert updated["traffic"]["last_errors"][0]["code"] == "provider_unreachable"


def test_probes_follow_a_provider_with_a_new_address(
    running_portal: Portal, fake: FakeProvider
) -> None:
    wait_for(running_portal, lambda body: body["health"]["strict"]["status"] == "healthy")
    text = running_portal.models.read_text()
    head, _, tail = text.partition("strict:")
    running_portal.models.write_text(
        head + "strict:" + tail.replace("${FAKE_PORT}", "${CLOSED_PORT}", 1)
    )
    wait_for(running_portal, lambda body: body["health"]["strict"]["status"] == "unreachable")


def test_a_probe_is_never_a_completion(running_portal: Portal, fake: FakeProvider) -> None:
    wait_for(running_portal, lambda body: body["health"]["pond"]["status"] == "healthy")
    requests.get(f"{running_portal.url}/readyz", timeout=5)
    time.sleep(1)
    assert {request.path for request in fake.requests} == {
        "/v1/models",
        "/api/version",
        "/api/tags",
    }
    assert not fake.posts
