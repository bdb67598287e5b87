"""Types that an engine may know in place of a type of another database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from queryexpr.schema.catalogue import Family, family

_SIGNS = re.compile(r"\s*\b(?:UNSIGNED|SIGNED|ZEROFILL)\b")
_WIDTH = re.compile(r"\s*\([^()]*\)")
_WORDS = {"MEDIUMINT": "INTEGER", "YEAR": "INTEGER"}
_OF_FAMILIES: dict[Family, str] = {"number": "DOUBLE", "time": "TIMESTAMP", "boolean": "BOOLEAN"}


def stand_ins(type_name: str) -> Iterator[str]:
    """Yield types in place of `type_name`, the closest first: INT for MySQL's INT(11) UNSIGNED.

    The last is TEXT, which every engine knows.
    """
    yield type_name
    plain = _SIGNS.sub("", type_name.upper())
    yield plain
    word = _WIDTH.sub("", plain)
    yield _WORDS.get(word, word)
    yield _OF_FAMILIES.get(family(type_name), "TEXT")
    yield "TEXT"
