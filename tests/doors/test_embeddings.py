"""Random texts through both APIs of vectors, onto both wire formats: vectors and order stay."""

from __future__ import annotations

import base64
import struct
from random import Random
from typing import Any

import pytest

from tests.doors.pairs.meaning import random_text
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http

CASES = 10
PAIRS = [(door, wire) for door in ("/v1/embeddings", "/api/embed") for wire in ("openai", "ollama")]
MODELS = {"openai": "fake:embedder", "ollama": "pond:newt:1b"}


def answered(wire: str, vectors: list[list[float]], random: Random) -> dict[str, Any]:
    """Return what a server answers; OpenAI's rows may come in any order."""
    if wire == "ollama":
        return {"model": "fake", "embeddings": vectors, "prompt_eval_count": 7}
    rows = [{"object": "embedding", "index": n, "embedding": v} for n, v in enumerate(vectors)]
    random.shuffle(rows)
    return {"object": "list", "data": rows, "model": "fake",
            "usage": {"prompt_tokens": 7, "total_tokens": 7}}  # fmt: skip


def understood(door: str, body: dict[str, Any]) -> tuple[list[list[float]], int]:
    """Return the vectors that a caller reads, and the tokens of the texts."""
    if door == "/api/embed":
        return body["embeddings"], body["prompt_eval_count"]
    rows = sorted(body["data"], key=lambda row: row["index"])
    return [_floats(row["embedding"]) for row in rows], body["usage"]["prompt_tokens"]


def _floats(vector: Any) -> list[float]:
    if not isinstance(vector, str):
        return [float(number) for number in vector]
    data = base64.b64decode(vector)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


@pytest.mark.parametrize(("door", "wire"), PAIRS)
def test_vectors_and_their_order_stay(
    portal: Portal, fake: FakeProvider, door: str, wire: str
) -> None:
    for case in range(CASES):
        random = Random(f"{door} {wire} {case}")
        texts = [random_text(random) for _ in range(random.randint(1, 5))]
        vectors = [[random.randint(-64, 64) / 32 for _ in range(4)] for _ in texts]
        form = {"encoding_format": "base64"} if door.startswith("/v1") and case % 2 else {}
        fake.script(http(200, answered(wire, vectors, random)), KEEP)
        answer = portal.post(door, {"model": MODELS[wire], "input": texts, **form})
        assert answer.status_code == 200, answer.text
        assert fake.posts[-1].body["input"] == texts
        assert understood(door, answer.json()) == (vectors, 7), case


@pytest.mark.parametrize(("door", "wire"), PAIRS)
def test_dimensions_reach_the_server(
    portal: Portal, fake: FakeProvider, door: str, wire: str
) -> None:
    portal.post(door, {"model": MODELS[wire], "input": "a", "dimensions": 3})
    assert fake.posts[-1].body["dimensions"] == 3
