"""
Translates the items of `input` into OpenAI's messages.

Items of the model that follow each other (a thought, text, calls) are one message, and the outputs
of its calls follow it at once, as servers require. Images in an output follow in a user's message:
the chat's tools return text. What comes first from the system and the developer is one message,
because the templates of many models take no other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from core.text import quote
from doors.door import plainest
from doors.responses import thoughts
from doors.responses.parts import lost, parts, text_of
from doors.responses.tools import INPUT, function_name

if TYPE_CHECKING:
    from core.errors import PortalError
    from registry.providers.wire import Body

ROLES = ("user", "assistant", "system", "developer")
# Work of a server's own tools, which only that server reads.
HOSTED = frozenset({
    "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call",
    "computer_call", "computer_call_output", "mcp_list_tools", "mcp_call", "mcp_approval_request",
    "mcp_approval_response", "tool_search_call", "tool_search_output", "local_shell_call",
    "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call",
    "apply_patch_call_output", "additional_tools",
})  # fmt: skip
KEPT = {
    "item_reference": "the portal keeps no items. Send them whole: clients do with `store: false`.",
}
CLOSED = ("compaction", "context_compaction")  # a conversation that its server made short


class Items:
    """Adds items one after the other. `messages` is the conversation, `dropped` what it lacks."""

    def __init__(self) -> None:
        self.messages: list[Body] = []
        self.dropped: list[str] = []
        self.images: list[Body] = []  # of outputs, until the next item that is none
        self.refusal: PortalError | None = None  # of an item that only a server of the API reads

    def add(self, item: Any, place: str) -> None:
        """Raise PortalError for an item that cannot be carried."""
        if not isinstance(item, dict):
            raise refused(f"{place}: an item is an object.", place)
        kind = str(item.get("type") or ("message" if "role" in item else None))
        if kind in HOSTED:
            self.dropped.append(f"input.{kind}")
            return
        if kind in CLOSED:
            why = "only its server can read it. Send the items themselves."
            self.refusal = refused(f"{place}.type: {why}", place)
            return
        if kind not in READERS:
            why = KEPT.get(kind) or f"{quote(kind, 80)} is not an item of this place."
            raise refused(f"{place}.type: {why}", place)
        if kind not in OUTPUTS:
            self._flush()
        self.dropped += lost(item, kind)
        READERS[kind](self, item, place)

    def end(self) -> None:
        """Add what waits, and drop thoughts to which the model said nothing."""
        self._flush()
        said = [m for m in self.messages if m["content"] is not None or "tool_calls" in m]
        if len(said) < len(self.messages):
            self.dropped.append("input.reasoning")
        self.messages = said

    def system(self, text: str) -> None:
        """Add what the system, or the developer, says."""
        if self.messages and all(message["role"] == "system" for message in self.messages):
            self.messages[-1]["content"] += f"\n\n{text}"
        else:
            self.messages.append({"role": "system", "content": text})

    def _flush(self) -> None:
        """Add the images of outputs, after the last of them."""
        if self.images:
            self.messages.append({"role": "user", "content": self.images})
            self.images = []

    def _message(self, item: Body, place: str) -> None:
        role = item.get("role")
        if role not in ROLES:
            raise refused(f"{place}.role is one of {', '.join(ROLES)}.", place)
        rows = parts(item.get("content"), f"{place}.content")
        if role == "user":
            self.messages.append({"role": role, "content": plainest(rows)})
        elif any(row["type"] != "text" for row in rows):
            raise refused(f"{place}.content: of this role it is text.", place)
        elif role == "assistant":
            message = self._assistant()
            before = f"{message['content']}\n\n" if message["content"] else ""
            message["content"] = before + text_of(rows)
        else:
            self.system("\n\n".join(row["text"] for row in rows))

    def _assistant(self) -> Body:
        """Return the model's message that is under way, or a new one."""
        if not self.messages or self.messages[-1]["role"] != "assistant":
            self.messages.append({"role": "assistant", "content": None})
        return self.messages[-1]

    def _call(self, item: Body, place: str) -> None:
        arguments = item.get("arguments") or "{}"
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        self._add_call(item, text, place)

    def _custom_call(self, item: Body, place: str) -> None:
        text = json.dumps({INPUT: item.get("input") or ""}, ensure_ascii=False)
        self._add_call(item, text, place)

    def _add_call(self, item: Body, arguments: str, place: str) -> None:
        name, identifier = item.get("name"), item.get("call_id")
        for key, value in (("name", name), ("call_id", identifier)):
            if not isinstance(value, str) or not value:
                raise refused(f"{place}.{key}: it is missing, or not text.", place)
        function = {"name": function_name(str(name), item.get("namespace")), "arguments": arguments}
        call = {"id": identifier, "type": "function", "function": function}
        self._assistant().setdefault("tool_calls", []).append(call)

    def _output(self, item: Body, place: str) -> None:
        rows = parts(item.get("output"), f"{place}.output")
        self.images += [row for row in rows if row["type"] != "text"]
        identifier = item.get("call_id")
        message = {"role": "tool", "tool_call_id": identifier, "content": text_of(rows, "\n")}
        self.messages.insert(self._after(identifier, place), message)

    def _after(self, identifier: Any, place: str) -> int:
        """Return the place behind a call and the outputs that follow it already."""
        for number in range(len(self.messages), 0, -1):
            calls = self.messages[number - 1].get("tool_calls") or ()
            if any(call["id"] == identifier for call in calls):
                while number < len(self.messages) and self.messages[number]["role"] == "tool":
                    number += 1
                return number
        raise _orphan(identifier, place)

    def _reasoning(self, item: Body, place: str) -> None:
        rows = [*_list(item.get("summary")), *_list(item.get("content"))]
        text = "\n\n".join(str(row["text"]) for row in rows if row.get("text"))
        blocks = thoughts.opened(item.get("encrypted_content"))
        if item.get("encrypted_content") and not blocks:
            self.dropped.append("input.encrypted_content")
        if text:
            message = self._assistant()
            before = message.get("reasoning_content")
            message["reasoning_content"] = f"{before}\n\n{text}" if before else text
        if blocks:
            self._assistant().setdefault("thinking_blocks", []).extend(blocks)


READERS = {
    "message": Items._message,
    "function_call": Items._call,
    "custom_tool_call": Items._custom_call,
    "function_call_output": Items._output,
    "custom_tool_call_output": Items._output,
    "reasoning": Items._reasoning,
}
OUTPUTS = ("function_call_output", "custom_tool_call_output")


def _list(value: Any) -> list[Body]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _orphan(identifier: Any, place: str) -> PortalError:
    message = f"no call before it has the ID {quote(str(identifier), 80)}."
    return refused(f"{place}.call_id: {message}", place)
