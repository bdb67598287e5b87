"""A provider that plays a prompt's first word, and keeps what it counted for each request."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tests.support.fake_provider import HANG, KEEP, RESET, FakeProvider, Recorded
from tests.support.provider_messages import (
    DONE,
    PIXEL,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    vector,
)

Counts = tuple[int, int]
NOT_COUNTED: tuple[Any, ...] = (
    None,
    "many",
    {"prompt_tokens": "many", "completion_tokens": None},
    {"prompt_tokens": 10**15, "completion_tokens": 10**15},
    {"prompt_tokens": 10**30, "completion_tokens": 1.5},
)
ODD: tuple[tuple[Any, Counts], ...] = (
    ({"prompt_tokens": -3, "completion_tokens": 4}, (0, 4)),
    ({"prompt_tokens": "12", "completion_tokens": 3.0}, (12, 3)),
    ({"prompt_tokens": 5, "completion_tokens": 3,
      "prompt_tokens_details": {"cached_tokens": 50}}, (5, 3)),
)  # fmt: skip
ENDS_EARLY = ("stop", "leave", "drop")
PART = SSE_HEAD + b"".join(event(chunk(word)) for word in ("One", " two", " three"))


@dataclass(frozen=True)
class Asked:
    """A request as the provider saw it. `counts` is None if it reported none that can be used."""

    kind: str
    counts: Counts | None
    images: int = 0
    answers: bool = True  # did it make anything?


class CountingProvider(FakeProvider):
    """`asked` has what was asked, by the request's ID."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, list[Asked]] = defaultdict(list)
        self._random = random.Random(1)
        self._noting = threading.Lock()

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        if not request.asks:
            return super()._steps(request)
        asked, steps = self._play_of(request.path, request.body)
        with self._noting:
            self.asked[request.headers["x-request-id"]].append(asked)
        return steps

    def all(self) -> dict[str, list[Asked]]:
        with self._noting:
            return {name: list(asked) for name, asked in self.asked.items()}

    def _counts(self) -> Counts:
        return self._random.randint(20, 120), self._random.randint(5, 60)

    def _play_of(self, path: str, body: dict[str, Any]) -> tuple[Asked, tuple[Any, ...]]:
        if path == "/v1/images/generations":
            return self._images(body)
        if path == "/v1/embeddings":
            return self._embeddings()
        kind, counts = _kind(body), self._counts()
        stream = bool(body.get("stream"))
        if kind in ENDS_EARLY:
            return Asked(kind, None), (PART if stream else 0, HANG)
        if kind == "error":
            failed = http(500, {"error": {"message": "It failed."}})
            return Asked(kind, None, answers=False), (failed, KEEP)
        if kind == "broken":
            return Asked(kind, None), (PART, 0.01, RESET)
        used: Any = usage_of(counts)
        if kind == "uncounted":
            used, counts_of = self._random.choice(NOT_COUNTED), None
        elif kind == "odd":
            used, counts_of = self._random.choice(ODD)
        else:
            counts_of = counts
        return Asked(kind, counts_of), (answer(used, stream=stream), KEEP)

    def _images(self, body: dict[str, Any]) -> tuple[Asked, tuple[Any, ...]]:
        (given, made), number = self._counts(), body.get("n", 1)
        used = {"input_tokens": given, "output_tokens": made, "total_tokens": given + made}
        if body.get("stream"):
            last = {"type": "image_generation.completed", "b64_json": PIXEL, "usage": used}
            sent = http(200, event(last), "text/event-stream")
            return Asked("image", (given, made), 1), (sent, KEEP)
        sent = http(200, {"created": 1, "data": [{"b64_json": PIXEL}] * number, "usage": used})
        return Asked("image", (given, made), number), (sent, KEEP)

    def _embeddings(self) -> tuple[Asked, tuple[Any, ...]]:
        given, _ = self._counts()
        rows = [{"object": "embedding", "index": 0, "embedding": vector("a")}]
        used = {"prompt_tokens": given, "total_tokens": given}
        sent = http(200, {"object": "list", "data": rows, "model": "fake", "usage": used})
        return Asked("embed", (given, 0)), (sent, KEEP)


def usage_of(counts: Counts) -> dict[str, int]:
    given, made = counts
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def answer(used: Any, *, stream: bool) -> bytes:
    """Return a complete chat answer that reports `used`."""
    if not stream:
        return http(200, completion("Done.", usage=used))
    events = event(chunk("Done.")) + event(chunk(finish="stop"))
    if used is not None:
        events += event({**chunk(), "choices": [], "usage": used})
    return http(200, events + DONE, "text/event-stream")


def _kind(body: dict[str, Any]) -> str:
    """Return the first word of the last message; the portal's own questions are whole answers."""
    content = (body.get("messages") or [{}])[-1].get("content")
    return content.split(" ")[0] if isinstance(content, str) else ""
