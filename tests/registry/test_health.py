"""Health of providers: probes, real calls, and history."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import PortalError
from registry.admin.tables import ProviderRow
from registry.config.load import load_config
from registry.health import health
from registry.health.health import DAY, MAX_HISTORY, Health, after, joined
from registry.health.traffic import Failed, Traffic, TrafficLog, together
from registry.providers.errors import read_error
from registry.snapshot import build
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import http

NOW = 1_800_000_000.0


def failed(code: str, at: float = NOW) -> Failed:
    return Failed(at, code, "It broke.")


# ── Real calls and probes ──────────────────────────────────────────────────────

WELL = Health("healthy", checked=NOW - 10)
DEAD = Health("unreachable", "No answer.", checked=NOW - 10)
REFUSED = Health("auth_failed", "No.", checked=NOW - 10)
JOINED = {
    "no calls": (WELL, Traffic(), "healthy"),
    "one refused connection is enough": (WELL, Traffic(1, 1, 0, (failed("provider_unreachable"),)), "unreachable"),
    "one refused key is enough": (WELL, Traffic(1, 1, 0, (failed("provider_auth_failed"),)), "auth_failed"),
    "unless an answer came later": (WELL, Traffic(2, 1, NOW + 1, (failed("provider_unreachable"),)), "healthy"),
    "unless a probe came later": (WELL, Traffic(1, 1, 0, (failed("provider_unreachable", NOW - 20),)), "healthy"),
    "one slow model is not a dead provider": (WELL, Traffic(1, 1, 0, (failed("provider_timeout"),)), "healthy"),
    "most calls fail": (WELL, Traffic(4, 3, NOW - 5, (failed("provider_error"),)), "degraded"),
    "few calls fail": (WELL, Traffic(40, 3, NOW - 5, (failed("provider_error"),)), "healthy"),
    "it answered after the probe": (DEAD, Traffic(1, 0, NOW), "degraded"),
    "it answered before the probe": (DEAD, Traffic(1, 0, NOW - 20), "unreachable"),
    "its list is refused, its models answer": (REFUSED, Traffic(1, 0, NOW - 20), "degraded"),
    "not probed yet, but it answers": (Health("unknown"), Traffic(1, 0, NOW), "healthy"),
}  # fmt: skip


@pytest.mark.parametrize("name", JOINED)
def test_real_calls_correct_the_probe(name: str) -> None:
    probe, traffic, expected = JOINED[name]
    assert joined(probe, traffic, NOW).status == expected


def test_errors_of_the_caller_do_not_count() -> None:
    log = TrafficLog()
    log.failed("a", PortalError("provider_rejected", "Too long."))
    log.failed("a", PortalError("context_length_exceeded", "Too long."))
    assert log.traffic() == {}
    log.failed("a", PortalError("provider_error", "Oh."))
    log.succeeded("a")
    traffic = log.traffic()["a"]
    assert (traffic.calls, traffic.failures, traffic.errors[0].message) == (2, 1, "Oh.")


def test_a_provider_that_is_too_busy_counts_but_a_portal_that_is_does_not() -> None:
    log = TrafficLog()
    log.failed("a", PortalError("overloaded", "Too many answers of a are under way."))
    assert log.traffic() == {}
    for status in (503, 529):
        log.failed("a", read_error(status, {}, b""))
    assert log.traffic()["a"].failures == 2


def test_the_traffic_of_workers_is_added_up() -> None:
    first = {"a": Traffic(3, 1, NOW, (failed("provider_error", NOW - 5),))}
    second = {
        "a": Traffic(2, 2, 0.0, tuple(failed("provider_timeout", NOW - n) for n in (9, 1))),
        "b": Traffic(1),
    }
    total = together([first, second])
    assert (total["a"].calls, total["a"].failures, total["a"].succeeded) == (5, 3, NOW)
    assert [error.at for error in total["a"].errors] == [NOW - 9, NOW - 5, NOW - 1]
    assert total["b"].calls == 1


# ── History ─────────────────────────────────────────────────────────────────────────────────


def test_the_history_has_changes_with_their_times() -> None:
    latest: Health | None = None
    states: list[health.Status] = ["healthy", "healthy", "unreachable", "unreachable", "healthy"]
    for at, state in enumerate(states):
        latest = after(latest, Health(state, checked=NOW + at))
    assert latest is not None
    assert latest.history == ((NOW, "healthy"), (NOW + 2, "unreachable"), (NOW + 4, "healthy"))
    assert latest.since == NOW + 4


def test_the_history_is_limited_to_a_day_and_in_length() -> None:
    latest: Health | None = None
    for n in range(300):
        latest = after(latest, Health(("healthy", "degraded")[n % 2], checked=NOW + 600 * n))
    assert latest is not None
    assert len(latest.history) <= MAX_HISTORY
    assert latest.history[0][0] >= NOW + 600 * 299 - DAY - 600
    later = after(latest, Health("degraded", checked=NOW + 10 * DAY))
    assert later.history == (latest.history[-1],), (
        "the last state stays in the history, however old"
    )


# ── Probes ──────────────────────────────────────────────────────────────────────────────────


def pond(fake: FakeProvider) -> Any:
    text = (f"models: {{pond: {{api: ollama, host: '127.0.0.1:{fake.port}', registry: "
            "{frog: {capabilities: [chat]}, 'toad:7b': {capabilities: [chat]}}}}")  # fmt: skip
    return build(load_config(text.encode(), {}))


def test_ollama_lists_the_pulled_models(fake: FakeProvider) -> None:
    tags = {"models": [{"model": "frog:latest"}, {"model": "newt:1b"}, {"name": "two words"}]}
    fake.answers["/api/tags"] = http(200, tags)
    registry = pond(fake)
    probe = health.probe(registry.providers["pond"])
    assert probe.status == "healthy"
    assert probe.names == ("frog:latest", "newt:1b")
    models = registry.models
    assert not health.is_missing(models["pond:frog"], probe), "`frog` is `frog:latest`"
    assert health.is_missing(models["pond:toad:7b"], probe)
    assert health.not_listed(["frog", "toad:7b"], probe) == ["newt:1b"]


def test_a_server_without_a_list_is_degraded(fake: FakeProvider) -> None:
    fake.answers["/api/tags"] = http(500, {"error": "the disk is gone"})
    probe = health.probe(pond(fake).providers["pond"])
    assert (probe.status, probe.names) == ("degraded", None)
    assert "the disk is gone" in probe.detail


def test_the_lines_to_paste_are_valid(fake: FakeProvider) -> None:
    registry = pond(fake)
    row = ProviderRow(
        registry.providers["pond"], WELL, Traffic(), 2, [], ["newt:1b", "x/y-z:q4_0", "-odd'\""]
    )
    text = "models:\n  pond:\n    api: ollama\n    host: localhost\n    registry:\n" + row.snippet
    assert list(build(load_config(text.encode(), {})).models) == [
        "pond:newt:1b",
        "pond:x/y-z:q4_0",
        "pond:-odd'\"",
    ]
