"""The message for a table of the file that the database does not have."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import nearest, quote

_NO_TABLE = "There is no table or view {!r}{}.{} {}"
_REMEDY = "Write it as the database spells it, or delete it."


def no_table(name: str, known: Iterable[str], which: str = "", remedy: str = _REMEDY) -> str:
    """Return why `name` cannot be listed, and which of `known` may be meant.

    `which` says what kind of table was looked for, such as " that the user may read".
    """
    return _NO_TABLE.format(name, which, meant(name, known), remedy)


def meant(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the most similar name, also one in other letters."""
    names = {one.casefold(): one for one in known}
    near = nearest(name.casefold(), names)
    return f" Did you mean {quote(names[near], 80)}?" if near else ""
