"""
The values that a database itself declares for a column, by an ENUM or a CHECK. No row is read.

Pure. Databases write a CHECK as `status IN ('a', 'b')`, and Postgres as
`((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflow.sources.tables import ColumnJSON

MAX_VALUES, MAX_VALUE = 100, 200  # characters of one, as a schema holds them
_TEXT = re.compile(r"_?\w*'((?:[^']|'')*)'")
_ENUM = re.compile(r"enum\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r'[`"\[]?([^`"\]]+)[`"\]]?')
_CHECK = re.compile(r"\bCHECK\s*\(+[^()]*\([^()]*\)[\s)]*", re.IGNORECASE)
# What may stand between one name and its texts; a CHECK with more says something else.
_FILLER = re.compile(
    r"CHECK|IN|ANY|ARRAY|[\s()\[\],=]"
    r"|::\s*(?:text|character varying|bpchar|varchar)(?:\(\d+\))?(?:\[\])?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"[\s(]*(?:CHECK[\s(]*)?(?P<name>`[^`]+`|\"[^\"]+\"|\[[^\]]+\]|\w+)[\s)]*"
    r"(?:::\s*[\w ]+(?:\(\d+\))?[\s)]*)?(?:IN|=\s*ANY)\s*\((?P<list>.*)\)[\s)]*",
    re.IGNORECASE | re.DOTALL,
)


def values_of_enum(type_name: str) -> list[str]:
    """Return the values of a type such as `enum('a','b')`; of others none."""
    match = _ENUM.fullmatch(type_name.strip())
    return _texts(match[1]) if match else []


def values_of_check(check: str) -> tuple[str, list[str]]:
    """Return the column and its values, of a CHECK that lists texts; ("", []) for others."""
    match = _NAMED.fullmatch(check.strip())
    if match is None or _FILLER.sub("", _TEXT.sub("", match["list"])):
        return "", []
    name = _NAME.fullmatch(match["name"])
    values = _texts(match["list"])
    return (name[1], values) if name and values else ("", [])


def checks_in(statement: str) -> list[str]:
    """Return the CHECKs of a CREATE TABLE that have no parentheses but those of one list."""
    found: list[str] = _CHECK.findall(statement)
    return [check for check in found if check.count(")") >= check.count("(")]  # it ends there


def _texts(listed: str) -> list[str]:
    return [text.replace("''", "'") for text in _TEXT.findall(listed)]


def declare(columns: Iterable[ColumnJSON], checks: Iterable[str]) -> None:
    """Add to each column the values that its type, or one of a table's CHECKs, declares."""
    checked = dict(map(values_of_check, checks))
    for column in columns:
        values = values_of_enum(column["type"]) or checked.get(column["name"], [])
        if 0 < len(values) <= MAX_VALUES and max(map(len, values)) <= MAX_VALUE:
            column["values"] = values
