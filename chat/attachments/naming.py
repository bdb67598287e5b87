"""Names of files, as pages and models may have them. Pure."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 100  # characters
UNNAMED = "file"
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)


def clean(name: str) -> str:
    """Return a file's name without folders, and without characters that hide or turn text."""
    own = unicodedata.normalize("NFC", _FOLDERS.sub("", name[-4096:]))
    shown = "".join(c if c.isprintable() else " " for c in own)
    return shorten(" ".join(shown.split()).strip(". ")) or UNNAMED


def shorten(name: str) -> str:
    """Return a name of at most MAX_NAME characters, with its ending."""
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending if stem and len(ending) <= 10 else ""
    return name[: MAX_NAME - len(tail) - 1] + "…" + tail
