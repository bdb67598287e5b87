"""
Text of a model → its meaning. Models write prose, fences and thoughts around the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from queryexpr.gate.operations import Document

MAX_CANDIDATES = 5  # JSON objects in one reply
MAX_SQL = 8  # readings of one reply as SQL
MAX_OPTIONS = 10
MAX_REASON = 500  # characters of a reason
_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(
    r"```(?:[^\n`]*\n|\w* (?=select|with))(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE
)  # with any word after it, and it may be unclosed
_INLINE = re.compile(r"(?<!`)`((?:select|with)\b[^`]*)`(?!`)", re.IGNORECASE)
_MARKS = re.compile(r"</?s>|<\|[a-z0-9_]{1,30}\|>|\[/?(?:SQL|INST)\]", re.IGNORECASE)
_START = re.compile(r"\b(select|with)\b", re.IGNORECASE)
_WRITE = re.compile(
    r"\s*(?:drop|delete|insert|update|alter|create|truncate|replace|merge|grant)\s+\w",
    re.IGNORECASE,
)
# These hold a query, and are none.
_WRITES_A_QUERY = re.compile(
    r"\s*(?:create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:table|(?:materialized\s+)?view)"
    r"|(?:insert|replace|merge)\s+into)\s",
    re.IGNORECASE,
)
_OTHER_FENCE = re.compile(r"^[ \t]*~~~", re.MULTILINE)
_TAG = re.compile(r"</?sql>", re.IGNORECASE)
_MAY_BE_NULL = frozenset({"expr", "then", "when", "by", "cast", "interval"})  # values
_QUERY = re.compile(
    r"""select\b(?!\s+(statement|query|clause)\b)|with\s+(recursive\s+)?["`\[\w\]]+\s*(\(|as\b)""",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_BEGUN = re.compile(r"\bfrom\b|\bas\s*\(", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\s*(?:from|where|group|having|order|limit|offset|union|intersect|except|join|inner|left|right"
    r"|full|cross|on|and|or|window|qualify)\b|\s*[,)]",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?::|\n[ \t]*\n)\s*\Z")  # after it, prose is over
_IN_WORDS = re.compile(r"[a-z,] \Z")
_STATEMENT = re.compile(rf"\s*(?:select|with)\b|{_WRITE.pattern}", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:can(?:not|'t|\u2019t)|unable|not (?:possible|enough|contain|available)|impossible|sorry"
    r"|(?:does|do|is|are) ?n[o\u2019']t)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\s*i do(?: not|n't) know\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A word of the question has several meanings; a person chooses one."""

    term: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """The tables cannot answer the question."""

    reason: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query expression as the model wrote it: any JSON, before it is judged."""

    document: Document


Declined = Ambiguous | Unanswerable
Meaning = Query | Declined


def read_reply(text: str) -> Meaning | None:
    """Return the meaning of a reply that should be JSON; None if it has no such object."""
    for candidate in _candidates(_THOUGHTS.sub("", text)):
        answer = candidate.get("answer", candidate)
        if isinstance(answer, dict) and (meaning := _meaning(answer)):
            return meaning
    return None


def _candidates(text: str) -> list[Document]:
    """Return the JSON objects in `text`, fenced ones first."""
    decoder = json.JSONDecoder()
    values: list[Any] = []
    for part in [*_FENCE.findall(text), text]:
        start = part.find("{")
        while start >= 0 and len(values) < MAX_CANDIDATES:
            try:
                value, end = decoder.raw_decode(part, start)
            except (ValueError, RecursionError):
                break
            values.append(value)
            start = part.find("{", end)
    return [value for value in values if isinstance(value, dict)]


def _meaning(answer: Document) -> Meaning | None:
    if isinstance(answer.get("query"), dict):
        return Query({"query": _used(answer["query"])})
    ambiguous = answer.get("ambiguous")
    if isinstance(ambiguous, dict) and isinstance(ambiguous.get("options"), list):
        options = tuple(str(option)[:MAX_REASON] for option in ambiguous["options"][:MAX_OPTIONS])
        return Ambiguous(str(ambiguous.get("term", ""))[:MAX_REASON], options)
    if isinstance(answer.get("unanswerable"), str):
        return Unanswerable(answer["unanswerable"][:MAX_REASON])
    return Query({"query": _used(answer)}) if "select" in answer or "set" in answer else None


def _used(value: Any) -> Any:
    """Return a query without the keys that the model filled with null, as schemas make it do.

    In a query expression, a condition that is null is the literal NULL.
    """
    if isinstance(value, list):
        return [_used(child) for child in value]
    if not isinstance(value, dict):
        return value
    return {k: _used(v) for k, v in value.items() if v is not None or k in _MAY_BE_NULL}


def read_sql(text: str) -> tuple[str, ...] | Unanswerable:
    """Return what may be the SQL in a reply, the likeliest first; Unanswerable for a refusal.

    Prose around it has the words WITH and SELECT too, so that only a parser knows. A reply that
    begins with another statement is returned too: the gate refuses it by name.
    """
    text = _THOUGHTS.sub("", text).rpartition("</think>")[2]
    text = _TAG.sub("\n```\n", _OTHER_FENCE.sub("```", text))
    if _NO.match(text):
        return Unanswerable("The model answered that it does not know.")
    fenced = [*_FENCE.findall(text), *_INLINE.findall(text), *_in_json(text)]
    parts = [*fenced, text.replace("```", "\n\n") if fenced else text.partition("```")[0]]
    writes = any(map(_WRITES_A_QUERY.match, (*fenced, text)))
    likely = [] if writes else [sql for part in parts for sql in _likely(part)]
    written = [_trimmed(part) for part in (*fenced, text) if _WRITE.match(part)]
    found = tuple(dict.fromkeys(likely or written))[:MAX_SQL]
    if _REFUSAL.search(text) and not any(map(_is_clear, parts)):
        return Unanswerable(" ".join(text.split())[:MAX_REASON])
    return found


def _in_json(text: str) -> list[str]:
    """Return the texts of JSON objects, such as {"sql": "SELECT …"}."""
    waiting: list[Any] = [*_candidates(text)]
    texts = []
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str):
            texts.append(value)
    return texts


def _starts(part: str) -> Iterator[int]:
    """Yield where a query may begin: not inside another one, whose part would be another query."""
    first: int | None = None
    for start in list(_START.finditer(part))[:MAX_CANDIDATES]:
        if not _QUERY.match(part, start.start()):
            continue
        before = "" if first is None else part[first : start.start()]
        is_inside = _BEGUN.search(before) and not _BREAK.search(before)
        if not is_inside and not before.rstrip().endswith(";"):
            yield start.start()
        first = start.start() if first is None else first


def _likely(part: str) -> Iterator[str]:
    """Yield what begins like a query: whole, then up to a `;`, then up to an empty line."""
    for start in _starts(part):
        rest = part[start:]
        yield _trimmed(rest)
        query, _, after = rest.partition(";")
        paragraph = re.split(r"\n\s*\n", rest, maxsplit=1)
        for shorter, left_out in ((query, after), (paragraph[0], "".join(paragraph[1:]))):
            if not _STATEMENT.match(left_out) and not _CLAUSE.match(left_out):
                yield _trimmed(shorter)


def _is_clear(part: str) -> bool:
    """Has it a query of a table that is not words of a sentence, as in "you can't select from"?"""
    for start in _starts(part):
        in_words = part[start].islower() and _IN_WORDS.search(part[:start])
        if not in_words and _FROM.search(part, start):
            return True
    return False


def _trimmed(sql: str) -> str:
    return _MARKS.sub("", sql).strip().rstrip(";").rstrip(". \n;")
