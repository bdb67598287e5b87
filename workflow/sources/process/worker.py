"""
The process that touches a source: `python -m workflow.sources.worker`, one task each.

The task is a line of JSON on standard input, the answer JSON on standard output. While a query
runs, the end of its input means that nobody waits any longer, or that the portal is gone: it stops
what the database does, and ends. So a place and its password are in no list of processes.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from queryexpr.dialects.sqlite import SQLITE
from workflow.sources.failures import Failed, TooSlow, Unreachable

MEMORY = 1 << 30  # bytes
DISK = 1 << 30  # bytes that sorting may put into a temporary file

Job = dict[str, Any]
Answer = dict[str, Any]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK, DISK))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = json.loads(sys.stdin.buffer.readline())
    target, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing but the answer goes there
    answer = json.dumps(answered(job), ensure_ascii=False).encode("utf-8", "replace")
    try:
        target.write(answer)
        target.flush()
    except BrokenPipeError:  # the portal is gone
        os._exit(1)


def answered(job: Job) -> Answer:
    """Return what came of a task: its answer, or one key that says why there is none."""
    try:
        return _done(job)
    except Unreachable as error:
        return {"unreachable": str(error)}
    except Failed as error:
        return {"failed": str(error)}
    except TooSlow:
        return {"slow": True}
    except MemoryError:
        return {"failed": "The query takes too much memory"}


def _done(job: Job) -> Answer:
    """Do a task. A source that did not pass its checks just now is never used."""
    leaving = _Leaving(job["task"] == "run")
    with _engine(job["dialect"]).opened(job) as source:
        leaving.stop = source.stop
        if faults := source.faults():
            return {"refused": faults}
        return _TASKS[job["task"]](source)


def _engine(dialect: str) -> Any:
    """Return the module for a dialect; psycopg is not loaded for a file."""
    if dialect == SQLITE.name:
        from workflow.sources.sqlite import connection as sqlite

        return sqlite
    from workflow.sources.postgres import connection as postgres

    return postgres


def _run(source: Any) -> Answer:
    began = time.monotonic()
    table: Answer = source.run()
    return {**table, "milliseconds": round((time.monotonic() - began) * 1000)}


_TASKS: dict[str, Callable[[Any], Answer]] = {
    "check": lambda source: {},
    "schema": lambda source: {"tables": source.schema()},
    "run": _run,
}


class _Leaving:
    """Ends the process when its input ends, if asked to."""

    def __init__(self, watches: bool) -> None:
        self.stop: Callable[[], None] = lambda: None
        if watches:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while os.read(0, 1):
            pass
        try:
            self.stop()
        finally:
            os._exit(1)


if __name__ == "__main__":
    main()
