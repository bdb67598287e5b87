"""What limits raise."""

from __future__ import annotations


class LimitedError(Exception):
    """There is nothing left. `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
