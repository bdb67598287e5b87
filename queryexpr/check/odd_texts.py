"""
Literal texts that a dialect reads as a boolean or a number, and cannot.

In Postgres and DuckDB a text beside a boolean, or in a cast, is read before any row is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from queryexpr.check.odd_dates import is_impossible
from queryexpr.check.parts import type_of
from queryexpr.expression import Cast, Function, Native, Op
from queryexpr.schema.catalogue import family

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker
    from queryexpr.check.scope import Scope

_WHOLE_TYPE = re.compile(r"(big|small|tiny|medium|huge)?(int|serial)", re.IGNORECASE)
_WHOLE = re.compile(r"\s*[-+]?\d[\d_]*\s*|\s*[-+]?0[xob][\da-f_]+\s*", re.IGNORECASE)
_NUMBER = re.compile(
    r"\s*[-+]?((\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?|nan|inf(inity)?)\s*", re.IGNORECASE
)
_OFFSET = re.compile(r"\s*[+-]\d[\d:]*\s*")
_OF_DATES = {"date", "extract", "date_trunc", "date_add", "date_diff"}


def odd_boolean(checker: Checker, values: tuple[Any, ...]) -> str | None:
    """Return the first text among values that are booleans that is none; None if all are."""
    words = checker.dialect.boolean_words
    texts = (value for value in values if isinstance(value, str))
    return next((text for text in texts if words and text.strip().lower() not in words), None)


def odd_whole_number(checker: Checker, values: tuple[Any, ...], scope: Scope) -> str | None:
    """Return the first text beside whole numbers that is none; None if all are."""
    others = [value for value in values if not isinstance(value, str)]
    types = [type_of(value, scope) for value in others if not isinstance(value, int)]
    if not checker.dialect.whole_texts_only or not types or not all(map(_WHOLE_TYPE.match, types)):
        return None
    texts = (value for value in values if isinstance(value, str))
    return next((text for text in texts if not _WHOLE.fullmatch(text)), None)


def check_cast(checker: Checker, node: Cast, scope: Scope, pointer: str) -> None:
    """Add an error for a cast of a literal text that cannot be converted."""
    if isinstance(node.cast, str) and not node.safe and _is_odd(checker, node.cast, node.type):
        message = f"{node.cast[:40]!r} cannot be cast to {node.type.upper()}: correct the text."
        checker.wrong("odd_text", message, pointer)


def check_zone(checker: Checker, node: Op, pointer: str) -> None:
    """Add an error for a time zone that is an offset, where zones have names only."""
    zone = node.args[1]
    if not checker.dialect.zone_offsets and isinstance(zone, str) and _OFFSET.fullmatch(zone):
        message = f"{zone[:20]!r} is no time zone here: name it, such as Europe/Berlin."
        checker.wrong("odd_text", message, pointer)


def check_date(checker: Checker, node: Function | Native, pointer: str) -> None:
    """Add an error for a literal date in a call for which there is no such day."""
    texts = (arg for arg in node.args if isinstance(arg, str))
    odd = next(filter(is_impossible, texts), None)
    name = node.fn if isinstance(node, Function) else node.native.lower()
    if odd is not None and name in _OF_DATES and checker.dialect.odd_dates == "error":
        checker.wrong("odd_text", f"{odd[:40]!r} is no date: correct it.", pointer)


def _is_odd(checker: Checker, text: str, type_name: str) -> bool:
    dialect = checker.dialect
    found = family(type_name)
    if found == "boolean":
        return odd_boolean(checker, (text,)) is not None
    if found == "time" and "interval" not in type_name.lower():
        return dialect.odd_dates == "error" and is_impossible(text)
    if found != "number" or not dialect.boolean_words:  # where casts of texts are known
        return False
    whole = dialect.text_numbers == "error" and _WHOLE_TYPE.match(type_name)
    return not (_WHOLE.fullmatch(text) or (not whole and _NUMBER.fullmatch(text)))
