"""
How often passwords may be guessed. The counts are in the database: all workers share them, and a
restart does not reset them.

Each attempt counts as a failure before the password is checked, so that attempts at once do not
pass together. Success takes back its own count, and forgets the failures of this name from this
place; it never forgets those of others.

    from a known device     the device and the name      locked after SIGN_IN_FAILURES
    from anywhere else      the name and the network     locked after SIGN_IN_FAILURES
                            the name, from everywhere    waits, which grow to a minute
                            the network, for all names   waits, which grow to a minute

The first two lock for 15 minutes. The others only slow down, or anyone could lock out a person or
an office; known devices and sign-in links are not slowed down. A device that is locked counts as
an unknown one. The scheme is OWASP's "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import FailureCount
from core.addresses import network_of, read_address

WINDOW = timedelta(minutes=15)  # in which as many failures are forgotten as a rule allows
MAX_NAME = 150  # characters, as for User.username
OFFICE = 3  # a network of many people may fail so many times as often as one person


@dataclass(frozen=True, slots=True)
class Rule:
    """After `failures`, attempts are refused for `first`, then for twice that, up to `longest`."""

    failures: int
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=1)


class Key(NamedTuple):
    """What is counted: a name, or all if it is empty, at a place, or all if it is empty."""

    name: str
    place: str


class TooManyFailuresError(Exception):
    """Attempts are refused now. `key` is the count that refuses them."""

    def __init__(self, key: Key, wait: timedelta) -> None:
        super().__init__(f"{wait.total_seconds():.0f} s")
        self.key = key
        self.seconds = max(math.ceil(wait.total_seconds()), 1)


def key_of_name(name: str) -> str:
    """Return what a name is counted by: the same for all its spellings."""
    folded = unicodedata.normalize("NFKC", name[:MAX_NAME]).casefold()
    plain = unicodedata.normalize("NFKC", folded).strip()
    return salted_hmac("accounts.sign_in.throttle", plain, algorithm="sha256").hexdigest()


def rule_of(key: Key) -> Rule:
    limit = max(settings.SIGN_IN_FAILURES, 1)
    if key.name and key.place:
        return Rule(limit, WINDOW, WINDOW)
    # One more for the name: to be locked out at one place has not slowed down the others.
    return Rule(limit + 1) if key.name else Rule(limit * OFFICE)


class Attempt:
    """One check of a password. Creating it counts a failure. Raises TooManyFailuresError."""

    def __init__(self, name: str, network: str, device: str = "") -> None:
        key = key_of_name(name)
        if device:
            try:
                self._counts = _count([Key(key, f"device {device}")])
                return
            except TooManyFailuresError:
                pass
        self._counts = _count([Key(key, network or "none"), Key(key, ""), Key("", network)])

    def succeeded(self) -> None:
        """Take the failure back, and forget those of this name at this place."""
        own = next(count for count in self._counts if count.name and count.place)
        failures = _failures(own, timezone.now())
        FailureCount.objects.filter(pk=own.pk).delete()
        for count in self._counts:
            _take_back(count, failures if count.name else 1)


@transaction.atomic
def _take_back(count: FailureCount, failures: int) -> None:
    """Forget some failures of `count`, and the wait that it began, if it began one."""
    row = FailureCount.objects.select_for_update().filter(pk=count.pk).first()
    if row is not None:
        row.due -= failures * _step(row)
        if row.until == count.until:
            row.until = timezone.now()
        row.save()


@transaction.atomic
def _count(keys: list[Key]) -> list[FailureCount]:
    now = timezone.now()
    rows = [_locked(key, now) for key in sorted(keys) if key != Key("", "")]
    last = max(rows, key=lambda row: row.until)
    if last.until > now:
        raise TooManyFailuresError(Key(last.name, last.place), last.until - now)
    for row in rows:
        _fail(row, now)
        row.save()
    return rows


def _locked(key: Key, now: datetime) -> FailureCount:
    """Return the row of `key`, which no one else changes until the transaction ends."""
    new = FailureCount(name=key.name, place=key.place, due=now, until=now)
    FailureCount.objects.bulk_create([new], ignore_conflicts=True)
    return FailureCount.objects.select_for_update().get(name=key.name, place=key.place)


def _fail(row: FailureCount, now: datetime) -> None:
    """Count a failure. The algorithm is GCRA, in which `due` is the only counter."""
    rule = rule_of(Key(row.name, row.place))
    row.due = min(max(row.due, now) + _step(row), now + 2 * WINDOW)
    over = _failures(row, now) - rule.failures
    if over >= 0:
        row.until = now + min(rule.first * 2 ** min(over, 10), rule.longest)


def _step(row: FailureCount) -> timedelta:
    """Return how long one failure of `row` counts."""
    return WINDOW / rule_of(Key(row.name, row.place)).failures


def _failures(row: FailureCount, now: datetime) -> int:
    return math.ceil((row.due - now) / _step(row))


def forget(text: str) -> int:
    """Forget the failures of a name, or from an address; return how many counts there were."""
    rows = FailureCount.objects.filter(name=key_of_name(text))
    if address := read_address(text):
        rows |= FailureCount.objects.filter(place=network_of(address))
    return rows.delete()[0]


def delete_old() -> None:
    """Delete the counts that have no effect any more."""
    now = timezone.now()
    FailureCount.objects.filter(due__lt=now, until__lt=now).delete()
