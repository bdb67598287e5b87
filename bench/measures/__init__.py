"""
What is measured. Each module has MEASURES; to add one, copy one and list its module here.
"""

from __future__ import annotations

from bench.measures import requests, sockets, streams
from bench.measures.base import Measure

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for module in (sockets, requests, streams)  # idle sockets first: see there
    for measure in module.MEASURES
}
