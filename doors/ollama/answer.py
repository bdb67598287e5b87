"""What Ollama's answers have in common: times, counts, why they end, tool calls."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from registry.providers import requested

if TYPE_CHECKING:
    from doors.ollama.fields import Timed
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body

CALLED = ("tool_calls", "function_call")  # no reasons of Ollama's: an answer with calls stops


def head(model: str) -> Body:
    """Return the fields that every line begins with."""
    second, rest = divmod(time.time_ns(), 10**9)
    return {"model": model, "created_at": f"{_written(second)}.{rest:09}Z"}


@lru_cache(maxsize=1)
def _written(second: int) -> str:
    """Return a Unix time as text. Many lines are of the same second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def closing(asked: Timed, first: int | None, reason: str | None, usage: Body | None) -> Body:
    """Return the fields of an answer's end. `first` is when its first piece came.

    The times, in nanoseconds, are measured here: a provider's own are not known.
    """
    now = time.perf_counter_ns()
    begun = asked.began if first is None else first
    usage = usage or {}
    counts = {
        "prompt_eval_count": usage.get("prompt_tokens"),
        "eval_count": usage.get("completion_tokens"),
    }
    return {
        "done": True,
        "done_reason": "stop" if reason in (None, *CALLED) else reason,
        "total_duration": now - asked.began,
        "load_duration": 0,
        "prompt_eval_duration": begun - asked.began,
        "eval_duration": now - begun,
        **{name: count for name, count in counts.items() if count is not None},
    }


def calls(whole: list[Call]) -> Body:
    """Return the tool calls of a message, with their arguments as objects."""
    if not whole:
        return {}
    rows = []
    for number, call in enumerate(whole):
        arguments = requested.arguments({"arguments": call.function.arguments})
        function = {"index": number, "name": call.function.name, "arguments": arguments}
        rows.append({**({"id": call.id} if call.id else {}), "function": function})
    return {"tool_calls": rows}


def thinking(piece: Piece) -> Body:
    """Return the thought of a whole answer. Signatures have no field."""
    text = piece.reasoning or "".join(str(b.get("thinking") or "") for b in piece.thoughts)
    return {"thinking": text} if text else {}


def logprobs(piece: Piece) -> Body:
    return {"logprobs": piece.logprobs} if piece.logprobs else {}
