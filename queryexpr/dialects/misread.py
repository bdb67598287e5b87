"""What sqlglot read before it gave up: its own errors do not say what was next."""

from __future__ import annotations

from typing import Any

from sqlglot.errors import ParseError


class Misread(ParseError):
    """`reason` is sqlglot's. `after` is the last word that was read, and `found` the next one.

    Both are empty where there is none. `start` is the offset of `found`, or of `after` at the end.
    """

    reason: str
    after: str
    found: str
    start: int


def raise_error(self: Any, message: str, token: Any = None) -> None:
    """Raise Misread, as a parser's method. sqlglot may catch it, and try another way."""
    before, following = self._prev, self._curr
    error = Misread(message, [{}])  # sqlglot adds to the first of its dictionaries
    error.reason = message
    error.after = before.text if before else ""
    error.found = following.text if following else ""
    error.start = (following or before).start if following or before else 0
    raise error
