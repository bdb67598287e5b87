"""A Postgres of a test alone, which it stops, pauses and starts again."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from scripts.with_postgres import as_owner, find_programs, postgres


class Postgres:
    """A server that runs in `folder`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self._control("-m", "fast", "stop")
        try:
            yield
        finally:
            port = self.url.rpartition(":")[2].partition("/")[0]
            options = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -k {self.folder}"
            self._control("-l", str(self.folder / "again"), "-o", options, "start")

    def restart(self) -> None:
        self._control("-m", "fast", "-l", str(self.folder / "again"), "restart")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop all of its processes, as a host that swaps or a frozen disk would."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        processes = [psutil.Process(first), *psutil.Process(first).children(recursive=True)]
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                process.send_signal(signal.SIGCONT)

    def _control(self, *words: str) -> None:
        program, data = find_programs() / "pg_ctl", self.folder / "data"
        command = [*as_owner(self.folder), str(program), "-D", str(data), "-w", *words]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    with (
        tempfile.TemporaryDirectory(prefix="postgres-") as name,  # its owner will not be us
        postgres(Path(name)) as url,
    ):
        yield Postgres(Path(name), url)
