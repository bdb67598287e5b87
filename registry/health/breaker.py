"""
Which providers are better not asked while another can answer: rules without I/O.

Five failures, at least half of the calls within ten seconds, open a provider's breaker for five
seconds. Then one call tries it: if that fails, the breaker is open for twice as long, up to a
minute; an answer closes it. A provider that says when to come back is left alone until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SKIPPED = "skipped"  # the code of a model that was not asked
WINDOW = 10.0
MIN_FAILURES = 5
FIRST_PAUSE, MAX_PAUSE = 5.0, 60.0
TRIAL_SECONDS = 10.0  # for a trial that neither fails nor succeeds
SLACK = 1.0  # by which a pause that another worker shares must be longer to be a new one


@dataclass(slots=True)
class Breaker:
    """One provider's. All times are of this process's monotonic clock; 0 is never."""

    until: float = 0.0
    opened: float = 0.0
    pause: float = 0.0
    trial: float = 0.0

    def failed(self, now: float, calls: Iterable[tuple[float, bool]], answered: float) -> None:
        """Open if a trial failed, or if the recent `calls` (when, answered?) mostly failed."""
        if self._is_closed(answered):
            self.pause = 0.0
            recent = [fine for at, fine in calls if at > now - WINDOW]
            failures = recent.count(False)
            if failures < MIN_FAILURES or failures * 2 < len(recent):
                return
        elif now < self.until:
            return
        self.pause = min(self.pause * 2 or FIRST_PAUSE, MAX_PAUSE)
        self._open(now, now + self.pause)

    def rest(self, now: float, seconds: float) -> None:
        """Open for as long as the provider says, which is no sign of a failure."""
        self._open(now, max(self.until, now + min(seconds, MAX_PAUSE)))

    def adopt(self, now: float, until: float) -> None:
        """Open as another worker's is.

        `until` came through Unix time, so it is a little off. One that no pause reaches was
        written before that clock was set back: its worker soon corrects it.
        """
        if max(now, self.until + SLACK) < until < now + 2 * MAX_PAUSE:
            self._open(now, min(until, now + MAX_PAUSE))

    def ends(self, now: float, answered: float) -> float:
        """Return until when it is open, or 0. `answered` is when the provider last answered."""
        return 0.0 if self._is_closed(answered) or now >= self.until else self.until

    def skips(self, now: float, answered: float) -> bool:
        """Is the provider to be skipped? Once the time is over, one call is let through."""
        if self._is_closed(answered):
            return False
        if now < self.until:
            return True
        if self.trial > self.until and now < self.trial + TRIAL_SECONDS:
            return True
        self.trial = now
        return False

    def _is_closed(self, answered: float) -> bool:
        return not self.opened or answered > self.opened

    def _open(self, now: float, until: float) -> None:
        self.opened, self.until, self.trial = now, until, 0.0
