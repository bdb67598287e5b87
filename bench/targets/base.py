"""The base of all targets: a process on its own core, which serves OpenAI's API."""

from __future__ import annotations

import http.client
import json
import math
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bench import machine
from bench.errors import CannotRun
from bench.upstream import Upstream

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")  # nothing else of the developer's environment
START_SECONDS = 90.0
STOP_SECONDS = 2.0  # some targets finish streams without readers first
QUIET_SECONDS = 0.1


@dataclass
class Started:
    """What it took until the first answer, and what it then held."""

    wall: float = 0.0
    cpu: float = 0.0
    rss: float = 0.0


class Target:
    """Subclasses define how a target is installed, started and called."""

    name: ClassVar[str]
    path = "/v1/chat/completions"
    sockets: ClassVar[bool] = False
    slow: ClassVar[bool] = False  # a quick run measures it in its first round only
    extra: ClassVar[bool] = False  # a quick run leaves it out
    notes: ClassVar[tuple[str, ...]] = ()  # what readers of the numbers should know

    def __init__(self, upstream: Upstream, folder: Path, installed: Path) -> None:
        self.upstream = upstream
        self.folder = folder / self.name
        self.installed = installed / self.name
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.started = Started()

    # ── What differs ────────────────────────────────────────────────────────────────────────
    def install(self) -> None:
        """Install it, unless that was done. Raises CannotRun."""

    def prepare(self) -> None:
        """Write what it needs into `self.folder`, once a run."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def headers(self) -> dict[str, str]:
        return {}

    def model(self, name: str) -> str:
        """Return what the upstream's model is called here."""
        return name

    # ── What does not ───────────────────────────────────────────────────────────────────────
    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start it on the targets' core and wait for its first answer. Raises CannotRun."""
        self.port = machine.free_port()
        began = time.perf_counter()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self._environment(), cwd=self.folder, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=machine.on_targets_core,
            )  # fmt: skip
        self._wait(began + START_SECONDS)
        self.started = Started(time.perf_counter() - began, self.cpu(), self.rss())

    def _environment(self) -> dict[str, str]:
        # PYTHONDONTWRITEBYTECODE is not passed on: each start would compile all modules again.
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {**kept, "HOME": str(self.folder), **self.environment()}

    def _wait(self, until: float) -> None:
        while not self._answers():
            assert self.process is not None
            if self.process.poll() is not None:
                raise CannotRun(f"it ended at its start: {self.last_words()}")
            if time.perf_counter() > until:
                self.stop()
                raise CannotRun(f"it did not answer in {START_SECONDS:.0f} s: {self.last_words()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return self.ask("fast")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def last_words(self) -> str:
        lines = (self.folder / "log").read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it printed nothing"

    def ask(self, model: str) -> tuple[int, bytes]:
        """Return status and body of one answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("POST", self.path, self.body(model), self._all_headers())
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def stop(self) -> None:
        """Stop the process and its children."""
        if self.process is None:
            return
        try:
            self._signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self._signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _signal(self, number: int) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def settle(self, seconds: float = 3.0) -> None:
        """Wait until the process is idle after a load."""
        until, last = time.monotonic() + seconds, -1.0
        while time.monotonic() < until and (used := self.cpu()) - last > QUIET_SECONDS / 5:
            last = used
            time.sleep(QUIET_SECONDS)

    def cpu(self) -> float:
        return machine.cpu_seconds(self.pid) if self.pid else math.nan

    def rss(self) -> float:
        return machine.rss_megabytes(self.pid) if self.pid else math.nan

    def body(self, model: str, *, stream: bool = False) -> bytes:
        message = {"role": "user", "content": "What is the capital of the country next to ours?"}
        body = {"model": self.model(model), "messages": [message], "stream": stream}
        return json.dumps(body, separators=(",", ":")).encode()

    def _all_headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json", **self.headers()}

    def request(self, model: str, *, stream: bool = False) -> bytes:
        """Return the bytes of a request to keep-alive connections."""
        body = self.body(model, stream=stream)
        headers = {"Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(body)),
                   **self._all_headers()}  # fmt: skip
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body
