"""ALTER TABLE statements that add keys, as dumps have them after their tables."""

from __future__ import annotations

from collections.abc import Iterator

from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.ddl.tables import Draft, names_of, read_key
from queryexpr.schema.ddl.tokens import Token
from queryexpr.schema.ddl.words import Word, dotted, words_of

_BEFORE_NAME = ("IF", "EXISTS", "ONLY")


class Drafts:
    """The tables so far, by name; where a name is used twice, the first."""

    def __init__(self, drafts: list[Draft]) -> None:
        heads = [(draft.head, draft) for draft in reversed(drafts)]
        self._bare = {head.name.lower(): draft for head, draft in heads}
        self._full = {head.path[1:]: draft for head, draft in heads}
        self._whole = {head.path: draft for head, draft in heads}

    def find(self, names: list[str]) -> Draft | None:
        """Return the table of a name that may have its schema before it, as may the table."""
        database, schema, name = ["", "", *(name.lower() for name in names)][-3:]
        if not schema:
            return self._bare.get(name)
        whole = self._whole.get((database, schema, name)) if database else None
        return whole or self._full.get((schema, name)) or self._full.get(("", name))


def alters_table(statement: list[Token]) -> bool:
    """Is it an ALTER TABLE?"""
    return [token.word for token in statement[:2]] == ["ALTER", "TABLE"]


def read_keys(statement: list[Token], drafts: Drafts, dialect: Dialect) -> bool:
    """Add the keys that an ALTER TABLE adds to its table; return whether there is any.

    Other changes are skipped. Raises Refused where a quote or bracket is not closed.
    """
    words = words_of(statement[2:])
    start = next((n for n, w in enumerate(words) if w.first.word not in _BEFORE_NAME), len(words))
    parts = dotted(words[start:])
    draft = drafts.find(names_of(parts, dialect)) if parts else None
    if draft is None:
        return False
    keys = [read_key(draft, added) for added in _added(words[start:])]
    return any(keys)


def _added(words: list[Word]) -> Iterator[list[Word]]:
    """Yield what follows ADD, and each comma after it, where ADD may be missing."""
    added: list[Word] | None = None
    for word in words:
        if word.first.raw == "," or word.first.word == "ADD":
            if added:
                yield added
            added = [] if added is not None or word.first.word == "ADD" else None
        elif added is not None:
            added.append(word)
    if added:
        yield added
