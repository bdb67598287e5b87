"""
What is measured. Each module has MEASURES; to add one, copy one and list its module here.
"""

from __future__ import annotations

from bench.measures import alone, requests, sockets, start, streams, workers
from bench.measures.base import Measure

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for module in (
        start,
        sockets,
        requests,
        streams,
        workers,
        alone,
    )
    for measure in module.MEASURES
}
