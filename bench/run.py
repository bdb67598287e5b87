"""
The rounds: in each, target after target is started, measured and stopped.

So a disturbance of the machine affects all targets, and only one target runs at a time.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import filterfalse
from operator import attrgetter

from bench.errors import CannotRun
from bench.load import streams
from bench.load.reading import full_speed
from bench.load.requests import closed_loop
from bench.load.tally import run as run_load
from bench.measures.base import Measure, Values
from bench.plan import Plan
from bench.targets.base import Target

WARM_SECONDS = 0.5
AllValues = dict[str, dict[str, list[float]]]  # target → metric → one value a round


@dataclass
class Results:
    """The measured values, and what could not run."""

    values: AllValues = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    skipped: dict[str, str] = field(default_factory=dict)  # what → why
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])

    def add(self, target: str, values: Values) -> None:
        for metric, value in values.items():
            self.values[target][metric].append(value)


def run(targets: Sequence[Target], measures: Sequence[Measure], plan: Plan) -> Results:
    results = Results()
    usable = [target for target in targets if _prepared(target, results)]
    for number in range(plan.rounds):
        due = [m for m in measures if not m.slow or number < plan.slow_rounds]
        for target in usable:
            slow = target.slow and number >= plan.slow_rounds
            if not slow and target.name not in results.skipped:
                print(f"· round {number + 1} of {plan.rounds}: {target.name}", flush=True)
                _measure(target, due, plan, results)
    return results


def _prepared(target: Target, results: Results) -> bool:
    target.folder.mkdir(parents=True, exist_ok=True)
    try:
        target.install()
        target.prepare()
    except CannotRun as why:
        results.skipped[target.name] = str(why)
    return target.name not in results.skipped


def _measure(target: Target, measures: Iterable[Measure], plan: Plan, results: Results) -> None:
    try:
        target.start()
    except CannotRun as why:
        results.skipped[target.name] = str(why)
        return
    try:
        mine = [m for m in measures if target.sockets or not m.portal_only]
        for measure in filter(attrgetter("cold"), mine):
            _attempt(target, measure, plan, results)
        warm_up(target)
        for measure in filterfalse(attrgetter("cold"), mine):
            _attempt(target, measure, plan, results)
    finally:
        target.stop()


def warm_up(target: Target) -> None:
    """Send requests first: some targets import and compile at their first requests."""
    run_load(closed_loop(target, "fast", 8, WARM_SECONDS))
    run_load(full_speed(target, streams.connect, 8, WARM_SECONDS, "short"))


def _attempt(target: Target, measure: Measure, plan: Plan, results: Results) -> None:
    target.settle()
    try:
        results.add(target.name, measure.run(target, plan))
    except CannotRun as why:
        results.skipped[f"{measure.name} of {target.name}"] = str(why)
