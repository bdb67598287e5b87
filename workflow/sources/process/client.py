"""The portal's side of the process that touches a source: a new one for each task."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import asdict
from typing import Any, TypeVar

import msgspec

from core.subprocesses import START_SECONDS, Child, ask_once
from workflow.sources.failures import FAILURES, Failure, TooSlow, Unreachable
from workflow.sources.identity import Identity
from workflow.sources.job import Job, Task
from workflow.sources.source import Source

logger = logging.getLogger(__name__)
T = TypeVar("T")
MODULE = "workflow.sources.process.worker"
LEAVE_SECONDS = 3.0  # for a process to stop the query in the database
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}  # by the types that they read
_lock = threading.Lock()


class _Line(msgspec.Struct):
    """What the process writes; see `worker.answer`."""

    answer: msgspec.Raw = msgspec.Raw(b"null")
    failure: str = ""
    messages: list[str] = []


def job_of(
    source: Source,
    task: Task,
    portal: Identity | None,
    sql: str = "",
    queries: tuple[str, ...] = (),
) -> Job:
    """Return a task on a source."""
    return Job(
        task,
        source.dialect,
        dict(source.address.place),
        source.tables,
        source.seconds,
        source.rows,
        portal,
        sql,
        source.values if task == "schema" else (),
        queries,
    )


def ask(job: Job, answer: type[T]) -> T:
    """Return the answer to a task that is no query. It blocks its thread. Raises Failure."""
    try:
        return _decode(ask_once(MODULE, asdict(job), START_SECONDS), answer)
    except TimeoutError:
        raise Unreachable("it does not answer in time") from None
    except OSError as error:
        raise _unstarted(error) from None
    except (EOFError, ValueError) as error:
        raise _ended(error) from None


async def ask_while_wanted(job: Job, answer: type[T]) -> T:
    """Return a task's answer. The query is stopped in the database too, if the caller leaves.

    Raises Failure, of which TooSlow once the source's time is over.
    """
    try:
        child = await Child.start(MODULE)
    except OSError as error:
        raise _unstarted(error) from None
    try:
        async with asyncio.timeout(job.seconds + START_SECONDS):
            return _decode(await child.ask(asdict(job)), answer)
    except TimeoutError:
        raise TooSlow from None
    except (OSError, EOFError, ValueError) as error:
        raise _ended(error) from None
    finally:
        await child.leave(LEAVE_SECONDS)


def _decode(line: bytes, answer: type[T]) -> T:
    """Return the answer in a line. Raises Failure, ValueError."""
    decoded = msgspec.json.decode(line, type=_Line)
    if decoded.failure:
        raise FAILURES[decoded.failure](*decoded.messages)
    return _decoder(answer).decode(decoded.answer)


def _decoder(answer: type[T]) -> msgspec.json.Decoder[T]:
    """Return the decoder of a type. msgspec crashes if two threads read a TypedDict's first."""
    with _lock:
        if answer not in _decoders:
            _decoders[answer] = msgspec.json.Decoder(answer)
        return _decoders[answer]


def _unstarted(error: OSError) -> Failure:
    return Unreachable(f"a process cannot be started: {error.strerror}")


def _ended(error: Exception) -> Failure:
    logger.error("A process that asks a data source ended without an answer: %s", error)
    return Unreachable("the process that asks it failed")
