"""What a measure is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.plan import Plan
from bench.targets.base import Target

Found = dict[str, float]  # metric → value, of one round


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
    run: Callable[[Target, Plan], Found]
    metrics: tuple[Metric, ...]
    portal_only: bool = False
    cold: bool = False  # wants a process that has done nothing yet
    slow: bool = False  # a quick run does it in its first round only
