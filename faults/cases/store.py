"""A Redis that dies, hangs, is full, or comes back empty, and edits of models.yaml, under load."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from faults.case import Case, promise
from faults.cases.setups import PAIR
from faults.site import Site, until
from tests.registry.editing import load_on, status, two_hundred_edits
from tests.support.servers.cluster import both_workers, set_primary, workers


@contextmanager
def load(site: Site) -> Iterator[None]:
    """Ask all the time. Raises Broken if a request failed."""
    both_workers(site.portal)
    with load_on(site.portal) as failures:
        yield
        time.sleep(0.5)
    promise(not failures, f"{len(failures)} requests failed: {failures[:1]}")


def noticed(site: Site) -> None:
    until(lambda: not status(site.portal)["store"]["available"], 5, "the outage is noticed")


def back(site: Site) -> None:
    until(lambda: status(site.portal)["store"]["available"], 8, "the store is back")
    until(
        lambda: set_primary(site.portal, "fake:talker").status_code == 200, 8, "it switches again"
    )


def refuses_switch(site: Site) -> None:
    answer = set_primary(site.portal, "fake:talker")
    promise(answer.status_code == 503 and "store_unavailable" in answer.text, answer.text[:200])


def killed(site: Site) -> None:
    assert site.redis is not None
    set_primary(site.portal, "fake:talker")
    with load(site):
        with site.detects(5):
            site.redis.kill()
            noticed(site)
        refuses_switch(site)
        site.redis.start()  # empty
        back(site)


def paused(site: Site) -> None:
    assert site.redis is not None
    assert site.redis.process is not None
    with load(site):
        with site.detects(5):
            site.redis.process.send_signal(signal.SIGSTOP)
            try:
                noticed(site)
                refuses_switch(site)
            finally:
                site.redis.process.send_signal(signal.SIGCONT)
        back(site)


def full(site: Site) -> None:
    assert site.redis is not None
    with Redis.from_url(site.redis.url) as store, load(site):
        store.config_set("maxmemory", "1")
        promise(set_primary(site.portal, "fake:talker").status_code in (200, 503), "a switch")
        time.sleep(2)
        store.config_set("maxmemory", "0")
        back(site)


def odd_values(site: Site) -> None:
    assert site.redis is not None
    with Redis.from_url(site.redis.url) as store, load(site):
        for name in ("health", "workers", "primaries"):
            store.delete(f"aimodels:{name}")
            store.set(f"aimodels:{name}", "of the wrong type")
        time.sleep(1)
        store.flushall()
        back(site)


def edits(site: Site) -> None:
    text = site.portal.models.read_text()
    with load(site):
        revision = two_hundred_edits(site.portal)
        with site.detects(2):
            until(
                lambda: {w["revision"] for w in workers(site.portal)} == {revision}, 2, "all agree"
            )
    site.portal.models.write_text(text)


OPERATIONS = "docs/operations.md"
SERVED = "no request fails; a switch is 503"
CASES = [
    Case("R1", "Redis is killed under load, and comes back empty", SERVED, OPERATIONS, killed, PAIR),
    Case("R2", "Redis hangs under load", SERVED, OPERATIONS, paused, PAIR),
    Case("R3", "Redis is full", "no request fails", OPERATIONS, full, PAIR),
    Case("R4", "Redis has values of other types, then none", "no request fails", OPERATIONS, odd_values, PAIR),
    Case("E1", "200 edits of models.yaml, each third broken, two workers under load", "no request fails; all workers agree within two seconds", "docs/models-yaml.md", edits, PAIR),
]  # fmt: skip
