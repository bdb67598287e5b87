"""
What a prompt says of meanings: only what a question seems to be about, within bounds. Pure.

It is written as remarks below the schema's CREATE TABLE statements, which every model's prompt has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from workflow.meanings.meanings import SourceMeanings
from workflow.meanings.names import column_of
from workflow.meanings.words import Words

MAX_LINES, MAX_CHARACTERS = 30, 4_000
MAX_LINE = 400  # characters
EXACT, SHARED = 10, 1  # what a whole name, and one word of it, is worth
_SQL = "What words mean here."
_MEASURE = (
    "Write a measure as MEASURE(name), as in SELECT MEASURE({}). The filters and joins that it"
    " needs are added."
)
_IR = 'What words mean here. A measure is {"measure": "name"}, a dimension {"dimension": "name"}.'
_MORE = "{} more definitions are left out."


class Remarks(NamedTuple):
    """The text, and the names of definitions that match and did not fit."""

    text: str = ""
    left_out: tuple[str, ...] = ()


class _Line(NamedTuple):
    score: int
    name: str
    text: str


def remarks(
    meanings: SourceMeanings,
    question: str,
    *,
    local: bool,
    sql: bool = True,
    room: int = MAX_CHARACTERS,
) -> Remarks:
    """Return what a prompt for a question says, in about `room` characters.

    `local`: the model may see all values. `sql`: it writes SQL, and no query expression.
    """
    lines = [*_lines(meanings, Words(question), local, sql)]
    matching = sorted((line for line in lines if line.score), key=lambda line: -line.score)
    kept = _fitting(matching, min(room, MAX_CHARACTERS))
    if not kept:
        return Remarks(left_out=tuple(line.name for line in matching))
    left = len(lines) - len(kept)
    texts = [_head(kept) if sql else _IR, *(line.text for line in kept)]
    texts += [_MORE.format(left)] * bool(left)
    text = "\n".join(f"-- {one}" for one in texts)
    return Remarks(text, tuple(line.name for line in matching[len(kept) :]))


def _fitting(lines: list[_Line], room: int) -> list[_Line]:
    """Return the first lines, as many as fit."""
    kept, size = [], 0
    for line in lines[:MAX_LINES]:
        size += len(line.text)
        if size > room:
            break
        kept.append(line)
    return kept


def _lines(meanings: SourceMeanings, words: Words, local: bool, sql: bool) -> Iterator[_Line]:
    """Yield a line for each definition; one with score 0 has nothing to do with the question."""
    config = meanings.config
    for name, measure in config.measures.items():
        called = f"MEASURE({name})" if sql else json.dumps({"measure": name})
        # Models that see its SQL copy that, and forget its filter.
        about = measure.description if sql and measure.description else _about(measure)
        yield _definition(f"measure {name}", called, about, measure, words)
    for name, dimension in config.dimensions.items():
        called = name if sql else json.dumps({"dimension": name})
        yield _definition(f"dimension {name}", called, _about(dimension), dimension, words)
    for column, codes in config.codes.items():
        listed = ", ".join(f"{code} is {label}" for code, label in codes.items())
        score = _score(words, (column_of(column)[1], *codes.values()))
        yield _line(score, f"codes of {column}", f"{column}: {listed}")
    for name, synonyms in config.synonyms.items():
        score = EXACT * words.has_any(synonyms)
        yield _line(score, f"synonyms of {name}", f"{name} is also called {', '.join(synonyms)}")
    for column, values in config.values.items():
        if local or not values.local:
            some = ", ".join(f"'{sample}'" for sample in values.samples)
            score = _score(words, (column_of(column)[1], *values.samples))
            yield _line(score, f"values of {column}", f"{column} has values such as {some}")


def _definition(name: str, called: str, about: str, one: Any, words: Words) -> _Line:
    also = f"; also called {', '.join(one.synonyms)}" if one.synonyms else ""
    score = _score(words, (name.split()[1], *one.synonyms))
    return _line(score, name, f"{called} is {about}{also}")


def _about(one: Any) -> str:
    rows = f" for rows where {_written(one.filter)}" if getattr(one, "filter", None) else ""
    about = f": {one.description}" if one.description else ""
    return f"{_written(one.expr)}{rows}{about}"


def _head(lines: list[_Line]) -> str:
    """Return the first line for models that write SQL, with an example of a measure."""
    names = [line.name.split()[1] for line in lines if line.name.startswith("measure ")]
    return f"{_SQL} {_MEASURE.format(names[0])}" if names else _SQL


def _score(words: Words, names: tuple[str, ...]) -> int:
    return EXACT * words.has_any(names) + SHARED * words.shared(names)


def _written(expr: Any) -> str:
    return expr if isinstance(expr, str) else json.dumps(expr, ensure_ascii=False)


def _line(score: int, name: str, text: str) -> _Line:
    one = " ".join(text.split())
    return _Line(score, name, one if len(one) <= MAX_LINE else f"{one[: MAX_LINE - 1]}…")
