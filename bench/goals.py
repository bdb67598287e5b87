"""What the portal should reach, as ratios within one run, and whether it does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.figures import median
from bench.measures.doors import CHAT, COMPLETIONS, NATIVE, REFERENCE, TRANSLATED, Door
from bench.run import Results

Value = Callable[[Results], float]
TUNED, PORTKEY = "litellm_tuned", "portkey"
FERRO, ROLTER, TENSORZERO = "ferro", "rolter", "tensorzero"


@dataclass(frozen=True, slots=True)
class Goal:
    """`value` is met at `limit` or beyond it; not a number where it was not measured."""

    group: str
    title: str
    value: Value
    limit: float
    least: bool = False  # else at most
    unit: str = ""

    def verdict(self, value: float) -> str:
        if math.isnan(value):
            return "not measured"
        return "met" if (value >= self.limit if self.least else value <= self.limit) else "missed"


def middle(results: Results, target: str, metric: str) -> float:
    """Return the median of the rounds."""
    return median(results.values.get(target, {}).get(metric, []))


def of(metric: str, target: str = "portal") -> Value:
    return lambda results: middle(results, target, metric)


def over_direct(metric: str, target: str = "portal") -> Value:
    return lambda results: middle(results, target, metric) - middle(results, "direct", metric)


def times(first: Value, second: Value) -> Value:
    """Return the quotient of two values."""
    return lambda results: first(results) / (second(results) or math.nan)


def cheaper(metric: str, peer: str) -> Value:
    return times(of(metric, peer), of(metric))


def beside(metric: str, peer: str) -> Value:
    return times(of(metric), of(metric, peer))


R = "1 requests"
S = "2 streams"
W = "3 WebSockets"
C = "4 start and size"
D = "5 doors"


WORDS = {"whole": "a request", "short": "a short stream", "chunk": "a chunk"}


def beside_chat(metric: str, door: Door, limit: float, reference: Door = CHAT) -> Goal:
    """Return the goal that a door takes at most `limit` times as much as the chat door."""
    title = f"{door.title}: {WORDS[metric]}, times {reference.title}"
    value = times(of(f"{door.key}_{metric}"), of(f"{reference.key}_{metric}"))
    return Goal(D, title, value, limit)


COMPILED = (
    Goal(R, "64 callers: CPU a request, times TensorZero's", beside("many_cpu", TENSORZERO), 1.1),
    Goal(R, "64 callers: CPU a request, times rolter's", beside("many_cpu", ROLTER), 1.8),
    Goal(R, "64 callers: CPU a request, times Ferro's", beside("many_cpu", FERRO), 0.67),
    Goal(R, "1 caller: median, times TensorZero's", beside("one_p50", TENSORZERO), 1.05),
    Goal(S, "200 streams: CPU a chunk, times rolter's", beside("paced_cpu", ROLTER), 1.5),
    *(
        Goal(S, f"full speed: CPU a chunk, times {peer}'s", beside("full_cpu", peer), 1.0)
        for peer in (ROLTER, TENSORZERO, FERRO, "nginx")
    ),
)
DOORS = (
    *(beside_chat("whole", door, 1.3) for door in (COMPLETIONS, *TRANSLATED, *NATIVE)),
    *(beside_chat("short", door, 1.3) for door in (COMPLETIONS, *TRANSLATED, *NATIVE)),
    *(beside_chat("chunk", door, 1.1) for door in (COMPLETIONS, *NATIVE)),  # a tenth is noise
    *(beside_chat("chunk", door, 1.0, REFERENCE) for door in TRANSLATED),
)
GOALS = (
    Goal(R, "64 callers: requests/s, times tuned LiteLLM's",
         times(of("many_rate"), of("many_rate", TUNED)), 30, least=True),
    Goal(R, "64 callers: requests/s, times Portkey's",
         times(of("many_rate"), of("many_rate", PORTKEY)), 5, least=True),
    Goal(R, "64 callers: tuned LiteLLM's CPU a request, times the portal's",
         cheaper("many_cpu", TUNED), 30, least=True),
    Goal(R, "64 callers: Portkey's CPU a request, times the portal's",
         cheaper("many_cpu", PORTKEY), 5, least=True),
    Goal(R, "1 caller: tuned LiteLLM adds to the median, times the portal",
         times(over_direct("one_p50", TUNED), over_direct("one_p50")), 15, least=True),
    Goal(R, "1 caller: Portkey adds to the median, times the portal",
         times(over_direct("one_p50", PORTKEY), over_direct("one_p50")), 3, least=True),
    Goal(R, "8 callers, model takes 50 ms: median over direct", over_direct("slow_p50"), 3,
         unit="ms"),
    Goal(S, "full speed: tuned LiteLLM's CPU a chunk, times the portal's",
         cheaper("full_cpu", TUNED), 80, least=True),
    Goal(S, "full speed: Portkey's CPU a chunk, times the portal's",
         cheaper("full_cpu", PORTKEY), 4, least=True),
    Goal(S, "200 streams: delivered", of("paced_delivered"), 100, least=True, unit="%"),
    Goal(S, "200 streams: 99 % of chunks are no later than", of("paced_p99"), 3, unit="ms"),
    Goal(S, "200 streams: … where without the portal it is", of("paced_p99", "direct"), 2,
         unit="ms"),
    Goal(S, "200 streams: tuned LiteLLM's CPU a chunk, times the portal's",
         cheaper("paced_cpu", TUNED), 9, least=True),
    Goal(S, "200 streams: Portkey's CPU a chunk, times the portal's",
         cheaper("paced_cpu", PORTKEY), 2, least=True),
    Goal(W, "full speed: CPU a chunk", of("ws_full_cpu"), 20, unit="µs"),
    Goal(W, "200 sockets: CPU a chunk", of("ws_paced_cpu"), 180, unit="µs"),
    Goal(W, "1,000 idle sockets: memory", of("idle_rss"), 45, unit="MB"),
    Goal(C, "CPU until the first answer", of("start_cpu"), 0.6, unit="s"),
    Goal(C, "memory after the first answer", of("start_rss"), 90, unit="MB"),
    Goal(C, "10,000 models, unchanged, read again", of("again_10000"), 150, unit="ms"),
    *COMPILED,
    *DOORS,
)  # fmt: skip
