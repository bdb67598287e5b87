"""
Words of a question that nothing in its query stands for. Pure, and rather silent than wrong.

Each rule was tried on questions with right queries before it was written down here. Words are
English, but for what is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workflow.doubts.doubt import Doubt, doubt

MIN_STEM = 4
_ENDING = 3  # letters in which words of one stem may differ: Australia, Australian
_QUOTED = re.compile(
    r"(?<!\w)(?:\"([^\"]{2,60})\"|“([^”]{2,60})”|„([^“]{2,60})“|'([^']{2,60})'(?!\w))"
)
_ENGLISH = re.compile(r"\b(the|of|are|is|with|for|by|have|in)\b")
_OTHER = re.compile(r"\b(der|die|das|und|ist|wie|von|les|des|una|los|per)\b", re.I)
_NAME = re.compile(r"(?<![.?!:;\"“(]\s)(?<=[a-z,]\s)[A-Z][a-z]{2,}\b")
_CALENDAR = re.compile(
    r"jan(uary)?|feb(ruary)?|march|april|may|june|july|aug(ust)?|sept?(ember)?|oct(ober)?"
    r"|nov(ember)?|dec(ember)?|(mon|tues|wednes|thurs|fri|satur|sun)days?|christmas|easter",
    re.I,
)  # fmt: skip
_RULES = tuple(
    (re.compile(rf"\b({words})\b", re.I), re.compile(query, re.I))
    for words, query in (
        ("average", r"\bavg\b|average|mean|median|percentile|/"),
        ("distinct|different|unique", r"distinct|group by|union|intersect|except|<>|!=|not in"),
        (
            "not(?! only)|never|without|except|excluding",
            r"\bnot\b|except|<>|!=|\bnull\b|'[fn]'|'no'|= 0|false|left join|right join|full join",
        ),
        ("sorted|sort|ordered by|alphabetical|alphabetically|descending|ascending", "order by"),
    )
)


def missing_words(question: str, sql: str, names: Iterable[str]) -> Iterator[Doubt]:
    """Yield a doubt for what `question` quotes, names or asks for, and `sql` does not have.

    `names` are those of tables and columns.
    """
    written = sql.lower()
    known = "\n".join((written, *(name.lower() for name in names)))
    words = [*_quoted(question, written), *_names(question, known), *_asked(question, sql)]
    for word in dict.fromkeys(words):
        yield doubt("word", word)


def _quoted(question: str, written: str) -> Iterator[str]:
    for groups in _QUOTED.findall(question):
        text = "".join(groups).strip(" .,?!")
        if text and text.lower().replace("'", "''") not in written and text.lower() not in written:
            yield text


def _names(question: str, known: str) -> Iterator[str]:
    """Yield names of people and places, as English questions write them."""
    if not _ENGLISH.search(question) or _OTHER.search(question):
        return
    for name in _NAME.findall(_QUOTED.sub(" ", question)):
        stem = name.lower()[: max(MIN_STEM, len(name) - _ENDING)]
        if stem not in known and not _CALENDAR.fullmatch(name):
            yield name


def _asked(question: str, sql: str) -> Iterator[str]:
    plain = _QUOTED.sub(" ", question)
    for word, query in _RULES:
        found = word.search(plain)
        if found and not query.search(sql):
            yield found[0]
