"""SQL as HTML, and how two texts of SQL differ."""

from __future__ import annotations

from difflib import unified_diff

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import format as formatted
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from core.highlighting import letters_are_names
from queryexpr.dialects.all import DIALECTS

MAX_HIGHLIGHTED = 20_000  # characters
_formatter = HtmlFormatter(nowrap=True)


def highlighted(sql: str, dialect: str) -> SafeString:
    """Return SQL as HTML, with classes for its colours. Without a lexer it has none."""
    if len(sql) > MAX_HIGHLIGHTED:
        return escape(sql)
    try:
        lexer = get_lexer_by_name(DIALECTS[dialect].lexer)
    except ClassNotFound:  # the names are Pygments' own, and change
        return escape(sql)
    tokens = letters_are_names(lexer.get_tokens(sql))
    return mark_safe(formatted(tokens, _formatter))  # noqa: S308 — pygments escapes


def difference(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return the lines of two texts, each with "added", "removed" or "same"."""
    kinds = {"+": "added", "-": "removed", " ": "same"}
    lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=99))[3:]
    return tuple((kinds[line[0]], line[1:]) for line in lines if line[:1] in kinds)
