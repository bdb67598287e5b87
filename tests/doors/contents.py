"""A value for each field of what requests hold: blocks, items, parts, messages.

Each has a text that is found where the field went.
"""

from __future__ import annotations

import base64
from typing import Any

from doors import messages, responses
from doors.messages import table as messages_table
from doors.ollama import chat
from doors.ollama import table as ollama_table
from doors.responses import contents
from doors.responses.thoughts import closed
from tests.doors.examples import SCHEMA

MARK = "canary"
DATA = base64.b64encode(MARK.encode()).decode()
PIXEL = "iVBORw0KGgo="
MARKED = {"type": "ephemeral", "ttl": MARK}
SIGNED = {"type": "thinking", "thinking": "Hm", "signature": MARK}
CALL = {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "b"}}
TEXT = [{"type": "text", "text": "a"}]


def _source(data: str, media_type: str) -> dict[str, str]:
    return {"type": "base64", "media_type": media_type, "data": data}


# By kind: a plain one, and values of its fields.
BLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"text": "a"}, {"text": MARK, "cache_control": MARKED, "citations": [{"a": MARK}]}),
    "image": ({"source": _source(PIXEL, "image/png")},
              {"source": _source(MARK, "image/png"), "cache_control": MARKED}),
    "document": ({"source": _source(PIXEL, "application/pdf")},
                 {"source": _source(MARK, "application/pdf"), "title": MARK, "context": MARK,
                  "citations": {"enabled": True}, "cache_control": MARKED}),
    "search_result": ({"title": "t", "source": "s", "content": TEXT},
                      {"title": MARK, "source": MARK, "content": [{"type": "text", "text": MARK}],
                       "citations": {"enabled": True}, "cache_control": MARKED}),
    "tool_use": ({"id": "c", "name": "f", "input": {}},
                 {"id": MARK, "name": MARK, "input": {"a": MARK}, "cache_control": MARKED,
                  "caller": {"type": MARK}}),
    "tool_result": ({"tool_use_id": "c", "content": "a"},
                    {"tool_use_id": MARK, "content": MARK, "is_error": True, "cache_control": MARKED}),
    "thinking": ({"thinking": "Hm", "signature": "s"}, {"thinking": MARK, "signature": MARK}),
    "redacted_thinking": ({"data": "x"}, {"data": MARK}),
}  # fmt: skip
SAID = ("tool_use", "thinking", "redacted_thinking")  # blocks of a model's turn
_KEPT = {"id": MARK, "status": MARK}
CALLED = {"call_id": "c", "name": "f", "arguments": "{}"}
ITEMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "message": ({"role": "user", "content": "a"},
                {"role": "system", "content": MARK, "phase": MARK, **_KEPT}),
    "function_call": (CALLED, {"call_id": MARK, "name": MARK, "namespace": MARK, "arguments": MARK, **_KEPT}),
    "custom_tool_call": ({"call_id": "c", "name": "f", "input": "a"},
                         {"call_id": MARK, "name": MARK, "namespace": MARK, "input": MARK, **_KEPT}),
    "function_call_output": ({"call_id": "c", "output": "a"}, {"call_id": MARK, "output": MARK, **_KEPT}),
    "custom_tool_call_output": ({"call_id": "c", "output": "a"},
                                {"call_id": MARK, "output": MARK, "name": MARK, **_KEPT}),
    "reasoning": ({"summary": []},
                  {"summary": [{"type": "summary_text", "text": MARK}],
                   "content": [{"type": "reasoning_text", "text": MARK}],
                   "encrypted_content": closed([SIGNED]), **_KEPT}),
}  # fmt: skip
URL = f"data:image/png;base64,{PIXEL}"
PARTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "input_text": ({"text": "a"}, {"text": MARK}),
    "output_text": ({"text": "a"}, {"text": MARK, "annotations": [{"a": MARK}], "logprobs": [MARK]}),
    "refusal": ({"refusal": "a"}, {"refusal": MARK}),
    "input_image": ({"image_url": URL}, {"image_url": f"data:image/png;base64,{MARK}",
                                         "detail": "low", "file_id": MARK}),
    "input_file": ({"file_data": URL}, {"file_data": MARK, "filename": MARK, "file_id": MARK, "file_url": MARK}),
    "input_audio": ({"input_audio": {"data": "a", "format": "wav"}},
                    {"input_audio": {"data": MARK, "format": "wav"}}),
}  # fmt: skip
TURN: dict[str, Any] = {
    "role": "system", "content": MARK, "images": [DATA], "thinking": MARK,
    "tool_calls": [{"function": {"name": MARK}}], "tool_name": MARK, "tool_call_id": MARK, "name": MARK,
}  # fmt: skip


def read_block(kind: str, fields: dict[str, Any]) -> Any:
    block = {"type": kind, **fields}
    turns = [{"role": "assistant", "content": [block]}] if kind in SAID else []
    turns += [] if kind in SAID else [{"role": "user", "content": [block]}]
    return messages.read({"max_tokens": 9, "messages": [*turns, {"role": "user", "content": "Go on"}],
                          "tools": [{"name": "f", "input_schema": SCHEMA}]})  # fmt: skip


def read_item(kind: str, fields: dict[str, Any]) -> Any:
    call = {"type": "function_call", **CALLED, "call_id": fields.get("call_id")}
    before = [call] if kind.endswith("_output") else []
    after = [{"role": "assistant", "content": "a"}] if kind == "reasoning" else []
    return responses.read({"input": [*before, {"type": kind, **fields}, *after]})


def read_part(kind: str, fields: dict[str, Any]) -> Any:
    return responses.read({"input": [{"role": "user", "content": [{"type": kind, **fields}]}]})


def read_turn(kind: str, fields: dict[str, Any]) -> Any:
    """Read a message; what names a result's call is read in a result."""
    calls = [{"id": MARK, "function": {"name": MARK}}]
    if fields.keys() & {"tool_name", "tool_call_id"}:
        called = {"role": "assistant", "content": "", "tool_calls": calls}
        return chat.read({"messages": [called, {"role": "tool", "content": "a", **fields}]})
    return chat.read({"messages": [{"role": "user", "content": "a", **fields}]})


PLACES: dict[str, tuple[Any, Any, Any]] = {
    "block": (read_block, messages_table.BLOCKS, BLOCKS),
    "item": (read_item, contents.ITEMS, ITEMS),
    "part": (read_part, contents.PARTS, PARTS),
    "message": (read_turn, {"message": ollama_table.MESSAGE}, {"message": ({}, TURN)}),
}
