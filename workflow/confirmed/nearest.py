"""Which confirmed questions are the nearest to a question: by vectors, else by words. Pure."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from operator import mul

from workflow.meanings.words import words_in

MIN_LETTERS = 3  # shorter words are in most questions


def to_bytes(vector: Iterable[float]) -> bytes:
    """Return a vector of length 1 as float32; empty if it has no direction or is not finite."""
    numbers = [*map(float, vector)]
    length = math.sqrt(sum(map(mul, numbers, numbers)))
    if not length or not math.isfinite(length):
        return b""
    return array("f", (number / length for number in numbers)).tobytes()


def closeness(one: bytes, other: bytes) -> float | None:
    """Return the cosine of two vectors; None if they cannot be compared."""
    if not one or len(one) != len(other):
        return None
    return float(sum(map(mul, _numbers(one), _numbers(other))))


def shared_words(one: str, other: str) -> float:
    """Return which part of the words of two questions is in both, from 0 to 1."""
    first, second = _words(one), _words(other)
    return len(first & second) / max(1, len(first | second))


def best(scores: Sequence[float], number: int) -> list[int]:
    """Return the places of the highest scores above 0, the highest first."""
    places = sorted(range(len(scores)), key=lambda place: -scores[place])
    return [place for place in places if scores[place] > 0][:number]


def _numbers(vector: bytes) -> array[float]:
    numbers = array("f")
    numbers.frombytes(vector)
    return numbers


def _words(text: str) -> set[str]:
    return {word for word in words_in(text) if len(word) >= MIN_LETTERS}
