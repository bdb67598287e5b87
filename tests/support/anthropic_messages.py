"""The bytes that Anthropic's Messages API sends: events of a stream, and whole messages."""

from __future__ import annotations

import json
from typing import Any


def sent(kind: str, **fields: Any) -> bytes:
    """Return an event of a stream."""
    data = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def begin(**usage: Any) -> bytes:
    usage = {"input_tokens": 7, "output_tokens": 1, **usage}
    message: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "fake",
               "stop_reason": None, "usage": usage}  # fmt: skip
    return sent("message_start", message=message)


def block(index: int, start: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
    """Return the events of one block."""
    parts = [sent("content_block_start", index=index, content_block=start)]
    parts += [sent("content_block_delta", index=index, delta=delta) for delta in deltas]
    return b"".join([*parts, sent("content_block_stop", index=index)])


def words(index: int, *texts: str) -> bytes:
    deltas = [{"type": "text_delta", "text": text} for text in texts]
    return block(index, {"type": "text", "text": ""}, *deltas)


def thought(index: int, *texts: str, signature: str = "c2ln") -> bytes:
    deltas = [{"type": "thinking_delta", "thinking": text} for text in texts]
    start = {"type": "thinking", "thinking": "", "signature": ""}
    return block(index, start, *deltas, {"type": "signature_delta", "signature": signature})


def call(index: int, name: str, *parts: str, **start: Any) -> bytes:
    deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts]
    head = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}, **start}
    return block(index, head, *deltas)


def ending(reason: str | None = "end_turn", **more: Any) -> bytes:
    """Return the reason of the end, and the counts, without the last event."""
    usage = {"output_tokens": 5, **more.pop("usage", {})}
    delta = {"stop_reason": reason, "stop_sequence": None, **more}
    return sent("message_delta", delta=delta, usage=usage)


STOP = sent("message_stop")
OVERLOADED = sent("error", error={"type": "overloaded_error", "message": "Overloaded"})


def stream(*texts: str) -> bytes:
    """Return the events of a whole answer."""
    return b"".join([begin(), sent("ping"), words(0, *texts), ending(), STOP])


def whole(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 7, "output_tokens": 5}
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "fake",
            "content": list(content), "stop_reason": "end_turn", "stop_sequence": None,
            "usage": usage, **more}  # fmt: skip
