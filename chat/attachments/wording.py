"""
How a question with files reads to a model. Pure.

Each file is a line with its name, then its text between two fences. A fence is longer than any row
of backticks in the text, so that no file can end itself and go on as the question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chat.attachments.kinds import PICTURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chat.models import Attachment

_TICKS = re.compile(r"`{3,}")


def worded(content: str, files: Iterable[Attachment]) -> str:
    """Return what a model reads: the files, then the question."""
    parts = (*map(_file, files), content)
    return "\n\n".join(part for part in parts if part.strip())


def _file(file: Attachment) -> str:
    if file.kind in PICTURES:
        return f"Picture: {file.name}"
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(file.text))])
    return f"File: {file.name}\n{fence}\n{file.text}\n{fence}"
