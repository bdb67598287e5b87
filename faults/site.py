"""The portal under test with its provider and stores, and what is measured of it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psutil

from bench.errors import CannotRun
from bench.machine import rss_megabytes
from faults import clock
from faults.case import Broken, Figures, Setup, promise
from faults.provider import Provider
from tests.conftest import copy_of
from tests.support.portal import Portal
from tests.support.servers.postgres import Postgres, own_postgres
from tests.support.servers.redis_server import RedisServer

T = TypeVar("T")
GRACE = 3.0  # seconds beyond a promised time, for a busy machine
DISK_BYTES = 48 * 1024 * 1024


@dataclass
class Site:
    """Everything that a case touches."""

    portal: Portal
    fake: Provider
    setup: Setup
    redis: RedisServer | None = None
    postgres: Postgres | None = None
    figures: Figures = field(default_factory=Figures)

    @property
    def pid(self) -> int:
        assert self.portal.process is not None
        return self.portal.process.pid

    @property
    def alive(self) -> bool:
        return self.portal.process is not None and self.portal.process.poll() is None

    def memory(self) -> float:
        return rss_megabytes(self.pid)

    def family(self) -> list[psutil.Process]:
        first = psutil.Process(self.pid)
        return [first, *first.children(recursive=True)]

    @contextmanager
    def detects(self, limit: float) -> Iterator[None]:
        """Check that what happens inside takes at most `limit` seconds, and note its time."""
        began = time.monotonic()
        yield
        self.figures.detected = max(self.figures.detected or 0, time.monotonic() - began)
        promise(
            self.figures.detected <= limit + GRACE,
            f"it took {self.figures.detected:.1f} s, promised were {limit:g}",
        )

    def aborts(self, request: Any, began: float, limit: float = 1.0) -> None:
        """Check that the provider saw its connection close soon after `began`, and note when."""
        promise(request.peer_closed.wait(limit + GRACE), "the provider's connection stays open")
        self.figures.abort = max(self.figures.abort or 0, time.monotonic() - began)


def until(get: Callable[[], T], seconds: float, what: str) -> T:
    """Call `get` until it returns a true value, and return that. Raises Broken after `seconds`."""
    end = time.monotonic() + seconds + GRACE
    while not (value := get()):
        if time.monotonic() > end:
            raise Broken(f"{what} not within {seconds:g} s")
        time.sleep(0.03)
    return value


@contextmanager
def open_site(setup: Setup, base: Portal, fake: Provider, folder: Path) -> Iterator[Site]:
    """Start a portal as `setup` says; stop everything afterwards. Raises CannotRun."""
    fake.reset()
    with ExitStack() as stack:
        variables, redis, postgres = dict(setup.variables), None, None
        if setup.disk:
            stack.enter_context(small_disk(folder))
        if setup.redis:
            (folder / "redis").mkdir(parents=True)
            redis = RedisServer(folder / "redis")
            redis.start()
            stack.callback(redis.kill)
            variables["REDIS_URL"] = redis.url
        if setup.postgres:
            postgres = stack.enter_context(own_postgres())
            variables["DATABASE_URL"] = postgres.url
        if setup.clock:
            variables |= clock.variables(folder)
        portal = copy_of(base, folder / "portal", base.server, **variables)
        portal.workers = setup.workers
        if postgres:
            portal.tokens, portal.sessions = {}, {}
            portal.prepare()
        start(portal)
        stack.callback(end, portal)
        yield Site(portal, fake, setup, redis, postgres)


def start(portal: Portal) -> None:
    try:
        with suppress(AssertionError):  # a busy machine needs longer
            portal.start()
        portal.wait(40)
        for name in portal.tokens:  # its token is known from now on
            portal.chat(who=name)
    except AssertionError:
        raise CannotRun(f"the portal does not start: {portal.log.read_text()[-300:]}") from None


def end(portal: Portal) -> None:
    """Stop the portal, also one that no longer listens to signals."""
    assert portal.process is not None
    try:
        portal.stop()
    except subprocess.TimeoutExpired:
        for process in psutil.Process(portal.process.pid).children(recursive=True):
            process.kill()
        portal.process.kill()
        portal.process.wait(10)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        raise CannotRun("no file system may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
