"""The results as text for a terminal."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from bench import machine
from bench.figures import known, number
from bench.goals import GOALS
from bench.measures import MEASURES
from bench.measures.base import Metric
from bench.run import Results
from bench.targets import TARGETS

TITLE, CELL, ALONE = 52, 22, 24
BUSY = 0.7  # processes that want a core


def text(results: Results) -> str:
    parts = [*tables(results), *goals(results), *could_not_run(results), *notes(results)]
    return "\n".join(parts)


def tables(results: Results) -> Iterator[str]:
    """Yield medians with their spread: beside each other, then what the portal alone has."""
    shared = [
        m for measure in MEASURES.values() if not measure.portal_only for m in measure.metrics
    ]
    alone = [m for measure in MEASURES.values() if measure.portal_only for m in measure.metrics]
    columns = [name for name in TARGETS if name in results.values]
    yield from table("Side by side", shared, columns, results, CELL)
    yield from table("The portal alone", alone, ["portal"], results, ALONE)


def table(
    heading: str, metrics: Sequence[Metric], columns: Sequence[str], results: Results, width: int
) -> Iterator[str]:
    rows = [(m, [results.values.get(name, {}).get(m.key, []) for name in columns]) for m in metrics]
    rows = [(metric, cells) for metric, cells in rows if worth_a_row(metric, cells)]
    if rows:
        yield f"\n{heading}: median (lowest–highest round)"
        yield " " * TITLE + "".join(name.rjust(width) for name in columns)
    for metric, cells in rows:
        title = f"{metric.title}, {metric.unit}" if metric.unit else metric.title
        yield title.ljust(TITLE) + "".join(cell(values).rjust(width) for values in cells)


def worth_a_row(metric: Metric, cells: Sequence[Sequence[float]]) -> bool:
    """Does the row have values? Failures are reported only if there were some."""
    failures = metric.key.endswith("_failures")
    return any(any(values) if failures else values for values in cells)


def goals(results: Results) -> Iterator[str]:
    yield "\nGoals"
    for goal in GOALS:
        value = goal.value(results)
        if not math.isnan(value):
            sense = f"at {'least' if goal.least else 'most'} {number(goal.limit)} {goal.unit}"
            measured = f"{number(value)} {goal.unit}".strip()
            yield f"{goal.title.ljust(78)}{sense.strip():<18}{measured:>12}   {goal.verdict(value)}"
    if missing := [goal for goal in GOALS if math.isnan(goal.value(results))]:
        yield f"not measured: {len(missing)} of {len(GOALS)} goals"


def could_not_run(results: Results) -> Iterator[str]:
    if results.skipped:
        yield ""
    for what, why in results.skipped.items():
        yield f"could not run: {what}, because {why}"


def notes(results: Results) -> Iterator[str]:
    yield ""
    for name in results.values:
        yield from TARGETS[name].notes
    if results.load_before > BUSY:
        load = f"{results.load_before:.1f} processes"
        yield f"the machine was busy before this run began ({load}): do not trust these numbers"
    if len(machine.CORES) == 1:
        yield "there was only one core: upstream and callers used it as well"
    yield "Gateways that were not run (Bifrost, Helicone, Envoy …): nothing is claimed of them"


def cell(values: Sequence[float]) -> str:
    numbers = known(values)
    if not numbers:
        return "–"
    middle, low, high = (
        number(v) for v in (statistics.median(numbers), min(numbers), max(numbers))
    )
    return middle if low == high else f"{middle} ({low}–{high})"
