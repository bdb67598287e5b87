"""Why the text of a file cannot be read: a key of `kinds.REFUSALS`."""

from __future__ import annotations


class Unreadable(Exception):
    """The file is at fault; `why` is what a person reads about."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
