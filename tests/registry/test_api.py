"""The REST API: models, their status, the primary, probes, metrics and limits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.core.test_rules import CHAT, check_error
from tests.registry.editing import wait_for
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http

# ── Models ──────────────────────────────────────────────────────────────────────────────────


def test_models_are_listed_by_capability(portal: Portal) -> None:
    body = portal.get("/v1/ai/models?capability=embeddings").json()
    assert [m["id"] for m in body["models"]] == ["fake:embedder", "pond:newt:1b"]
    assert body["models"][0]["title"] == "embedder"
    assert body["defaults"]["embeddings"] == "fake:embedder"


def test_an_unknown_capability_is_rejected_with_a_hint(portal: Portal) -> None:
    error = check_error(portal.get("/v1/ai/models?capability=chta"), 400, "invalid_request")
    assert "Did you mean 'chat'?" in error["message"]


def test_a_groups_model_is_hidden_from_others(portal: Portal) -> None:
    for path in ("/v1/ai/models", "/v1/models"):
        assert "club:secret" not in portal.get(path).text
    error = check_error(portal.get("/v1/models/club:secret"), 404, "model_not_found")
    assert "Did you mean" not in error["message"]


def test_an_unchanged_list_is_not_sent_again(portal: Portal) -> None:
    tag = portal.get("/v1/ai/models").headers["ETag"]
    response = portal.get("/v1/ai/models", headers={"If-None-Match": f'"x", {tag}'})
    assert (response.status_code, response.text) == (304, "")
    assert (
        portal.get("/v1/ai/models?capability=chat", headers={"If-None-Match": tag}).status_code
        == 200
    )


def test_the_status_has_each_providers_health(portal: Portal) -> None:
    for _ in range(50):
        answer = portal.get("/v1/ai/models/status", who="olga")
        health = {name: h["status"] for name, h in answer.json()["health"].items()}
        if "unknown" not in health.values():
            break
    assert health == {"fake": "healthy", "pond": "healthy", "closed": "unreachable",
                      "keyless": "unconfigured", "club": "healthy", "strict": "healthy"}  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"
    users = portal.get("/v1/ai/models/status").json()["health"]
    assert {*users} == {*health} - {"club"}, "of which ann may use nothing"


def test_the_details_of_health_are_for_operators(portal: Portal) -> None:
    users = portal.get("/v1/ai/models/status").json()["health"]["keyless"]
    operators = portal.get("/v1/ai/models/status", who="olga").json()["health"]["keyless"]
    assert (users["detail"], operators["detail"]) == ("", "NEVER_SET is not set")


def test_openai_lists_and_shows_models(portal: Portal) -> None:
    body = portal.get("/v1/models").json()
    assert body["object"] == "list"
    assert {"id": "fake:talker", "object": "model", "owned_by": "fake"}.items() <= body["data"][
        0
    ].items()
    for path in ("fake:other/name:v2", "fake%3Aother%2Fname%3Av2"):
        assert portal.get(f"/v1/models/{path}").json()["id"] == "fake:other/name:v2"
    error = check_error(portal.get("/v1/models/talker"), 404, "model_not_found")
    assert "Did you mean 'fake:talker'? See GET /v1/ai/models." in error["message"]


# ── The primary ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def switched(
    portal_files: Portal, fake_process: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal whose primaries may be switched: no other test depends on its defaults."""
    fake_process.reset()
    portal = copy_of(portal_files, tmp_path_factory.mktemp("switched"))
    portal.start()
    yield portal
    portal.stop()


def set_primary(portal: Portal, model: str, who: str = "olga", **more: Any) -> Any:
    headers = more.pop("headers", {})
    body = {"capability": "chat", "model": model, **more}
    return portal.post("/v1/ai/models/primary", body, who=who, headers=headers)


def test_an_operator_switches_the_primary_and_back(switched: Portal) -> None:
    answer = set_primary(switched, "closed:gone", reason="a trial")
    body = answer.json()
    body.pop("warning", "")  # reports that the provider is unreachable, once it is probed
    assert body == {"capability": "chat", "model": "closed:gone", "previous": "fake:talker",
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
def test_only_a_listed_model_with_the_capability_becomes_primary(
    switched: Portal, model: str, status: int, code: str
) -> None:
    check_error(set_primary(switched, model), status, code)


def test_a_switch_that_lost_a_race_is_rejected(switched: Portal) -> None:
    tag = switched.get("/v1/ai/models?capability=chat").headers["ETag"]
    assert set_primary(switched, "fake:talker", headers={"If-Match": tag}).status_code == 200
    check_error(
        set_primary(switched, "fake:talker", headers={"If-Match": tag}), 412, "precondition_failed"
    )
    assert set_primary(switched, "fake:talker", headers={"If-Match": "*"}).status_code == 200


def test_a_model_without_the_capability_cannot_be_primary(switched: Portal) -> None:
    check_error(
        set_primary(switched, "fake:talker", capability="vision"), 422, "capability_not_supported"
    )


# ── Probes, metrics, limits ────────────────────────────────────────────────────────────────────────────────


def test_healthz_and_readyz_are_public_without_details(portal: Portal) -> None:
    assert portal.get("/healthz", who=None).json() == {"status": "ok"}
    assert portal.get("/readyz", who=None).json() == {"status": "ready"}


def test_metrics_are_for_operators(portal: Portal) -> None:
    portal.chat()
    check_error(portal.get("/metrics"), 403, "permission_denied")
    text = portal.get("/metrics", who="olga").text
    assert 'portal_requests_total{route="/v1/ai/chat/completion",status="200"}' in text
    assert 'portal_tokens_total{kind="prompt",provider="fake"}' in text


def test_a_user_over_the_rate_limit_must_wait(own_portal: Portal) -> None:
    own_portal.variables["RATE_LIMIT_PER_MINUTE"] = "5"
    own_portal.start()
    codes = [own_portal.chat().status_code for _ in range(4)]
    codes += [own_portal.get("/v1/ai/models", headers={"X-Forwarded-For": "1.2.3.4"}).status_code]
    assert codes == [200] * 5
    for answer in (own_portal.chat(), own_portal.get("/v1/ai/models")):
        check_error(answer, 429, "rate_limited")
        assert 1 <= int(answer.headers["Retry-After"]) <= 12
    assert own_portal.get("/v1/ai/models", who="olga").status_code == 200


def test_a_model_added_to_the_file_is_listed_after_a_restart(own_portal: Portal) -> None:
    text = own_portal.models.read_text()
    line = "      talker: {"
    own_portal.models.write_text(
        text.replace(line, f"      brand-new: {{capabilities: [chat]}}\n{line}")
    )
    own_portal.start()
    assert "fake:brand-new" in own_portal.get("/v1/ai/models").text
    assert own_portal.chat(model="fake:brand-new").json()["resolution"]["registry"] is True


def test_without_a_default_the_error_explains_how_to_set_one(own_portal: Portal) -> None:
    text = own_portal.models.read_text()
    own_portal.models.write_text(text.replace('    chat: "fake:talker"\n', ""))
    own_portal.start()
    error = check_error(own_portal.chat(), 409, "no_default")
    assert "models.defaults.chat" in error["message"]
    assert own_portal.chat(model="").status_code == 409
    assert own_portal.chat(model="fake:talker").status_code == 200


def test_a_busy_provider_does_not_block_others(own_portal: Portal, fake: FakeProvider) -> None:
    own_portal.variables |= {
        "PROVIDER_CONCURRENCY": "1",
        "PROVIDER_QUEUE": "0",
        "WHOLE_ANSWER_TIMEOUT": "20",
    }
    own_portal.start()
    fake.script(HANG)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(own_portal.post, "/v1/chat/completions", CHAT, timeout=3)
        fake.wait_for_post()
        error = check_error(own_portal.chat(), 503, "overloaded")
        assert error["resolution"]["provider"] == "fake"
        assert own_portal.chat(model="pond:frog").status_code == 200
        assert isinstance(first.exception(), requests.Timeout)
    # The caller who left frees the place as soon as the connection is known to be closed.
    wait_for(own_portal, lambda _: own_portal.chat().status_code == 200)


def test_failures_are_counted(portal: Portal, fake: FakeProvider) -> None:
    def failures() -> float:
        text = portal.get("/metrics", who="olga").text
        name = 'portal_failures_total{code="provider_bad_response",provider="fake"}'
        return next(
            (float(line.split()[-1]) for line in text.splitlines() if line.startswith(name)), 0
        )

    before = failures()
    for stream in (False, True):
        fake.script(http(200, b"<html>"))
        portal.chat(stream=stream)
    assert failures() == before + 2
    text = portal.get("/metrics", who="olga").text
    assert 'portal_calls_under_way{provider="fake"} 0.0' in text
    assert 'portal_upstream_seconds_count{provider="fake"}' in text
