"""What providers send for an answer, in each wire format: whole, and streamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.doors.pairs.meaning import Answer, pieces
from tests.support import anthropic_messages as messages
from tests.support.provider_messages import DONE, event, line

REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use",
           "content_filter": "refusal"}  # fmt: skip


def openai(answer: Answer, random: Random) -> bytes:
    words = "refusal" if answer.refusal else "content"
    deltas: list[Any] = [{"role": "assistant", "content": ""}]
    deltas += [{"reasoning_content": text} for text in pieces(random, answer.thought)]
    deltas += [{words: text} for text in pieces(random, answer.text)]
    deltas += _call_deltas(answer, random)
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": answer.finish}]})
    if answer.usage:
        _add_usage(chunks, answer, random)
    return b"".join([*map(event, chunks), DONE])


def _call_deltas(answer: Answer, random: Random) -> list[Any]:
    """Return the parts of calls, one after the other, or of all at the same time."""
    rows: list[list[Any]] = []
    for index, call in enumerate(answer.calls):
        head = {"index": index, "id": f"call_{index}", "type": "function"}
        parts = pieces(random, call.text)
        deltas = [{**head, "function": {"name": call.name, "arguments": ""}}]
        deltas += [{"index": index, "function": {"arguments": text}} for text in parts]
        rows.append([{"tool_calls": [delta]} for delta in deltas])
    if random.random() < 0.5:
        return [delta for deltas in rows for delta in deltas]
    order = [index for index, deltas in enumerate(rows) for _ in deltas[1:]]
    random.shuffle(order)
    return [deltas.pop(0) for deltas in rows] + [rows[index].pop(0) for index in order]


def _add_usage(chunks: list[dict[str, Any]], answer: Answer, random: Random) -> None:
    """Add the counts: after the end, with it, at the beginning, or growing from part to part."""
    place = random.choice(("after", "last", "first", "growing"))
    counted = _usage(answer)
    if place == "after":
        chunks.append({"choices": [], "usage": counted})
    elif place != "growing":
        chunks[0 if place == "first" else -1]["usage"] = counted
    else:
        for number, chunk in enumerate(chunks):
            chunk["usage"] = {**counted, "completion_tokens": number}
        chunks[-1]["usage"] = counted


def openai_whole(answer: Answer) -> Any:
    calls = [
        {"id": f"call_{n}", "type": "function",
         "function": {"name": call.name, "arguments": call.text}}
        for n, call in enumerate(answer.calls)
    ]  # fmt: skip
    words = "refusal" if answer.refusal else "content"
    message: dict[str, Any] = {"role": "assistant", "content": None, words: answer.text or None}
    message |= {"reasoning_content": answer.thought} if answer.thought else {}
    message |= {"tool_calls": calls} if calls else {}
    choice = {"index": 0, "message": message, "finish_reason": answer.finish}
    counted = {"usage": _usage(answer)} if answer.usage else {}
    return {"object": "chat.completion", "choices": [choice], **counted}


def ollama(answer: Answer, random: Random) -> bytes:
    parts: list[dict[str, Any]] = [
        {"content": "", "thinking": text} for text in pieces(random, answer.thought)
    ]
    parts += [{"content": text} for text in pieces(random, answer.text)]
    lines: list[dict[str, Any]] = [
        {"message": {"role": "assistant", **part}, "done": False} for part in parts
    ]
    if answer.calls:
        message = {"role": "assistant", "content": "", "tool_calls": _ollama_calls(answer)}
        lines.append({"message": message, "done": False})
    return b"".join(map(line, [*lines, _ollama_end(answer, {"content": ""})]))


def ollama_whole(answer: Answer) -> Any:
    message: dict[str, Any] = {"content": answer.text}
    message |= {"thinking": answer.thought} if answer.thought else {}
    message |= {"tool_calls": _ollama_calls(answer)} if answer.calls else {}
    return _ollama_end(answer, message)


def anthropic(answer: Answer, random: Random) -> bytes:
    blocks: list[bytes] = []
    if answer.thought:
        blocks.append(messages.thought(0, *pieces(random, answer.thought)))
    if answer.text:
        blocks.append(messages.words(len(blocks), *pieces(random, answer.text)))
    for call in answer.calls:
        parts = pieces(random, json.dumps(call.arguments))
        blocks.append(messages.call(len(blocks), call.name, *parts))
    prompt, cached, new = answer.usage or (0, 0, 0)
    counted = {"input_tokens": prompt, "cache_read_input_tokens": cached}
    is_late = random.random() < 0.3  # some servers count the prompt at the end
    begin = messages.begin(**dict.fromkeys(counted, 0) if is_late else counted)
    counted = {"output_tokens": new, **(counted if is_late else {})}
    ending = messages.ending(REASONS[answer.finish], usage=counted)
    return b"".join([begin, *blocks, ending, messages.STOP])


def anthropic_whole(answer: Answer) -> Any:
    blocks: list[dict[str, Any]] = []
    if answer.thought:
        blocks.append({"type": "thinking", "thinking": answer.thought, "signature": "c2ln"})
    if answer.text:
        blocks.append({"type": "text", "text": answer.text})
    blocks += [
        {"type": "tool_use", "id": f"toolu_{n}", "name": call.name, "input": call.arguments}
        for n, call in enumerate(answer.calls)
    ]
    prompt, cached, new = answer.usage or (0, 0, 0)
    usage = {"input_tokens": prompt, "cache_read_input_tokens": cached, "output_tokens": new}
    return messages.whole(*blocks, stop_reason=REASONS[answer.finish], usage=usage)


def _usage(answer: Answer) -> dict[str, Any]:
    prompt, cached, new = answer.usage or (0, 0, 0)
    return {
        "prompt_tokens": prompt + cached,
        "completion_tokens": new,
        "total_tokens": prompt + cached + new,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def _ollama_calls(answer: Answer) -> list[dict[str, Any]]:
    return [{"function": {"name": c.name, "arguments": c.arguments}} for c in answer.calls]


def _ollama_end(answer: Answer, message: dict[str, Any]) -> dict[str, Any]:
    reason = "stop" if answer.finish == "tool_calls" else answer.finish
    prompt, cached, new = answer.usage or (0, 0, 0)
    counts = {"prompt_eval_count": prompt + cached, "eval_count": new} if answer.usage else {}
    return {"model": "fake", "message": {"role": "assistant", **message}, "done": True,
            "done_reason": reason, **counts}  # fmt: skip


Streamed = Callable[[Answer, Random], bytes]
Whole = Callable[[Answer], Any]
PROVIDERS: dict[str, tuple[Streamed, Whole]] = {
    "openai": (openai, openai_whole),
    "ollama": (ollama, ollama_whole),
    "anthropic": (anthropic, anthropic_whole),
}
