"""What a provider of each wire format answers at each turn, whole and streamed, as HTTP."""

from __future__ import annotations

import json
from typing import Any

from tests.doors.loops.story import Said
from tests.support import anthropic_messages as api
from tests.support.provider_messages import (
    DONE,
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    ollama_line,
)


def openai(said: Said, turn: int, stream: bool) -> bytes:
    """Return an answer of a gateway that signs thoughts, as LiteLLM's: block by block."""
    calls = [
        {"id": f"call_{turn}_{n}", "type": "function",
         "function": {"name": call.name, "arguments": json.dumps(call.arguments)}}
        for n, call in enumerate(said.calls)
    ]  # fmt: skip
    reason = "tool_calls" if calls else "stop"
    blocks = [{"type": "thinking", "thinking": said.thought, "signature": s} for s in said.signatures]  # fmt: skip
    if not stream:
        message: dict[str, Any] = {"role": "assistant", "content": said.text or None}
        message |= {"reasoning_content": said.thought, "thinking_blocks": blocks} if blocks else {}
        message |= {"tool_calls": calls} if calls else {}
        return http(200, completion(choices=[{"index": 0, "message": message, "finish_reason": reason}]))  # fmt: skip
    deltas: list[dict[str, Any]] = []
    if blocks:
        half = len(said.thought) // 2
        for text, signature in ((said.thought[:half], ""), (said.thought[half:], ""), ("", said.signatures[0])):  # fmt: skip
            block = {"type": "thinking", "thinking": text, "signature": signature}
            deltas.append({"reasoning_content": text, "thinking_blocks": [block]})
    deltas += [{"content": character} for character in said.text]
    for n, call in enumerate(calls):
        deltas.append({"tool_calls": [{"index": n, **call}]})
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    events = [event({**chunk(), "choices": [choice]}) for choice in choices]
    return b"".join([SSE_HEAD, *events, event(chunk(finish=reason)), DONE])


def ollama(said: Said, turn: int, stream: bool) -> bytes:
    calls = [{"function": {"name": call.name, "arguments": call.arguments}} for call in said.calls]
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    message |= {"thinking": said.thought} if said.thought else {}
    if not stream:
        return http(200, ollama_line(done=True, message=message | {"tool_calls": calls}))
    lines = [ollama_line(message={"role": "assistant", "content": "", "thinking": c}) for c in said.thought]  # fmt: skip
    lines += [ollama_line(c) for c in said.text]
    lines += [ollama_line(message={"role": "assistant", "content": "", "tool_calls": [call]}) for call in calls]  # fmt: skip
    written = [json.dumps(row).encode() + b"\n" for row in [*lines, ollama_line(done=True)]]
    return b"".join([NDJSON_HEAD, *written])


def anthropic(said: Said, turn: int, stream: bool) -> bytes:
    reason = "tool_use" if said.calls else "end_turn"
    ids = [f"toolu_{turn}_{n}" for n in range(len(said.calls))]
    redacted = {"type": "redacted_thinking", "data": said.hidden}
    if not stream:
        blocks: list[dict[str, Any]] = [
            {"type": "thinking", "thinking": said.thought, "signature": s} for s in said.signatures
        ]
        blocks += [redacted] if said.hidden else []
        blocks += [{"type": "text", "text": said.text}] if said.text else []
        blocks += [
            {"type": "tool_use", "id": i, "name": call.name, "input": call.arguments}
            for i, call in zip(ids, said.calls, strict=True)
        ]
        return http(200, api.whole(*blocks, stop_reason=reason))
    events = [api.thought(0, *said.thought, signature=s) for s in said.signatures]
    events += [api.block(len(events), redacted)] if said.hidden else []
    events += [api.words(len(events), *said.text)] if said.text else []
    for i, call in zip(ids, said.calls, strict=True):
        parts = [json.dumps(call.arguments)] if call.arguments else []
        events.append(api.call(len(events), call.name, *parts, id=i))
    return b"".join([SSE_HEAD, api.begin(), *events, api.ending(reason), api.STOP])


ANSWERS = {"openai": openai, "ollama": ollama, "anthropic": anthropic}
