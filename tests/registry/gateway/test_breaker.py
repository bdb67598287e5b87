"""A provider's breaker: when it opens, for how long, and what closes it."""

from __future__ import annotations

import time

import pytest

from core.errors import PortalError
from registry.health.breaker import FIRST_PAUSE, MAX_PAUSE, TRIAL_SECONDS, Breaker
from registry.health.traffic import Traffic, TrafficLog, together

NOW = 1_000_000.0
HOUR = 3600.0
NEVER = 0.0


class Clock:
    """Unix time, but for `ahead`."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def fail(log: TrafficLog) -> None:
    for _ in range(5):
        log.failed("a", PortalError("provider_error", "Oh."))


def opened() -> Breaker:
    breaker = Breaker()
    breaker.failed(NOW, [(NOW, False)] * 5, NEVER)
    return breaker


def test_few_failures_skip_nothing() -> None:
    breaker = Breaker()
    breaker.failed(NOW, [(NOW, False)] * 4, NEVER)
    assert not breaker.skips(NOW, NEVER)


def test_failures_among_more_answers_skip_nothing() -> None:
    breaker = Breaker()
    breaker.failed(NOW, [*[(NOW, False)] * 5, *[(NOW, True)] * 6], NEVER)
    assert not breaker.skips(NOW, NEVER)


def test_old_failures_do_not_count() -> None:
    breaker = Breaker()
    breaker.failed(NOW, [(NOW - 11, False)] * 9, NEVER)
    assert not breaker.skips(NOW, NEVER)


def test_five_failures_open_it_for_five_seconds() -> None:
    breaker = opened()
    assert breaker.skips(NOW + 4.9, NEVER)
    assert breaker.ends(NOW, NEVER) == NOW + 5
    assert not breaker.skips(NOW + 5, NEVER)


def test_one_call_tries_it_and_the_others_wait() -> None:
    breaker = opened()
    assert [breaker.skips(NOW + 6, NEVER) for _ in range(3)] == [False, True, True]
    assert not breaker.skips(NOW + 6 + TRIAL_SECONDS, NEVER), "the trial ended without a word"


def test_a_trial_that_fails_doubles_the_pause_up_to_a_minute() -> None:
    breaker, now, pauses = opened(), NOW, []
    for _ in range(5):
        now = breaker.until + 1
        breaker.failed(now, [(now, False)], NEVER)
        pauses.append(breaker.until - now)
    assert pauses == [10, 20, 40, MAX_PAUSE, MAX_PAUSE]


def test_an_answer_closes_it() -> None:
    breaker = opened()
    assert not breaker.skips(NOW + 1, NOW + 0.5)
    breaker.failed(NOW + 2, [(NOW + 2, False)], NOW + 0.5)
    assert not breaker.skips(NOW + 2, NOW + 0.5), "one failure does not open it again"


def test_a_provider_that_names_a_time_is_left_alone_until_then() -> None:
    log = TrafficLog()
    error = PortalError("provider_rate_limited", "Slow down.", provider={"status": 429})
    error.repeat_after = 30
    log.failed("a", error)
    assert log.skips("a", Traffic())
    assert not log.skips("b", Traffic())


def test_other_workers_follow() -> None:
    first, second = TrafficLog(), TrafficLog()
    fail(first)
    shared = together([first.traffic(), second.traffic()])
    assert shared["a"].until > 0
    assert second.skips("a", shared["a"])
    second.succeeded("a")
    assert not second.skips("a", shared["a"])


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_clock_that_jumps_changes_no_breaker(jump: float) -> None:
    clock = Clock()
    log = TrafficLog(clock)
    log.succeeded("a")
    fail(log)
    clock.ahead = jump
    assert log.skips("a", Traffic()), "an answer of before does not close it"
    assert log.traffic()["a"].until == pytest.approx(time.time() + jump + FIRST_PAUSE, abs=1)
    assert log.traffic()["a"].failures == 5
    log.succeeded("a")
    assert not log.skips("a", Traffic())
    fail(log)
    assert log.skips("a", Traffic()), "it opens again"


def test_a_pause_that_was_shared_before_the_clock_was_set_back_is_not_followed() -> None:
    clock = Clock()
    first, second = TrafficLog(clock), TrafficLog(clock)
    fail(first)
    before = first.traffic()["a"]
    assert second.skips("a", before)
    clock.ahead = -HOUR
    third = TrafficLog(clock)
    assert not third.skips("a", before)
    assert third.skips("a", first.traffic()["a"]), "the next exchange has it right"


def test_what_works_costs_no_look() -> None:
    log = TrafficLog()
    log.succeeded("a")
    assert not log.skips("a", Traffic())
