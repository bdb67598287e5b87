"""Reads the texts of a .po file."""

from __future__ import annotations

import re
from ast import literal_eval
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIELD = re.compile(r'^(msg\w+)(?:\[\d\])? ((?:".*"\n?)+)', re.MULTILINE)


class Entry(NamedTuple):
    """A text of the sources, its plural if it has one, and what the translator wrote."""

    context: str
    msgid: str
    plural: str
    translations: tuple[str, ...]
    fuzzy: bool

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the source of each translation."""
        return (self.msgid, *[self.plural for _ in self.translations[1:]])


def entries(file: Path) -> Iterator[Entry]:
    """Yield the entries of `file`, but for the header and for texts that are no longer used."""
    for block in file.read_text().split("\n\n"):
        fields = [(name, _text(lines)) for name, lines in FIELD.findall(block)]
        named = dict(fields)
        if named.get("msgid"):
            translations = tuple(text for name, text in fields if name == "msgstr")
            fuzzy = re.search(r"^#,.*fuzzy", block, re.MULTILINE) is not None
            yield Entry(
                named.get("msgctxt", ""),
                named["msgid"],
                named.get("msgid_plural", ""),
                translations,
                fuzzy,
            )


def _text(lines: str) -> str:
    return "".join(literal_eval(line) for line in lines.split("\n") if line)
