"""
The server of an embedded model, in a process of its own: replaced when it ends or hangs.

It hangs if it answers no probe and computes nothing for HUNG_SECONDS. One that computes may be too
busy to answer; it hangs after TOTAL_TIMEOUT, when no answer is worth waiting for.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
PROBE_SECONDS = 2.0  # for the answer to one probe
MAX_ELAPSED = 2 * (LOOK_SECONDS + PROBE_SECONDS)  # between two looks; the machine slept if longer
IDLE = 0.1  # processors: who uses fewer computes nothing
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0  # seconds before a new start
SETTLED_SECONDS = 60.0  # a server that ran that long did not fail at its start
MAX_FAILURES = 10  # in a row, before the portal gives up
START_SECONDS = 120.0  # to verify and load the model
FETCH_SECONDS = 5.0  # between two looks for a file that was not fetched yet
NO_FILE = 3  # exit code of `manage.py serve_model`: the model's file is not there, or a wrong one


@contextmanager
def model_server(name: str, url: str) -> Iterator[None]:
    """Run `manage.py serve_model`, which listens at `url`. It stops when this process ends.

    Raises CommandError, with its exit code, if it cannot start. One that ends or hangs later is
    replaced.
    """
    server = ModelServer(name, url)
    server.start()
    threading.Thread(target=server.watch, daemon=True).start()
    try:
        yield
    finally:
        server.stop()


@contextmanager
def model_server_later(name: str, url: str, is_fetched: Callable[[], bool]) -> Iterator[None]:
    """Run `model_server` as soon as `is_fetched`, which is asked every FETCH_SECONDS."""
    server = ModelServer(name, url)
    threading.Thread(target=server.start_later, args=[is_fetched], daemon=True).start()
    try:
        yield
    finally:
        server.stop()


class ModelServer:
    """One process, and the next one in its place."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, urlsplit(url)
        self._stopped = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._failures = 0

    def start(self) -> None:
        """Start the process, and wait until it listens. Raises CommandError."""
        arguments = [sys.executable, sys.argv[0], "serve_model", self.name, "--stop-with-parent"]
        self._process = process = subprocess.Popen(  # noqa: S603 — our own command
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the portal, which drains first
        )
        late = threading.Timer(START_SECONDS, process.kill)
        late.start()
        ready = process.stdout and process.stdout.readline()  # it prints a line once it listens
        late.cancel()
        if not ready:
            message = process.communicate()[1].strip()
            raise CommandError(
                message.removeprefix("CommandError: ") or f"{self.name} ended at once.",
                returncode=process.returncode,
            )
        threading.Thread(target=_relay, args=[process], daemon=True).start()

    def start_later(self, is_fetched: Callable[[], bool]) -> None:
        """Start the process once its file is there, and watch it. For a thread."""
        while not self._stopped.wait(FETCH_SECONDS):
            if not is_fetched():
                continue
            try:
                self.start()
            except CommandError as error:
                logger.error("The model server of %s cannot start: %s", self.name, error)
                continue
            if self._stopped.is_set():
                return self.stop()
            logger.warning("The model of %s was fetched, and its server runs", self.name)
            return self.watch()

    def stop(self) -> None:
        self._stopped.set()
        if self._process is not None:
            self._process.kill()  # it has nothing to store, and may hang
            self._process.wait()

    def watch(self) -> None:
        """Replace the process whenever it ends or hangs, until `stop`. For a thread."""
        while not self._stopped.is_set():
            began = time.monotonic()
            why = self._wait_for_end()
            if self._stopped.is_set():
                return
            settled = time.monotonic() - began > SETTLED_SECONDS
            self._failures = 1 if settled else self._failures + 1
            if not self._replace(why):
                return

    def _replace(self, why: str) -> bool:
        """Start another process; False if it is not worth a try any more, or at `stop`."""
        while self._failures <= MAX_FAILURES:
            pause = min(FIRST_PAUSE * 2 ** (self._failures - 1), LAST_PAUSE)
            logger.error(
                "The model server of %s %s; another starts in %.0f s", self.name, why, pause
            )
            if self._stopped.wait(pause):
                return False
            try:
                self.start()
            except CommandError as error:
                why, self._failures = f"cannot start: {error}", self._failures + 1
                continue
            if self._stopped.is_set():
                self.stop()
            logger.warning("The model server of %s runs again", self.name)
            return True
        logger.error("The model server of %s %s, again. Restart the portal.", self.name, why)
        return False

    def _wait_for_end(self) -> str:
        """Return how the process ended: by itself, or because it hung and was killed."""
        assert self._process is not None
        process, idle, mute = self._process, 0.0, 0.0
        looked, used = time.monotonic(), _used(process.pid)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return f"has ended (exit {process.wait(LOOK_SECONDS)})"
            answers = self._answers()
            elapsed, looked = min(time.monotonic() - looked, MAX_ELAPSED), time.monotonic()
            computes, used = (now := _used(process.pid)) - used > IDLE * elapsed, now
            mute = 0.0 if answers else mute + elapsed
            idle = 0.0 if answers or computes else idle + elapsed
            if settings.HUNG_SECONDS and (
                idle >= settings.HUNG_SECONDS or mute >= settings.TOTAL_TIMEOUT
            ):
                process.kill()
                process.wait()
                return f"hung for {mute:.0f} s and was killed"

    def _answers(self) -> bool:
        """Does it answer, whatever it says?"""
        connection = HTTPConnection(
            self.url.hostname or "", self.url.port or 80, timeout=PROBE_SECONDS
        )
        try:
            connection.request("GET", "/health")
            return bool(connection.getresponse().status)
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _used(process: int) -> float:
    """Return the seconds of processors that a process has used; 0 where /proc does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100  # USER_HZ
    except (OSError, LookupError, ValueError):
        return 0.0


def _relay(process: subprocess.Popen[str]) -> None:
    """Pass on what it writes to standard error: a full pipe would block it."""
    for line in process.stderr or ():
        sys.stderr.write(line)
