"""Counting streamed chunks, and how late each is, in whatever wraps them."""

from __future__ import annotations

import re
import time

from bench.load.tally import Tally

MARK = b"@"  # begins each chunk's text, and is nowhere else in a stream
STAMP = re.compile(rb"@(\d{16})")
STAMP_BYTES = 17


class Counter:
    """Counts chunks, as cheaply as can be."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    def take(self, data: bytes) -> None:
        self.tally.count += data.count(MARK)


class Clock:
    """Keeps each chunk's delay: from when the upstream wrote it until it was here.

    While the load runs it only notes the time: what it did besides would delay other chunks.
    """

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.received: list[tuple[int, bytes]] = []

    def take(self, data: bytes) -> None:
        self.received.append((time.monotonic_ns(), data))

    def read(self) -> None:
        """Fill the tally, once all data was received."""
        rest = b""  # the beginning of a stamp
        for at, data in self.received:
            data, end = rest + data, 0
            for match in STAMP.finditer(data):
                self.tally.nanoseconds.append(at - int(match[1]))
                end = match.end()
            rest = data[max(end, len(data) - STAMP_BYTES + 1) :]
        self.tally.count = len(self.tally.nanoseconds)
