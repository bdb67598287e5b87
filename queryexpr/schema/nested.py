"""
Types with other types inside: arrays, and records with fields.

BigQuery writes `ARRAY<STRUCT<a INT64>>`, DuckDB `STRUCT(a INTEGER)[]`, Postgres `integer[]`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_OPEN = ("", "json", "jsonb", "variant", "object", "array", "record", "struct", "map", "list")
_RECORD = re.compile(r"struct\s*[<(](.*)[>)]", re.IGNORECASE | re.DOTALL)
_ARRAY = re.compile(r"(?:array|list)\s*[<(](.*)[>)]", re.IGNORECASE | re.DOTALL)
_SQUARE = re.compile(r"(.*\S)\s*\[\s*\d*\s*\]", re.DOTALL)
_FIELD = re.compile(r'\s*(?:"([^"]+)"|`([^`]+)`|(\w+))\s*:?\s+(.*\S)\s*', re.DOTALL)


def is_open(type_name: str) -> bool:
    """May a value of this type have any parts, as far as the type shows?"""
    word = type_name.strip().lower()
    return word in _OPEN or word.startswith(("map", "union"))


@lru_cache(maxsize=1000)
def element_type(type_name: str) -> str | None:
    """Return the type of an array's elements; None if it is no array."""
    match = _SQUARE.fullmatch(type_name.strip()) or _ARRAY.fullmatch(type_name.strip())
    return match[1].strip() if match else None


@lru_cache(maxsize=1000)
def field_types(type_name: str) -> dict[str, str] | None:
    """Return the types of a record's fields by name, in small letters; None if it is no record."""
    match = _RECORD.fullmatch(type_name.strip())
    if not match:
        return None
    fields = (_FIELD.fullmatch(part) for part in _split(match[1]))
    return {(f[1] or f[2] or f[3]).lower(): f[4] for f in fields if f}


def _split(text: str) -> list[str]:
    """Return what commas separate outside of brackets."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        if letter in "<([":
            depth += 1
        elif letter in ">)]":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


MAX_LEVELS = 15


def spelled(type_name: str, style: str, plain: re.Pattern[str], level: int = 0) -> str | None:
    """Return a type in the spelling of a dialect, whose plain types match `plain`.

    None is for one that the dialect lacks, or that is not made of plain types and names.
    """
    if plain.fullmatch(type_name):
        return type_name
    if not style or level > MAX_LEVELS:
        return None
    element = element_type(type_name)
    if element is not None:
        inner = spelled(element, style, plain, level + 1)
        return inner and (f"ARRAY<{inner}>" if style == "angles" else f"{inner}[]")
    return None if style == "squares" else _record(type_name, style, plain, level)


def _record(type_name: str, style: str, plain: re.Pattern[str], level: int) -> str | None:
    fields = field_types(type_name) or {}
    inner = {name: spelled(kind, style, plain, level + 1) for name, kind in fields.items()}
    if not inner or not all(_NAME.fullmatch(name) and kind for name, kind in inner.items()):
        return None
    start, end = "<>" if style == "angles" else "()"
    return f"STRUCT{start}{', '.join(f'{name} {kind}' for name, kind in inner.items())}{end}"


_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
