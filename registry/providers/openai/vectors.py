"""
The vectors of an answer of OpenAI's `/embeddings`: numbers, base64, one level deeper, in any order.
"""

from __future__ import annotations

import base64
import json
import math
from array import array
from operator import itemgetter
from typing import Any

import msgspec

from core.json_values import loads
from registry.providers.openai.values import counts
from registry.providers.wire import Embeddings


class _Vector(msgspec.Struct):
    embedding: list[float]
    index: int


class _Vectors(msgspec.Struct):
    data: list[_Vector]
    model: str | None = None
    usage: dict[str, Any] | None = None


def read_vectors(data: bytes) -> Embeddings | None:
    """Return the vectors in the order of the inputs, or None if `data` holds none."""
    try:
        answer = msgspec.json.decode(data, type=_Vectors)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _read_odd(data)
    vectors = [row.embedding for row in sorted(answer.data, key=lambda row: row.index)]
    if not all(vectors):  # OpenRouter, for models without base64
        return None
    return Embeddings(vectors, answer.model, counts(answer.usage))


def _read_odd(data: bytes) -> Embeddings | None:
    try:
        answer = json.loads(data)
        answer = loads(answer) if isinstance(answer, str) else answer  # encoded twice
        rows = answer["data"]
        vectors = [_vector(row["embedding"]) for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    indexes = [row.get("index") for row in rows]
    if all(type(index) is int for index in indexes):
        vectors = [
            vector for _, vector in sorted(zip(indexes, vectors, strict=True), key=itemgetter(0))
        ]
    model, usage = answer.get("model"), answer.get("usage")
    return Embeddings(
        vectors,
        model if isinstance(model, str) else None,
        counts(usage),
    )


def _vector(value: Any) -> list[float]:
    """Return a vector's numbers. Raises ValueError or TypeError if they are none."""
    if isinstance(value, str):
        value = array("f", base64.b64decode(value, validate=True)).tolist()  # little-endian
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]  # llama.cpp, with pooling
    numbers = msgspec.convert(value, list[float])
    if not numbers or not all(map(math.isfinite, numbers)):
        raise ValueError("no numbers")
    return numbers
