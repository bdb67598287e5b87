"""
How a task on a source can end without an answer. The portal's side tells people what it means.

    Unreachable     there is no connection, or nothing there that can be read
    Failed          the database would not run the query; the text is its own
    TooSlow         the time is over
"""

from __future__ import annotations


class Unreachable(Exception):
    """The source cannot be opened now."""


class Failed(Exception):
    """The query cannot be run. The text may quote a row's value."""


class TooSlow(Exception):
    """The query took longer than its source allows."""
