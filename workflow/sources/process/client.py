"""
The portal's side of the process that touches a source: a new one for each task.

It gets none of the portal's environment, and its task on standard input: in neither a list of
processes nor /proc is there anything of a source.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from typing import Any

from django.conf import settings

from workflow.sources.identity import Identity
from workflow.sources.source import Source

logger = logging.getLogger(__name__)
STARTING = 20.0  # seconds beyond the query's own: to start, connect and look at rights
LEAVING = 3.0  # seconds for a process to stop what the database does
COMMAND = (sys.executable, "-m", "workflow.sources.process.worker")

Answer = dict[str, Any]


def job_of(source: Source, task: str, portal: Identity | None, sql: str = "") -> bytes:
    """Return a task as it travels."""
    job = {
        "task": task,
        "dialect": source.dialect,
        "place": {**source.address.place},
        "tables": [*source.tables],
        "seconds": source.seconds,
        "rows": source.rows,
        "portal": portal,
        "sql": sql,
    }
    return json.dumps(job).encode() + b"\n"


def ask(job: bytes) -> Answer:
    """Do a task that is no query, and wait for its answer."""
    try:
        done = subprocess.run(  # noqa: S603 — our own program
            COMMAND, input=job, stdout=subprocess.PIPE, timeout=STARTING, check=False, **_where()
        )
    except subprocess.TimeoutExpired:
        return {"unreachable": "it does not answer in time"}
    except OSError as error:
        return {"unreachable": f"a process cannot be started: {error.strerror}"}
    return _answer(done.stdout)


async def ask_while_wanted(job: bytes, seconds: float) -> Answer:
    """Do a task, and stop it in the database too when the caller leaves or the time is over."""
    try:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, **_where()
        )
    except OSError as error:
        return {"unreachable": f"a process cannot be started: {error.strerror}"}
    try:
        async with asyncio.timeout(seconds + STARTING):
            return _answer(await _exchanged(process, job))
    except TimeoutError:
        return {"slow": True}
    finally:
        await _leave(process)


async def _exchanged(process: asyncio.subprocess.Process, job: bytes) -> bytes:
    """Send the task, and return all that comes back. The input stays open: we are still here."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(job)
        await process.stdin.drain()
    except ConnectionError:
        return b""  # it ended before it read
    return await process.stdout.read()


async def _leave(process: asyncio.subprocess.Process) -> None:
    """End the input, which tells the process to go; kill it if it does not."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(LEAVING):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        if process.returncode is None:
            process.kill()


def _where() -> dict[str, Any]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {"cwd": settings.BASE_DIR, "env": kept}


def _answer(data: bytes) -> Answer:
    try:
        answer: Answer = json.loads(data)
    except ValueError:
        logger.error("A process that asks a data source ended without an answer.")
        return {"unreachable": "the process that asks it failed"}
    return answer
