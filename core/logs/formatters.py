"""
Formatters of log records.

Parts of a message may come from callers: names, paths, what a provider said. They must neither
look like a record of their own nor control the terminal of those who read the log.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from core.logs.requests import entry

INDENT = "    "  # of each line of a record but its first


def escaped(text: str) -> str:
    """Return `text` with all characters escaped that are not to be seen, but line ends."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class LineFormatter(logging.Formatter):
    """Text for people. Only the first line of a record begins at the start of a line."""

    def format(self, record: logging.LogRecord) -> str:
        return escaped(super().format(record)).replace("\n", "\n" + INDENT)


class JSONFormatter(logging.Formatter):
    """One line of JSON for each record. `fields` of a record are added to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": record.process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        if (current := entry.get()) is not None:
            line |= {"request": current.request, "person": current.person}
        line |= getattr(record, "fields", {})
        # ASCII, in which json escapes all that a terminal or a reader acts upon, but for DEL.
        return json.dumps(line, default=str).replace("\x7f", "\\u007f")
