"""
The portal's doors beside its chat door, on servers of each wire format: whole answers and streams.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

from bench.load import streams
from bench.load.reading import full_speed
from bench.load.requests import closed_loop
from bench.load.tally import Tally, run
from bench.measures.base import Measure, Metric, Values
from bench.measures.streams import FAST_STREAMS
from bench.plan import Plan
from bench.targets.base import Target
from bench.targets.portal import Gateway
from bench.upstream import SHORT_CHUNKS

CALLERS = 64
WARM_SECONDS = 0.1
SHARE = 0.5  # of the plan's seconds: there are many doors
QUESTION = "What is the capital of the country next to ours?"
TURNS = {"messages": [{"role": "user", "content": QUESTION}]}
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """A path, what it is asked, and the provider that answers: `bench` speaks OpenAI's format.

    `repeats`: how often a streamed text is in its events, of which most have it whole, at the end.
    """

    key: str
    path: str
    body: Body
    provider: str = "bench"
    repeats: int = 1

    @property
    def title(self) -> str:
        return f"{self.path} → {self.provider.replace('bench', 'openai')}"

    def to(self, provider: str) -> Door:
        return replace(self, key=f"{self.key}_{provider}", provider=provider)


CHAT = Door("chat", "/v1/chat/completions", TURNS)
MESSAGES = Door("messages", "/v1/messages", {**TURNS, "max_tokens": 100})
RESPONSES = Door("responses", "/v1/responses", {"input": QUESTION}, repeats=5)
COMPLETIONS = Door("completions", "/v1/completions", {"prompt": QUESTION})
OLLAMA = Door("ollama", "/api/chat", TURNS)
NATIVE = (MESSAGES.to("anthropic"), OLLAMA.to("ollama"))
TRANSLATED = (MESSAGES, RESPONSES, OLLAMA)
REFERENCE = CHAT.to("ollama")  # what a translated chunk may cost
DOORS = (CHAT, COMPLETIONS, *TRANSLATED, *NATIVE, REFERENCE)


class Through(Gateway):
    """A started portal, asked through one of its doors."""

    def __init__(self, portal: Target, door: Door) -> None:
        vars(self).update(vars(portal))
        self.door = door
        self.path = door.path

    def body(self, model: str, *, stream: bool = False) -> bytes:
        body = {"model": f"{self.door.provider}:{model}", **self.door.body, "stream": stream}
        return json.dumps(body, separators=(",", ":")).encode()


def doors(target: Target, plan: Plan) -> Values:
    values: Values = {}
    for door in DOORS:
        values |= _values(door, Through(target, door), plan.seconds * SHARE)
    return values


def _values(door: Door, target: Target, seconds: float) -> Values:
    run(closed_loop(target, "fast", CALLERS, WARM_SECONDS))
    whole = run(closed_loop(target, "fast", CALLERS, seconds))
    short = run(full_speed(target, streams.connect, FAST_STREAMS, seconds, "short"))
    chunks = run(full_speed(target, streams.connect, FAST_STREAMS, seconds))
    target.settle()
    key = door.key
    return {
        f"{key}_whole": _cpu(whole, 1e3),
        f"{key}_short": _cpu(short, 1e3) * door.repeats * SHORT_CHUNKS,
        f"{key}_chunk": _cpu(chunks, 1e6) * door.repeats,
        f"{key}_failures": float(whole.failures + short.failures + chunks.failures),
    }


def _cpu(tally: Tally, unit: float) -> float:
    """Return the CPU time of one of what was counted."""
    return tally.cpu / tally.count * unit if tally.count else math.nan


def _metrics(door: Door) -> tuple[Metric, ...]:
    return (
        Metric(f"{door.key}_whole", f"{door.title}: CPU a request", "ms"),
        Metric(f"{door.key}_short", f"{door.title}: CPU a short stream", "ms"),
        Metric(f"{door.key}_chunk", f"{door.title}: CPU a chunk", "µs"),
        Metric(f"{door.key}_failures", f"{door.title}: failed"),
    )


METRICS = tuple(metric for door in DOORS for metric in _metrics(door))
MEASURES = [Measure("doors", doors, METRICS, portal_only=True, slow=True)]
