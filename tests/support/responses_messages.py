"""The bytes that servers of OpenAI's Responses API send: events of a stream, and whole responses."""

from __future__ import annotations

import json
from typing import Any

USAGE = {
    "input_tokens": 7, "input_tokens_details": {"cached_tokens": 4},
    "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 12,
}  # fmt: skip


def whole(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "resp_up", "object": "response", "created_at": 1, "status": "completed",
            "error": None, "incomplete_details": None, "model": "fake", "output": list(items),
            "usage": USAGE, **more}  # fmt: skip


def message(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": "msg_up", "type": "message", "role": "assistant", "status": "completed",
            "content": [part]}  # fmt: skip


def reasoning(text: str) -> dict[str, Any]:
    return {"id": "rs_up", "type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}


def call(number: int, name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"fc_{number}", "type": "function_call", "status": "completed", "name": name,
            "call_id": f"call_{number}", "arguments": arguments}  # fmt: skip


class Stream:
    """Writes the events of one response, with their numbers."""

    def __init__(self) -> None:
        self.number = 0
        self.items: list[dict[str, Any]] = []

    def event(self, kind: str, **fields: Any) -> bytes:
        data = {"type": kind, "sequence_number": self.number, **fields}
        self.number += 1
        return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

    def begin(self) -> bytes:
        response = whole(status="in_progress", usage=None)
        kinds = ("response.created", "response.in_progress")
        return b"".join(self.event(kind, response=response) for kind in kinds)

    def item(self, item: dict[str, Any], kind: str, *parts: str) -> bytes:
        """Return the events of an item whose text comes in parts, as deltas of `kind`."""
        index = len(self.items)
        self.items.append(item)
        place = {"item_id": item["id"], "output_index": index}
        return b"".join([
            self.event("response.output_item.added", output_index=index, item={"id": item["id"], "type": item["type"]}),
            *(self.event(f"response.{kind}.delta", delta=part, **place) for part in parts),
            self.event("response.output_item.done", output_index=index, item=item),
        ])  # fmt: skip

    def words(self, *texts: str) -> bytes:
        return self.item(message("".join(texts)), "output_text", *texts)

    def end(self, status: str = "completed", **more: Any) -> bytes:
        return self.event(f"response.{status}", response=whole(*self.items, status=status, **more))


def stream(*texts: str) -> bytes:
    """Return the events of a whole response."""
    events = Stream()
    return b"".join([events.begin(), events.words(*texts), events.end()])
