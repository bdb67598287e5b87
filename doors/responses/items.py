"""
Translates the items of `input` into OpenAI's messages.

Items of the model that follow each other (a thought, text, calls) are one message. Images in the
output of a tool follow in a user's message: the chat's tools return text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from core.text import quote
from doors.door import plainest
from doors.responses import thoughts
from doors.responses.tools import INPUT

if TYPE_CHECKING:
    from registry.providers.wire import Body

TEXTS = ("input_text", "output_text", "text", "summary_text", "reasoning_text")
ROLES = ("user", "assistant", "system", "developer")
# Work of a server's own tools, which only that server reads.
HOSTED = ("web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call",
          "computer_call", "computer_call_output", "mcp_list_tools", "mcp_call",
          "mcp_approval_request", "mcp_approval_response", "tool_search_call",
          "tool_search_output")  # fmt: skip


class Items:
    """Adds items one after the other. `messages` is the conversation, `dropped` what it lacks."""

    def __init__(self) -> None:
        self.messages: list[Body] = []
        self.dropped: list[str] = []
        self.images: list[Body] = []  # of outputs, until the next item that is none

    def add(self, item: Any, place: str) -> None:
        """Raise PortalError for an item that cannot be carried."""
        if not isinstance(item, dict):
            raise refused(f"{place}: an item is an object.", place)
        kind = item.get("type") or ("message" if "role" in item else None)
        if kind in HOSTED:
            self.dropped.append(f"input.{kind}")
            return
        if kind == "item_reference":
            message = "the portal keeps no responses. Send the items themselves: `store: false`."
            raise refused(f"{place}: {message}", place)
        reader = READERS.get(str(kind))
        if reader is None:
            raise refused(f"{place}.type: {quote(str(kind))} is not an item of this place.", place)
        if kind not in OUTPUTS:
            self.flush()
        reader(self, item, place)

    def flush(self) -> None:
        """Add the images of outputs, after the last of them."""
        if self.images:
            self.messages.append({"role": "user", "content": self.images})
            self.images = []

    def _message(self, item: Body, place: str) -> None:
        role, content = item.get("role"), item.get("content")
        if role not in ROLES:
            raise refused(f"{place}.role is one of {', '.join(ROLES)}.", place)
        parts = content if isinstance(content, str) else self._parts(content, f"{place}.content")
        if role == "assistant":
            text = parts if isinstance(parts, str) else "".join(p.get("text", "") for p in parts)
            message = self._assistant()
            message["content"] = (message["content"] or "") + text
        else:
            self.messages.append({"role": role, "content": plainest(parts)})

    def _assistant(self) -> Body:
        """Return the model's message that is under way, or a new one."""
        if not self.messages or self.messages[-1]["role"] != "assistant":
            self.messages.append({"role": "assistant", "content": None})
        return self.messages[-1]

    def _call(self, item: Body, place: str) -> None:
        arguments = item.get("arguments") or "{}"
        self._add_call(item, arguments if isinstance(arguments, str) else json.dumps(arguments))

    def _custom_call(self, item: Body, place: str) -> None:
        self._add_call(item, json.dumps({INPUT: item.get("input") or ""}, ensure_ascii=False))

    def _add_call(self, item: Body, arguments: str) -> None:
        function = {"name": item.get("name"), "arguments": arguments}
        call = {"id": item.get("call_id"), "type": "function", "function": function}
        self._assistant().setdefault("tool_calls", []).append(call)

    def _output(self, item: Body, place: str) -> None:
        output = item.get("output")
        parts = self._parts([{"type": "input_text", "text": output}] if isinstance(output, str)
                            else output or [], f"{place}.output")  # fmt: skip
        text = "".join(part["text"] for part in parts if part["type"] == "text")
        self.images += [part for part in parts if part["type"] != "text"]
        identifier = item.get("call_id")
        self.messages.append({"role": "tool", "tool_call_id": identifier, "content": text})

    def _reasoning(self, item: Body, place: str) -> None:
        rows = [*(item.get("summary") or ()), *(item.get("content") or ())]
        text = "".join(row.get("text") or "" for row in rows if isinstance(row, dict))
        if text:
            self._assistant()["reasoning_content"] = text
        if blocks := thoughts.opened(item.get("encrypted_content")):
            self._assistant()["thinking_blocks"] = blocks

    def _parts(self, content: Any, place: str) -> list[Body]:
        if not isinstance(content, list):
            raise refused(f"{place}: it is text, or a list of parts.", place)
        return [_part(part, f"{place}[{number}]") for number, part in enumerate(content)]


READERS = {
    "message": Items._message,
    "function_call": Items._call,
    "custom_tool_call": Items._custom_call,
    "function_call_output": Items._output,
    "custom_tool_call_output": Items._output,
    "reasoning": Items._reasoning,
}
OUTPUTS = ("function_call_output", "custom_tool_call_output")


def _part(part: Any, place: str) -> Body:
    kind = part.get("type") if isinstance(part, dict) else None
    if "file_id" in (part or ()) and part["file_id"]:
        message = "the file of an ID may be another user's. Send its content."
        raise refused(f"{place}.file_id: {message}", place)
    if kind in TEXTS and isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"]}
    if kind == "refusal":
        return {"type": "text", "text": part.get("refusal") or ""}
    if kind == "input_image" and isinstance(part.get("image_url"), str):
        detail = {"detail": part["detail"]} if part.get("detail") else {}
        return {"type": "image_url", "image_url": {"url": part["image_url"], **detail}}
    if kind == "input_file" and isinstance(part.get("file_data"), str):
        name = part.get("filename") or "file.pdf"
        return {"type": "file", "file": {"filename": name, "file_data": part["file_data"]}}
    if kind == "input_audio" and isinstance(part.get("input_audio"), dict):
        return {"type": "input_audio", "input_audio": part["input_audio"]}
    raise refused(f"{place}: {quote(str(kind))} cannot be sent, or lacks its content.", place)
