"""
What is measured, in this order. Each module has MEASURES; to add one, copy one and list its module.

Streams come last: some gateways keep working for a while after their callers have disconnected.
"""

from __future__ import annotations

from bench.measures import alone, doors, requests, sockets, start, streams, workers
from bench.measures.base import Measure

MODULES = (start, requests, sockets, workers, alone, doors, streams)
MEASURES: dict[str, Measure] = {
    measure.name: measure for module in MODULES for measure in module.MEASURES
}
