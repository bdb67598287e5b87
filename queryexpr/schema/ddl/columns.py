"""A line of CREATE TABLE → a column: its name, its type, and the facts after the type."""

from __future__ import annotations

from itertools import pairwise

from queryexpr.schema.catalogue import Column
from queryexpr.schema.ddl.values import checked_values, enum_values
from queryexpr.schema.ddl.words import Word, check_name, wrong

# These begin what follows a column's type.
_FACTS = frozenset(
    "AS AUTOINCREMENT AUTO_INCREMENT CHARSET CHECK COLLATE COMMENT CONSTRAINT DEFAULT ENABLE ENCODE"
    " FOREIGN GENERATED IDENTITY INVISIBLE KEY MASKED NOT NULL ON OPTIONS PERSISTED PRIMARY"
    " REFERENCES ROWGUIDCOL SET SPARSE STORED UNIQUE VIRTUAL VISIBLE".split()
)
# These go on with a type.
_MORE = frozenset(
    "ARRAY BIG BIGINT BYTE CHAR CHARACTER DAY HOUR INT INTEGER LARGE LOCAL MINUTE MONTH NATIVE"
    " OBJECT PRECISION RAW SECOND SIGNED TIME TO UNSIGNED VARCHAR VARYING WITH WITHOUT YEAR"
    " ZEROFILL ZONE".split()
)
# Where one of these follows a name, the comma before the name is missing.
_TYPES = frozenset(
    "BIGINT BOOL BOOLEAN CHAR DATE DATETIME DECIMAL FLOAT INT INTEGER NUMERIC REAL SMALLINT TEXT"
    " TIMESTAMP VARCHAR".split()
)


def read_column(words: list[Word], remark: str) -> tuple[Column, list[Word]]:
    """Return a column, and the words after its type. Raises Refused with an offset for a line.

    `remark` is the comment if the words have none.
    """
    first = words[0].first
    if first.kind == "mark" or len(words[0].tokens) > 1:
        raise wrong(f"A column's name was expected, not {first.raw[:20]!r}.", first)
    check_name(first.name, first)
    end = _type_ends(words)
    facts = words[end:]
    _check_commas(facts)
    pairs = set(pairwise(word.first.word for word in facts))
    column = Column(
        first.name,
        _type(words[1:end]),
        ("NOT", "NULL") not in pairs,
        ("PRIMARY", "KEY") in pairs,
        comment_of(facts) or remark,
        first.kind != "word",
        enum_values(words[1:end]) or checked_values(facts, first.name),
    )
    return column, facts


def comment_of(words: list[Word]) -> str:
    """Return what is after COMMENT, which MySQL and Snowflake have."""
    tokens = [word.first for word in words if word.first.raw != "="]
    after = (token for before, token in pairwise(tokens) if before.word == "COMMENT")
    return next((token.name for token in after if token.kind in ("string", "quoted")), "")


def facts_begin(words: list[Word], start: int) -> int:
    """Return where the first fact is, from `start` on."""
    facts = (at for at in range(start, len(words)) if words[at].first.word in _FACTS)
    return next(facts, len(words))


def _type_ends(words: list[Word]) -> int:
    """Return how many words are the column's name and type."""
    for at in range(1, len(words)):
        before, word = words[at - 1].first, words[at].first
        joined = at == 1 or "." in (before.raw, word.raw) or word.word in _MORE
        tagged = word.word == "WITH" and not any(w.first.word == "TIME" for w in words[at:])
        charset = [w.first.word for w in words[at : at + 2]] == ["CHARACTER", "SET"]
        if word.word in _FACTS or not joined or tagged or charset:
            return at
    return len(words)


def _check_commas(words: list[Word]) -> None:
    """Raise Refused where a column seems to begin among another's facts."""
    for word, following in pairwise(words):
        name = word.first
        known = name.kind == "mark" or name.word in _FACTS | _MORE
        if following.first.word in _TYPES and not known:
            raise wrong(f"A comma is missing before {name.name[:40]!r}.", name)


def _type(words: list[Word]) -> str:
    """Return the type in capitals, but texts and names of fields, evenly spaced."""
    written, end = "", None
    tokens = [token for word in words for token in word.tokens]
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        is_field = following and written[-1:] in ("<", "(", ",") and following.kind == "word"
        close = token.raw[0] in "([,)]<>." or written[-1:] in ("", "(", "[", ",", "<", ".")
        gap = "" if close or token.start == end else " "
        kept = is_field or token.kind == "string"
        written += gap + (token.raw if kept else token.name.upper())
        end = token.end
    return written
