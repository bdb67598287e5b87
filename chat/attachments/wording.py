"""
How a question with files reads to a model. Pure.

Each file is a line with its name, then its text between two fences. The name is between quotation
marks, and a fence is longer than any row of backticks in the text: neither can end itself and go on
as the question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chat.attachments.kinds import PICTURES
from chat.attachments.naming import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chat.models import Attachment

MARKERS = str.maketrans('<>[]{}"`|', "()()()'''")  # a model may read these as more than a name
_TICKS = re.compile(r"`{3,}")


def worded(content: str, files: Iterable[Attachment]) -> str:
    """Return what a model reads: the files, then the question."""
    parts = (*map(_file, files), content)
    return "\n\n".join(part for part in parts if part.strip())


def _file(file: Attachment) -> str:
    if file.kind in PICTURES:
        return f"Picture: {_quoted(file.name)}"
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(file.text))])
    return f"File: {_quoted(file.name)}\n{fence}\n{file.text}\n{fence}"


def _quoted(name: str) -> str:
    """Return a name on one line, in which nothing looks like the end of it or like markup."""
    return f'"{clean(name).translate(MARKERS)}"'
