"""
What follows a failed attempt: the same provider again, another model, or the error. No I/O.

    it certainly did nothing, or said when to come back              its next server, at once; then
                                                                     the same one again, once
    it failed, and another model may answer                          that one
    anything else: the caller's own mistake, no one left, no time    the error

A request that a provider may have read is never sent to it again: its answer would cost twice.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.errors import PortalError

MAX_PAUSE = 5.0  # seconds before the same provider is asked again
MIN_SECONDS = 0.25  # left of the budget: less is not worth an attempt
LOADING_PAUSE = 1.0  # at most, between two looks at a model that is loading
REFUSALS = ("model_loading", "overloaded", "provider_rate_limited")
TRIGGERS = frozenset({
    "provider_unreachable", "provider_timeout", "provider_error", "provider_bad_response",
    "provider_rate_limited", "provider_quota_exhausted", "provider_auth_failed",
    "provider_unconfigured", "provider_model_missing", "model_loading",
})  # fmt: skip


class Repeat(NamedTuple):
    """Ask the same provider again after a pause."""

    seconds: float


class Step(Enum):
    ELSEWHERE = "ask another server of the same model"
    NEXT = "ask the next model"
    FAIL = "return the error"


class Moment(NamedTuple):
    """Where the attempts are: `left` is what remains of their time, `jitter` is from 0 to 1."""

    others: bool  # is there another model?
    repeated: bool  # was this one asked again already?
    left: float
    jitter: float
    patient: bool = False  # does the caller see that a model is loading?
    elsewhere: bool = False  # has the provider another server?


def following(error: PortalError, at: Moment) -> Repeat | Step:
    """Return what to do after `error`."""
    if at.left < MIN_SECONDS:
        return Step.FAIL
    if at.elsewhere and (error.repeat_after is not None or _refused(error)):
        return Step.ELSEWHERE
    if error.code == "model_loading" and at.patient and not at.others:
        return Repeat(_jittered(min(error.retry_after or LOADING_PAUSE, LOADING_PAUSE), at))
    if (pause := error.repeat_after) is not None and not at.repeated and pause <= MAX_PAUSE:
        pause = _jittered(pause, at)
        if pause + MIN_SECONDS <= at.left:
            return Repeat(pause)
    return Step.NEXT if at.others and falls_back(error) else Step.FAIL


def _refused(error: PortalError) -> bool:
    """Did a server say that it does nothing for now?"""
    return error.code in REFUSALS and error.provider is not None


def falls_back(error: PortalError) -> bool:
    """May another model answer? The portal's own `overloaded` is no provider's."""
    return error.code in TRIGGERS or (error.code == "overloaded" and error.provider is not None)


def _jittered(pause: float, at: Moment) -> float:
    """Return a pause of at least `pause`, so that not all come back at once."""
    return pause + at.jitter * min(pause, 1.0)
