"""How far a download is: a line that is written again on a terminal, and a few lines elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

TERMINAL_SECONDS, LOG_SECONDS = 0.5, 10.0  # between two lines
MB = 1_000_000


class Progress:
    """Writes to `out`, such as standard error, how much of `size` bytes is there."""

    def __init__(self, out: TextIO, size: int) -> None:
        self._out, self._size = out, size
        self._is_terminal = out.isatty()
        self._open = False  # is the last line unfinished?
        self._began: tuple[float, int] | None = None  # when, and how much was there before
        self._written = 0.0

    def say(self, text: str) -> None:
        self._end()
        self._out.write(f"· {text}\n")
        self._out.flush()

    def after(self, before: int, done: int) -> None:
        """Report that `done` bytes of a part are there, which has `before` bytes before it.

        Says nothing if that was reported a moment ago.
        """
        done += before
        now = time.monotonic()
        self._began = self._began or (now, done)
        pause = TERMINAL_SECONDS if self._is_terminal else LOG_SECONDS
        if now - self._written < pause and done < self._size:
            return
        self._written = now
        self._out.write(("\r" if self._is_terminal else "") + self._line(done, now))
        self._open = self._is_terminal
        self._out.write("" if self._is_terminal else "\n")
        self._out.flush()

    def _line(self, done: int, now: float) -> str:
        assert self._began is not None
        began, before = self._began
        speed = (done - before) / max(now - began, 0.001)
        left = f", {(self._size - done) / speed:.0f} s left" if speed and done < self._size else ""
        share = 100 * done // self._size
        return (
            f"  {share:3} %  {done / MB:.0f} of {self._size / MB:.0f} MB, "
            f"{speed / MB:.1f} MB/s{left}".ljust(60)
        )

    def _end(self) -> None:
        if self._open:
            self._out.write("\n")
            self._open = False
