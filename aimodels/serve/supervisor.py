"""
Several workers that serve on one port: started together, replaced when one dies or hangs, and
stopped together.

The supervisor itself serves nothing. Each worker has its own socket on the shared port, so that the
kernel distributes connections evenly: if workers shared one socket, the first to wake would accept
most connections, and keep their WebSockets. Workers stop when the supervisor is gone.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import CommandError
from prometheus_client.multiprocess import mark_process_dead

from aimodels.serve import counters
from aimodels.serve.heartbeat import Silence
from aimodels.serve.last_good import LastGood
from core.process_id import process_exists
from registry.config.load import load_config
from workflow.sources.config.load import read as read_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)
CHECK_SECONDS = 0.1
SETTLED_SECONDS = 10.0  # a worker that ran that long did not fail at its start
MAX_PAUSE_SECONDS = 10.0
MARGIN_SECONDS = 10.0  # after DRAIN_SECONDS, before a worker that has not stopped is killed
START_SECONDS = 60.0
FILES_SECONDS = 1.0  # between two checks of models.yaml, and of the data sources


@dataclass
class Slot:
    """A place for one worker."""

    process: subprocess.Popen[str]
    started: float = field(default_factory=time.monotonic)
    ready: threading.Event = field(default_factory=threading.Event)
    beats: int = 0  # lines on its standard output
    silence: Silence = field(default_factory=Silence)
    pause: float = 0.5  # seconds before the next start, if this worker fails soon
    again_at: float = 0.0


def _kept(folder: Path) -> Iterator[LastGood]:
    models = LastGood(
        Path(settings.MODELS_FILE), folder / "models.yaml", lambda b: load_config(b, os.environ)
    )
    yield models
    if settings.SOURCES_FILE:
        copy = folder / "sources.yaml"
        yield LastGood(Path(settings.SOURCES_FILE), copy, lambda b: read_sources(b, os.environ))


class Supervisor:
    """Runs `count` workers until a signal stops it."""

    def __init__(
        self, server: str, host: str, port: int, count: int, on_ready: Callable[[], None]
    ) -> None:
        self.server = server
        self.address = ["--host", host, "--port", str(port)]
        self.count = count
        self.on_ready = on_ready
        self.signals = 0
        self._check_at = 0.0
        self.folder: Path = settings.VAR_DIR / f"workers-{os.getpid()}"
        self._kept = [*_kept(self.folder)]
        self.counters: Path | None = None

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C. Raises CommandError if the workers cannot start."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._handle)
        self._make_folders()
        self._keep_valid_files()
        slots: list[Slot] = []
        try:
            slots += [self._start() for _ in range(self.count)]
            self._wait_until_ready(slots)
            looked = time.monotonic()
            while not self.signals:
                time.sleep(CHECK_SECONDS)
                self._keep_valid_files()
                elapsed, looked = time.monotonic() - looked, time.monotonic()
                for place, slot in enumerate(slots):
                    _kill_hung(slot, elapsed)
                    slots[place] = self._replace_ended(slot)
        finally:
            self._stop(slots)
            for folder in filter(None, (self.folder, self.counters)):
                shutil.rmtree(folder, ignore_errors=True)

    def _make_folders(self) -> None:
        """Make folders for the last valid file and for the workers' counters, if there is room.

        Deletes those of supervisors that were killed.
        """
        for old in settings.VAR_DIR.glob("workers-*"):
            process = old.name.partition("-")[2]
            if not process.isdigit() or not process_exists(int(process)):
                shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.folder.mkdir(parents=True)
        except OSError as error:
            logger.error("The last valid models.yaml cannot be kept: %s", error)
        self.counters = counters.make_folder()

    def _keep_valid_files(self) -> None:
        """Keep the last valid content of the files that are followed."""
        if time.monotonic() < self._check_at:
            return
        self._check_at = time.monotonic() + FILES_SECONDS
        for one in self._kept:
            one.keep()

    def _handle(self, number: int, frame: Any) -> None:
        self.signals += 1

    def _start(self) -> Slot:
        command = [sys.executable, sys.argv[0], "serve", "--server", self.server,
                   *self.address, "--share-port", "--stop-with-parent", "--beat",
                   "--last-good", str(self.folder / "models.yaml")]  # fmt: skip
        process = subprocess.Popen(  # noqa: S603 — our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                **({counters.VARIABLE: str(self.counters)} if self.counters else {}),
            },
            start_new_session=True,  # Ctrl-C signals the supervisor only, which stops them once
        )
        slot = Slot(process)
        threading.Thread(target=_listen, args=[slot], daemon=True).start()
        return slot

    def _wait_until_ready(self, slots: list[Slot]) -> None:
        until = time.monotonic() + START_SECONDS
        while not all(slot.ready.is_set() for slot in slots) and not self.signals:
            if time.monotonic() > until or any(slot.process.poll() for slot in slots):
                raise CommandError("A worker could not start; its messages are above.")
            time.sleep(CHECK_SECONDS)
        if not self.signals:
            self.on_ready()

    def _replace_ended(self, slot: Slot) -> Slot:
        """Start another worker in the place of one that has ended. Return the slot."""
        code = slot.process.poll()
        if code is None:
            return slot
        now = time.monotonic()
        if not slot.again_at:
            if self.counters:
                mark_process_dead(slot.process.pid, str(self.counters))  # type: ignore[no-untyped-call]
            soon = now - slot.started < SETTLED_SECONDS
            slot.pause = min(slot.pause * 2, MAX_PAUSE_SECONDS) if soon else 0.5
            slot.again_at = now + (slot.pause if soon else 0)
            logger.error("Worker %s has ended (exit %s); another starts", slot.process.pid, code)
        if now < slot.again_at:
            return slot
        new = self._start()
        new.pause = slot.pause
        return new

    def _stop(self, slots: list[Slot]) -> None:
        """Let all workers drain; a second signal stops them at once."""
        for slot in slots:
            slot.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + settings.DRAIN_SECONDS + MARGIN_SECONDS
        while any(slot.process.poll() is None for slot in slots):
            if self.signals > 1 or time.monotonic() > until:
                for slot in slots:
                    slot.process.kill()
                if self.signals > 1:
                    os._exit(130)
            time.sleep(CHECK_SECONDS)


def _kill_hung(slot: Slot, elapsed: float) -> None:
    """Kill a worker whose event loop has not run for HUNG_SECONDS. It is replaced as ended."""
    limit = settings.HUNG_SECONDS
    silent = slot.silence.look(slot.beats, elapsed)
    if limit and silent >= limit and slot.ready.is_set() and slot.process.poll() is None:
        logger.error("Worker %s has hung for %.0f s; it is killed", slot.process.pid, silent)
        slot.process.kill()


def _listen(slot: Slot) -> None:
    """Count the lines of a worker: it prints that it serves, then one each second."""
    assert slot.process.stdout is not None
    for _ in slot.process.stdout:
        slot.beats += 1
        slot.ready.set()
