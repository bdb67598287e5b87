"""The types of a measure and its metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.plan import Plan
from bench.targets.base import Target

Values = dict[str, float]  # metric → value, of one round


@dataclass(frozen=True, slots=True)
class Metric:
    """One number: its key in the results, what it is called, and its unit."""

    key: str
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """`run` measures a started target once."""

    name: str
    run: Callable[[Target, Plan], Values]
    metrics: tuple[Metric, ...]
    portal_only: bool = False
    cold: bool = False  # needs a process that has not served a request yet
    slow: bool = False  # a quick run does it only in its first round
