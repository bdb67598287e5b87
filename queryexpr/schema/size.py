"""
Is a schema larger than any reader takes? Answered in milliseconds, without reading it.

Reading a schema takes seconds, in a process of which there are few. This refuses only what the
reader would refuse for its size. It does not see all of that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from queryexpr.issues import Refused
from queryexpr.schema.checks import MAX_TABLES, check_bytes, check_counts, check_size
from queryexpr.schema.ddl.tokens import TABLE

if TYPE_CHECKING:
    from queryexpr.issues import Issue

_IN_A_LINE = re.compile(r"""'[^'\n\\]*+'|"[^"\n\\]*+"|`[^`\n]*+`|--[^\n]*+""")
# What may hide the beginning of a line, or make CREATE TABLE something else.
_HIDES = ("'", '"', "`", "$", "\\", "/*", "COPY", "DELIMITER", "PROC", "FUNCTION", "TRIGGER",
          "PARTITION")  # fmt: skip
_TABLES = re.compile(rf"\n{TABLE}", re.VERBOSE)


def too_large(schema: Any) -> tuple[Issue, ...]:
    """Return the refusal of a schema, DDL or `{"tables": …}`, that is clearly too large."""
    try:
        if isinstance(schema, str):
            check_bytes(schema)
            check_size(_count(schema), 0)
        else:
            check_counts(schema)
    except Refused as refused:
        return refused.issues
    return ()


def _count(text: str) -> int:
    """Return how many tables the text creates at the beginning of a line; 0 if it is not clear."""
    text = f"\n{text.upper()}"
    if text.count("\nCREATE") <= MAX_TABLES:  # of nearly every schema: the rest takes longer
        return 0
    plain = _IN_A_LINE.sub("?", text)
    if any(word in plain for word in _HIDES):
        return 0
    return sum(1 for _ in _TABLES.finditer(plain))
