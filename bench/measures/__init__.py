"""
What is measured, in this order. Each module has MEASURES; to add one, copy one and list its module.

Streams come last: some gateways go on for a while with what nobody reads any more.
"""

from __future__ import annotations

from bench.measures import alone, requests, sockets, start, streams, workers
from bench.measures.base import Measure

MODULES = (start, requests, sockets, workers, alone, streams)
MEASURES: dict[str, Measure] = {one.name: one for module in MODULES for one in module.MEASURES}
