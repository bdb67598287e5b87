"""Repeats a case, and checks that nothing is left of it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

import psutil

from faults.case import Broken, Case
from faults.site import Site

WARM_UP = 20  # rounds until caches and pools are as large as they become
SETTLE_SECONDS = 20
MAX_GROWTH = 0.10  # of memory
ROOM = 2  # of threads, descriptors and connections: housekeeping comes and goes


@dataclass(frozen=True, slots=True)
class Held:
    """What a portal's processes hold."""

    threads: int
    descriptors: int
    connections: int
    answers: int
    megabytes: float


def held(site: Site) -> Held:
    threads = descriptors = connections = 0
    for process in site.family():
        with suppress(psutil.NoSuchProcess):
            threads += process.num_threads()
            descriptors += process.num_fds()
            connections += len(process.net_connections())
    return Held(threads, descriptors, connections, under_way(site), site.memory())


def under_way(site: Site) -> int:
    """Return how many answers the portal has in progress: each is a task."""
    metrics = site.portal.get("/metrics", who="olga").text
    lines = [line for line in metrics.splitlines() if line.startswith("portal_calls_under_way")]
    return sum(int(float(line.split()[-1])) for line in lines)


def leaks(before: Held, now: Held) -> list[str]:
    """Return what there is more of than before."""
    counts = ("threads", "descriptors", "connections", "answers")
    found = [
        f"{name}: {getattr(before, name)} → {getattr(now, name)}"
        for name in counts
        if getattr(now, name) > getattr(before, name) + (ROOM if name != "answers" else 0)
    ]
    if now.megabytes > before.megabytes * (1 + MAX_GROWTH):
        found.append(f"memory: {before.megabytes:.0f} → {now.megabytes:.0f} MB")
    return found


def repeat(case: Case, site: Site, times: int) -> None:
    """Raise Broken if the portal holds more after `times` rounds than after the first ones."""
    for _ in range(WARM_UP):
        one(case, site)
    time.sleep(1)
    before = held(site)
    for _ in range(times):
        one(case, site)
    end = time.monotonic() + SETTLE_SECONDS
    while found := leaks(before, held(site)):
        if time.monotonic() > end:
            raise Broken(f"after {times} rounds there are more of " + ", ".join(found))
        time.sleep(0.5)


def one(case: Case, site: Site) -> None:
    site.fake.reset()
    case.check(site)
