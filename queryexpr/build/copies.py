"""
Copies of values that are written several times.

What is copied inside of a copy doubles with each level: some bytes would fill the memory.
"""

from __future__ import annotations

from itertools import islice
from typing import TypeVar

from sqlglot import exp

from queryexpr.issues import Issue, Refused

T = TypeVar("T", bound=exp.Expr)
MAX_NODES = 300  # of a value that is copied


def copied(value: T) -> T:
    """Return a copy of a value. Raises Refused if it is too large for that."""
    if next(islice(value.walk(), MAX_NODES, None), None) is not None:
        message = "Written for this dialect, a part of the query would stand there too many times."
        raise Refused(Issue("too_large", f"{message} Nest fewer functions."))
    copy: T = value.copy()
    return copy
