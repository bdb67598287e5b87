"""What follows a failed attempt, as a table."""

from __future__ import annotations

import pytest

from core.errors import CODES, PortalError
from registry.gateway.policy import MAX_PAUSE, Moment, Repeat, Step, following

ALONE = Moment(others=False, repeated=False, left=60, jitter=0)
OTHERS = ALONE._replace(others=True)
AGAIN = ALONE._replace(repeated=True)
LATE = OTHERS._replace(left=0.1)
ELSEWHERE = OTHERS._replace(elsewhere=True)
PATIENT = ALONE._replace(patient=True)
CALLERS = [
    code
    for code, kind in CODES.items()
    if kind.status < 500 and not code.startswith("provider_rate")
]  # fmt: skip


def error(code: str, pause: float | None = None, *, ours: bool = False) -> PortalError:
    made = PortalError(code, "No.", provider=None if ours else {"status": 500})
    made.repeat_after = pause
    return made


CASES = {
    "refused: again": (error("provider_unreachable", 0.1), ALONE, Repeat(0.1)),
    "refused: again before another": (error("provider_unreachable", 0.1), OTHERS, Repeat(0.1)),
    "refused again": (error("provider_unreachable", 0.1), AGAIN, Step.FAIL),
    "refused again, another": (error("provider_unreachable", 0.1), AGAIN._replace(others=True), Step.NEXT),
    "refused, another server": (error("provider_unreachable", 0.1), ELSEWHERE, Step.ELSEWHERE),
    "a long pause, another server": (error("provider_rate_limited", 30), ELSEWHERE, Step.ELSEWHERE),
    "busy, another server": (error("overloaded"), ELSEWHERE, Step.ELSEWHERE),
    "no place here, another server": (error("overloaded", ours=True), ELSEWHERE, Step.FAIL),
    "closed, another server": (error("provider_unreachable"), ELSEWHERE, Step.NEXT),
    "refused too late for another server": (error("provider_unreachable", 0.1), LATE._replace(elsewhere=True), Step.FAIL),
    "closed without a word: it may have been read": (error("provider_unreachable"), ALONE, Step.FAIL),
    "closed, another": (error("provider_unreachable"), OTHERS, Step.NEXT),
    "a short pause": (error("provider_rate_limited", 2), ALONE, Repeat(2)),
    "a long pause": (error("provider_rate_limited", 30), ALONE, Step.FAIL),
    "a long pause, another": (error("provider_rate_limited", 30), OTHERS, Step.NEXT),
    "a pause that the time does not allow": (error("overloaded", 3), ALONE._replace(left=2), Step.FAIL),
    "no pause was said": (error("overloaded"), ALONE, Step.FAIL),
    "no pause was said, another": (error("overloaded"), OTHERS, Step.NEXT),
    "no place here is not the provider's": (error("overloaded", ours=True), OTHERS, Step.FAIL),
    "a hang": (error("provider_timeout"), OTHERS, Step.NEXT),
    "a hang until the end": (error("provider_timeout"), LATE, Step.FAIL),
    "a quota": (error("provider_quota_exhausted"), OTHERS, Step.NEXT),
    "a wrong key": (error("provider_auth_failed"), OTHERS, Step.NEXT),
    "a model that is missing": (error("provider_model_missing"), OTHERS, Step.NEXT),
    "a failure": (error("provider_error"), OTHERS, Step.NEXT),
    "an answer that cannot be read": (error("provider_bad_response"), OTHERS, Step.NEXT),
    "a loop of portals": (error("loop_detected"), OTHERS, Step.FAIL),
    "loading, and the caller sees it": (error("model_loading", 2), PATIENT, Repeat(1)),
    "loading, again and again": (error("model_loading"), PATIENT._replace(repeated=True), Repeat(1)),
    "loading, another": (error("model_loading"), PATIENT._replace(others=True), Step.NEXT),
    "loading, for a program": (error("model_loading"), ALONE, Step.FAIL),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_attempt_is_followed_by(name: str) -> None:
    failure, moment, expected = CASES[name]
    assert following(failure, moment) == expected


@pytest.mark.parametrize("code", CALLERS)
def test_no_other_model_is_asked_for_a_mistake_of_the_caller(code: str) -> None:
    assert following(error(code), OTHERS) is Step.FAIL


def test_a_pause_is_never_shorter_than_the_provider_said() -> None:
    for jitter in (0, 0.3, 0.999):
        step = following(error("overloaded", MAX_PAUSE), ALONE._replace(jitter=jitter))
        assert isinstance(step, Repeat)
        assert MAX_PAUSE <= step.seconds <= MAX_PAUSE + 1


def test_callers_that_failed_together_come_back_apart() -> None:
    steps = {following(error("overloaded", 1), ALONE._replace(jitter=n / 40)) for n in range(40)}
    assert len(steps) == 40
