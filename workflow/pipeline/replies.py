"""
What a model wrote → what it means. Models write prose, fences and thoughts around what was asked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

MOST_OPTIONS = 10
LONGEST = 500  # characters of a reason
_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL)  # any word behind it; may be open
_MARKS = re.compile(r"</?s>|<\|[a-z0-9_]{1,30}\|>|\[/?(?:SQL|INST)\]", re.IGNORECASE)
_START = re.compile(r"\b(select|with)\b", re.IGNORECASE)
_WRITE = re.compile(
    r"\s*(?:drop|delete|insert|update|alter|create|truncate|replace|merge|grant)\s+\w",
    re.IGNORECASE,
)
_NO = re.compile(r"\s*i do(?: not|n't) know\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A word of the question has several meanings, of which somebody has to choose one."""

    term: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """The tables cannot answer the question."""

    reason: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query expression as the model wrote it: anything, before it is judged."""

    document: dict[str, Any]


Meaning = Query | Ambiguous | Unanswerable


def read_reply(text: str) -> Meaning | None:
    """Return what a reply means that should be JSON; None where it has no such object."""
    for candidate in _candidates(_THOUGHTS.sub("", text)):
        found = candidate.get("answer", candidate)
        if isinstance(found, dict) and (meaning := _meaning(found)):
            return meaning
    return None


def _candidates(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects in `text`, fenced ones first."""
    decoder = json.JSONDecoder()
    found: list[Any] = []
    for part in [*_FENCE.findall(text), text]:
        start = part.find("{")
        while start >= 0 and len(found) < 5:
            try:
                value, end = decoder.raw_decode(part, start)
            except (ValueError, RecursionError):
                break
            found.append(value)
            start = part.find("{", end)
    return [value for value in found if isinstance(value, dict)]


def _meaning(found: dict[str, Any]) -> Meaning | None:
    if isinstance(found.get("query"), dict):
        return Query({"query": found["query"]})
    ambiguous = found.get("ambiguous")
    if isinstance(ambiguous, dict) and isinstance(ambiguous.get("options"), list):
        options = tuple(str(option)[:LONGEST] for option in ambiguous["options"][:MOST_OPTIONS])
        return Ambiguous(str(ambiguous.get("term", ""))[:LONGEST], options)
    if isinstance(found.get("unanswerable"), str):
        return Unanswerable(found["unanswerable"][:LONGEST])
    return Query({"query": found}) if "select" in found or "set" in found else None


def read_sql(text: str) -> str | Unanswerable | None:
    """Return the SQL in a reply: what is fenced, else from the first SELECT or WITH on.

    A reply that begins with another statement is returned too: whoever reads it names it.
    """
    text = _THOUGHTS.sub("", text)
    if _NO.match(text):
        return Unanswerable("The model says that it does not know.")
    fenced = _FENCE.findall(text)
    for part in fenced:
        if _START.search(part):
            return _trimmed(part)
    if start := _START.search(text):
        return _trimmed(text[start.start() :].partition("```")[0])
    return next((_trimmed(part) for part in (*fenced, text) if _WRITE.match(part)), None)


def _trimmed(sql: str) -> str:
    return _MARKS.sub("", sql).strip().rstrip(";").strip()
