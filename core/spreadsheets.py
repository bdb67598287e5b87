"""Text that spreadsheets show and do not run."""

from __future__ import annotations

import re

# Text that spreadsheets read as a formula, also after spaces, quotes and invisible characters;
# ＝＋－＠ are the wide forms that some of them fold.
_FORMULA = re.compile("[\\s\"'`‘’“”\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠]|[\t\r\n]")
BOM = "\ufeff"  # without it some spreadsheets do not read a file as UTF-8


def safe(text: str) -> str:
    """Return text with an apostrophe before what a spreadsheet would read as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
