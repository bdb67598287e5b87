"""Runs cases, one after another, on a portal that is started as they need."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.errors import CannotRun
from faults.case import Broken, Case, Figures, Result
from faults.provider import Provider
from faults.repeat import repeat
from faults.site import Site, open_site
from tests.support.portal import Portal

MAX_SECONDS = 90  # of one case
REASONS = (Broken, AssertionError, OSError, KeyError, ValueError, TimeoutError)


class Runner:
    """Keeps a portal running from case to case as long as their setups are equal."""

    def __init__(self, base: Portal, fake: Provider, folder: Path) -> None:
        self.base, self.fake, self.folder = base, fake, folder
        self.stack, self.number = ExitStack(), 0
        self.site: Site | None = None

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.site = None
        self.stack.close()

    def run(self, case: Case, times: int = 1) -> Result:
        """Run `case`; if `times` is more than one, also check that nothing is left of it."""
        began, figures = time.monotonic(), Figures()
        broken = skipped = ""
        try:
            site = self._site_for(case)
            site.figures = figures
            began = time.monotonic()
            with at_most(MAX_SECONDS * (1 if times == 1 else 4)):
                self._check(case, site, times)
        except CannotRun as why:
            skipped = str(why)
        except REASONS as why:
            broken = one_line(why)
        seconds = time.monotonic() - began
        if case.last or broken or skipped:
            self.close()
        return Result(case, self.base.server, figures, seconds, broken, skipped)

    def _check(self, case: Case, site: Site, times: int) -> None:
        before, log = site.memory(), site.portal.log.stat().st_size
        if times == 1:
            case.check(site)
        else:
            repeat(case, site, times)
        if site.alive:
            site.figures.memory = site.memory() - before
        if "Traceback" in site.portal.log.read_text()[log:]:
            raise Broken(
                "the log has a traceback: " + last_error(site.portal.log.read_text()[log:])
            )

    def _site_for(self, case: Case) -> Site:
        if self.site is not None and self.site.setup == case.setup and self.site.alive:
            self.fake.reset()
            return self.site
        self.close()
        self.number += 1
        folder = self.folder / f"{self.number}"
        folder.mkdir()
        self.site = self.stack.enter_context(open_site(case.setup, self.base, self.fake, folder))
        return self.site


def one_line(why: BaseException) -> str:
    text = str(why) or type(why).__name__
    name = "" if isinstance(why, Broken | AssertionError) else f"{type(why).__name__}: "
    return " ".join(f"{name}{text}".split())[:300]


def last_error(log: str) -> str:
    """Return the last line of the first traceback in `log`."""
    lines = log.partition("Traceback")[2].splitlines()[1:]
    return next((line for line in lines if line and not line.startswith(" ")), "?")[:200]


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise Broken in the main thread after `seconds`."""

    def late(number: int, frame: Any) -> None:
        raise Broken(f"nothing came of it within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_all(
    cases: Sequence[Case], server: str, base: Portal, fake: Provider, times: int
) -> Iterator[Result]:
    """Yield the results of `cases`. Only the quick ones are repeated."""
    due = [case for case in cases if times == 1 or case.quick]
    folder = tempfile.TemporaryDirectory(prefix="faults-")
    with folder as name, Runner(replace(base, server=server), fake, Path(name)) as runner:
        for case in due:
            yield runner.run(case, times)
