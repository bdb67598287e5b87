"""500 streams or more callers than are let in, beside someone who asks."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from faults.case import Case, Setup, promise
from faults.cases.setups import PATIENT
from faults.site import GRACE, Site
from tests.support.servers.cluster import both_workers

STREAMS, ASKED = 500, 100
ALLOWED = 250  # answers of one person, where a case has more callers than that
LIMIT = Setup(workers=2, redis=True, variables={**PATIENT, "PROVIDER_CONCURRENCY": "1000"})
LOAD = replace(LIMIT, variables={
    **LIMIT.variables, "ANSWERS_PER_PERSON": f"{STREAMS}", "PROVIDER_PLACES_PER_PERSON": f"{STREAMS}"})  # fmt: skip


def first_chunks(site: Site) -> list[float]:
    """Return the seconds until the first chunk of each of many streams, sorted."""
    times = []
    for _ in range(ASKED):
        began = time.monotonic()
        with site.portal.chat(model="paced:short", stream=True, http_stream=True) as stream:
            promise(stream.status_code == 200, f"{stream.status_code} {stream.reason}")
            next(stream.iter_content(None))
            times.append(time.monotonic() - began)
        time.sleep(0.02)
    return sorted(times)


@contextmanager
def streams(site: Site, wanted: int) -> Iterator[None]:
    """Let 500 callers of olga's ask for streams of 2 chunks a second; `wanted` are open at once."""
    words = [str(site.portal.port), site.portal.tokens["olga"], str(STREAMS), "paced:paced"]
    words.append(str(wanted))
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-m", "faults.streams", *words], **pipes)
    assert process.stdout is not None
    try:
        promise(process.stdout.readline() == "open\n", "not all streams begin")
        yield
        still = int(process.communicate(timeout=20)[0])
        promise(still > wanted * 0.9, f"{still} of {wanted} streams are open")
    finally:
        process.kill()
        process.wait()


@contextmanager
def again_and_again(*calls: Any) -> Iterator[None]:
    """Repeat each of `calls` in a thread."""
    stop = threading.Event()

    def repeat(call: Any) -> None:
        while not stop.wait(0.05):
            with suppress(OSError):
                call()

    threads = [threading.Thread(target=repeat, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def others_do_not_notice(site: Site) -> None:
    both_workers(site.portal)
    alone = first_chunks(site)
    dead = partial(site.portal.chat, model="dead:gone")
    limited = partial(site.portal.chat, who="olga", model="paced:paced")
    with streams(site, STREAMS), again_and_again(dead, limited):
        promise(limited().status_code == 429, "the person is not at the limit")
        among = first_chunks(site)
    middle = statistics.median(among) - statistics.median(alone)
    tail = among[int(0.95 * ASKED)] - alone[int(0.95 * ASKED)]
    site.figures.detected = statistics.median(among)
    site.figures.note = (
        f"first chunk {middle * 1000:+.0f} ms (median), {tail * 1000:+.0f} ms (95 %)"
    )
    promise(middle <= 0.05 and tail <= 0.25, site.figures.note)


def others_get_in(site: Site) -> None:
    both_workers(site.portal)
    with streams(site, ALLOWED):
        among = first_chunks(site)
    site.figures.detected = among[int(0.95 * ASKED)]
    promise(site.figures.detected <= 1 + GRACE, f"{site.figures.detected:.1f} s (95 %)")


CASES = [
    Case("L1", "500 streams, a person at the limit, a dead provider, two workers", "another's first chunk is at most 50 ms later (median), 250 ms (95 %)", "docs/faults.md", others_do_not_notice, LOAD),
    Case("L2", "500 callers of one person, who may have 250 answers, ask again at once when refused, two workers", "another's first chunk comes within a second (95 %)", "docs/configuration.md", others_get_in, LIMIT),
]  # fmt: skip
