"""
The process that touches a source: `python -m workflow.sources.process.worker`, one task each.

The job is a line of JSON on standard input, the answer a line of JSON on standard output. So a
place and its password are in no list of processes. While a query runs, the end of the input means
that the caller has left, or that the portal is gone: the process stops the query in the database,
and ends.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from workflow.sources.engines import ENGINES
from workflow.sources.failures import Failed, Failure, Unfit
from workflow.sources.job import Job
from workflow.sources.process.confinement import confine_to
from workflow.sources.result.result import Result
from workflow.sources.result.table import Table
from workflow.sources.several import read_each
from workflow.sources.values import ColumnValues, read_values

MAX_DISK = 1 << 30  # bytes that sorting may put into a temporary file
STOPS, STOP_SECONDS = 8, 0.25  # how often a query is stopped, and for how long each is waited


def main() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_DISK, MAX_DISK))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = Job.of(json.loads(sys.stdin.buffer.readline()))
    most = ENGINES[job.dialect].memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    confine_to(job)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # only the answer goes to standard output
    line = json.dumps(answer(job), ensure_ascii=False, default=_fields)
    try:
        answers.write(line.encode("utf-8", "replace") + b"\n")
        answers.flush()
    except BrokenPipeError:  # the portal is gone
        os._exit(1)
    os._exit(0)  # at a usual end DuckDB lists, in the log, each object that is left


def answer(job: Job) -> dict[str, Any]:
    """Return a task's `{"answer": …}`, or `{"failure": name, "messages": […]}`."""
    try:
        return {"answer": _TASKS[job.task](job)}
    except Failure as failure:
        return _failed(failure)
    except MemoryError:
        return _failed(Failed("The query takes too much memory"))


def _failed(failure: Failure) -> dict[str, Any]:
    return {"failure": type(failure).__name__, "messages": failure.messages}


@contextmanager
def _opened(job: Job, watch: _Watch | None = None) -> Iterator[Any]:
    """Open the job's source. One that did not pass its checks just now is never used."""
    with ENGINES[job.dialect].connection().opened(job) as source:
        if watch:
            watch.stop = source.stop
        if faults := source.faults():
            raise Unfit(*faults)
        yield source


def _schema(job: Job) -> dict[str, Any]:
    with _opened(job) as source:
        tables = source.schema()
    return {"tables": tables, "values": _values(job)}


def _values(job: Job) -> list[ColumnValues]:
    def run(query: Job) -> Table:
        with _opened(query) as source:
            table: Table = source.run()
            return table

    return read_values(job, run)


def _run(job: Job) -> Result:
    with _stoppable(job) as source:
        began = time.monotonic()
        table = source.run()
        milliseconds = round((time.monotonic() - began) * 1000)
        known = {part.name: getattr(table, part.name) for part in fields(table)}
        return Result(**known, milliseconds=milliseconds)


def _several(job: Job) -> list[Table | None]:
    watch = _Watch()

    def run(query: Job) -> Table:
        with _opened(query, watch) as source:
            table: Table = source.run()
            return table

    try:
        return read_each(job, run)
    finally:
        watch.over.set()


def _explain(job: Job) -> None:
    with _stoppable(job) as source:
        source.explain()


@contextmanager
def _stoppable(job: Job) -> Iterator[Any]:
    """Open the job's source until the caller leaves: then what runs there is stopped."""
    watch = _Watch()
    try:
        with _opened(job, watch) as source:
            yield source
    finally:
        watch.over.set()


_TASKS: dict[str, Callable[[Job], Any]] = {
    "schema": _schema,
    "run": _run,
    "explain": _explain,
    "several": _several,
}


def _fields(value: Any) -> dict[str, Any]:
    """Return a dataclass as JSON has it; `json` asks for what it does not know."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


class _Watch:
    """Ends the process when its input ends."""

    def __init__(self) -> None:
        self.stop: Callable[[], None] = lambda: None
        self.over = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while os.read(0, 1):
            pass
        try:
            stop_until(self.over, lambda: self.stop())  # what it is now: it may come later
        finally:
            os._exit(1)


def stop_until(over: threading.Event, stop: Callable[[], None]) -> None:
    """Stop what runs until all is over: between two queries, a server has nothing to stop."""
    for _ in range(STOPS):
        stop()
        if over.wait(STOP_SECONDS):
            return


if __name__ == "__main__":
    main()
