"""How often and for how long things are measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` is what one load lasts, after it has ramped up."""

    rounds: int = 3
    seconds: float = 3.0
    patience: float = 20.0  # for 200 streams, of which each takes 3 s where pace is kept
    slow_rounds: int = 5  # in which the slow measures and targets take part: the first ones

    def with_(self, rounds: int | None, seconds: float | None) -> Plan:
        return Plan(rounds or self.rounds, seconds or self.seconds, self.patience, self.slow_rounds)


FULL = Plan()
QUICK = Plan(rounds=2, seconds=0.8, patience=12.0, slow_rounds=1)
