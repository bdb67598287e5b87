"""
Processes of our own for work that is risky: they read hostile text, or hold a database's password.

A child gets none of the portal's environment, so that no secret is in its memory, but for the names
of folders that it may not read whatever else is in them: PRIVATE_FOLDERS. A message
is a line of JSON on its standard input, so that none is in a list of processes. Its answer is a
line of JSON on its standard output, of bounded length. A child sets its own resource limits before
it reads, and ends when its input ends, which is also when the portal is gone.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from django.conf import settings

START_SECONDS = 20.0  # for a process that has to import everything
MAX_ANSWER = 1 << 24  # bytes
_KEPT = ("PATH", "LANG", "LC_ALL")


class Child:
    """A process that runs `python -m module`. It is asked one thing at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str) -> Self:
        """Start a process. Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            *command(module), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=MAX_ANSWER, **_surroundings(),
        )  # fmt: skip
        return cls(process)

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def ask(self, message: Any) -> bytes:
        """Send a message and return its answer.

        Raises OSError or EOFError if the process ends first, ValueError if the answer is too long.
        After any exception, also that of a deadline, the next line may be the answer to this
        message: end the process.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(_line(message))
        await self._process.stdin.drain()
        return _whole(await self._process.stdout.readline())

    def kill(self) -> None:
        if not self.has_ended:
            self._process.kill()

    async def wait(self) -> None:
        await self._process.wait()

    async def leave(self, seconds: float) -> None:
        """End the input, which tells the process to stop; kill it after `seconds`."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            pass
        finally:
            self.kill()


def ask_once(module: str, message: Any, seconds: float) -> bytes:
    """Start a process, return its answer to one message, and end it. It blocks its thread.

    Raises TimeoutError, OSError if the process cannot start, EOFError if it ends without an
    answer, ValueError if the answer is too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 — our own program
            command(module), input=_line(message), stdout=subprocess.PIPE, timeout=seconds,
            check=False, **_surroundings(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if len(done.stdout) > MAX_ANSWER:
        raise ValueError("The answer is too long.")
    return _whole(done.stdout)


def command(module: str) -> tuple[str, ...]:
    """Return how a child is started."""
    return (sys.executable, "-m", module)


def _surroundings() -> dict[str, Any]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {"cwd": settings.BASE_DIR, "env": {**kept, "PRIVATE_FOLDERS": _private_folders()}}


def _private_folders() -> str:
    """Return where the portal's own data is: the database, what operators wrote, and .env.

    That is in the current folder; in a checkout it is where children start, which they never read.
    """
    names = settings.MODELS_FILE, settings.SOURCES_FILE, settings.MEANINGS_FILE, _database()
    files = [Path(name) for name in names if name]
    folders = [Path.cwd(), Path(settings.VAR_DIR).resolve(), *(f.resolve().parent for f in files)]
    return os.pathsep.join(dict.fromkeys(map(str, folders)))


def _database() -> str:
    """Return the database's file, if it is one."""
    database = settings.DATABASES["default"]
    return str(database["NAME"]) if database["ENGINE"].endswith("sqlite3") else ""


def _line(message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _whole(line: bytes) -> bytes:
    if not line.endswith(b"\n"):
        raise EOFError("The process ended without an answer.")
    return line
