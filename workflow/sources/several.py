"""Several small queries in one process, which share their time. Each has a connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from workflow.sources.failures import Failure, Unfit
from workflow.sources.job import Job
from workflow.sources.result.table import Table


def read_each(job: Job, run: Callable[[Job], Table]) -> list[Table | None]:
    """Return the rows of each of the job's queries; None of one that fails, or has no time left.

    Raises Unfit.
    """
    end = time.monotonic() + job.seconds
    return [_read(replace(job, sql=sql), end, run) for sql in job.queries]


def _read(job: Job, end: float, run: Callable[[Job], Table]) -> Table | None:
    left = end - time.monotonic()
    if left <= 0:
        return None
    try:
        return run(replace(job, seconds=left))
    except Unfit:
        raise
    except Failure:
        return None
