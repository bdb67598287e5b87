"""The rule of `notices`: their times can be read, and end after they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.notices import beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from core.yaml.errors import Finding
    from registry.config.beside import NoticeConfig

UNREADABLE = "Write a day, 2026-12-24, or a time, 2026-12-24T18:00."


def bad_times(notices: Iterable[NoticeConfig]) -> Iterator[Finding]:
    """Yield the times that are wrong, with their paths in the file."""
    for number, config in enumerate(notices):
        times = (("from", config.start, beginning), ("until", config.until, ending))
        bad = [key for key, text, read in times if not _reads(text, read)]
        for key in bad:
            yield ("notices", number, key), UNREADABLE
        if not bad and ending(config.until) <= beginning(config.start):
            yield ("notices", number, "until"), "This is not after `from`."


def _reads(text: str | None, read: Callable[[str | None], datetime]) -> bool:
    try:
        read(text)
    except (ValueError, OverflowError):
        return False
    return True
