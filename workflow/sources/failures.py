"""
How a task on a source can fail, in the process that touches it and in the portal.

    Failure
        Unfit           the source did not pass its checks; `messages` has each reason
        Unreachable     there is no connection, or no database that can be read
        Failed          the database refused the query; the message is its own
        TooSlow         the query took too long
"""

from __future__ import annotations


class Failure(Exception):
    """A task failed. It crosses between processes as its class's name and its messages."""

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages

    @property
    def message(self) -> str:
        return " ".join(self.messages)


class Unfit(Failure):
    """The source may not be used."""


class Unreachable(Failure):
    """The source cannot be opened now."""


class Failed(Failure):
    """The query cannot be run. The text may quote a row's value."""


class TooSlow(Failure):
    """The query took longer than its source allows."""


FAILURES = {failure.__name__: failure for failure in (Unfit, Unreachable, Failed, TooSlow)}
