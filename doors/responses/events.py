"""
Writes a streamed answer as the events of the Responses API.

One item is open at a time. A call that goes on while another one is open is kept until the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from doors.pieces import Call, Function
from doors.responses.answer import Output, ended, head, text_part

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Piece
    from registry.providers.wire import Body


def event(kind: str, number: int, **fields: Any) -> bytes:
    body = msgspec.json.encode({"type": kind, "sequence_number": number, **fields})
    return b"event: " + kind.encode() + b"\ndata: " + body + b"\n\n"


class Kind(NamedTuple):
    """The names of the events of an item that holds text, and where in the item the text is."""

    delta: str
    part: str
    place: dict[str, int]
    text: str  # the field of the text in the last event
    more: dict[str, Any]  # fields of the events about text


CONTENT, SUMMARY = {"content_index": 0}, {"summary_index": 0}
KINDS = {
    "text": Kind("output_text", "content_part", CONTENT, "text", {"logprobs": []}),
    "refusal": Kind("refusal", "content_part", CONTENT, "refusal", {}),
    "reasoning": Kind("reasoning_summary_text", "reasoning_summary_part", SUMMARY, "text", {}),
}


class ResponseWriter:
    """Pieces in, events out."""

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.response = head(asked, identifier, model)
        self.output = Output(asked, identifier)
        self.items: list[Body] = []  # those that are complete
        self.events: list[bytes] = []  # not sent yet
        self.sent = 0
        self.open = ""  # the kind of the open item: text, refusal, reasoning, or call
        self.text = ""  # what the open item holds
        self.thoughts: list[Body] = []
        self.call = Call()
        self.waiting: dict[int, Call] = {}  # calls whose turn it is not yet
        self.finish_reason: str | None = None
        self.usage: Body | None = None

    def write(self, piece: Piece) -> bytes:
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.usage = piece.usage or self.usage
        self._begin()
        if piece.reasoning:
            self._add("reasoning", piece.reasoning)
        for block in piece.thoughts:
            self._ensure("reasoning")
            self.thoughts.append(block)
        if piece.text:
            self._add("text", piece.text)
        if piece.refusal:
            self._add("refusal", piece.refusal)
        for call in piece.calls:
            self._call(call)
        return self._taken()

    def end(self) -> bytes:
        self._begin()
        self._close()
        for call in self.waiting.values():
            self._open_call(call)
            self._close()
        response = ended(self.response, self.items, self.finish_reason, self.usage)
        self._event(f"response.{response['status']}", response=response)
        return self._taken()

    def _begin(self) -> None:
        if not self.sent:
            self._event("response.created", response=self.response)
            self._event("response.in_progress", response=self.response)

    def _event(self, kind: str, **fields: Any) -> None:
        self.events.append(event(kind, self.sent, **fields))
        self.sent += 1

    def _taken(self) -> bytes:
        data, self.events = b"".join(self.events), []
        return data

    def _add(self, kind: str, text: str) -> None:
        self._ensure(kind)
        self.text += text
        names = KINDS[kind]
        self._of_item(f"{names.delta}.delta", delta=text, **names.place, **names.more)

    def _ensure(self, kind: str) -> None:
        """Open an item of `kind`, unless it is the one that is open."""
        if self.open == kind:
            return
        self._close()
        self.open, self.text, self.thoughts = kind, "", []
        names, item = KINDS[kind], self._item()
        self._event("response.output_item.added", output_index=len(self.items), item=item)
        self._of_item(f"{names.part}.added", part=self._part(), **names.place)

    def _close(self) -> None:
        """Close the open item with its whole content."""
        if not self.open:
            return
        item = self._item()
        if names := KINDS.get(self.open):
            done = {names.text: self.text}
            self._of_item(f"{names.delta}.done", **done, **names.place, **names.more)
            self._of_item(f"{names.part}.done", part=self._part(), **names.place)
        else:
            self._close_call(item)
        self._event("response.output_item.done", output_index=len(self.items), item=item)
        self.items.append(item)
        self.open = ""

    def _item(self) -> Body:
        """Return the open item, with what it holds so far."""
        number = len(self.items)
        if self.open == "call":
            return self.output.call(number, self.call)
        if self.open == "reasoning":
            return self.output.reasoning(number, self.text, self.thoughts)
        if self.open == "refusal":
            return self.output.message(number, "", self.text)
        return self.output.message(number, self.text)

    def _part(self) -> Body:
        if self.open == "refusal":
            return {"type": "refusal", "refusal": self.text}
        if self.open == "reasoning":
            return {"type": "summary_text", "text": self.text}
        return text_part(self.text)

    def _of_item(self, kind: str, **fields: Any) -> None:
        place = {"item_id": self._item()["id"], "output_index": len(self.items)}
        self._event(f"response.{kind}", **place, **fields)

    def _call(self, call: Call) -> None:
        if self.open == "call" and self.call.index == call.index:
            self._more(call)
        elif self.open == "call" or call.index in self.waiting:
            kept = self.waiting.setdefault(call.index, Call(call.index, function=Function("", "")))
            kept.id = call.id or kept.id
            kept.function.name = call.function.name or kept.function.name
            kept.function.arguments = _arguments(kept) + _arguments(call)
        else:
            self._open_call(call)

    def _open_call(self, call: Call) -> None:
        self._close()
        self.open = "call"
        self.call = Call(call.index, call.id, Function(call.function.name, ""))
        item = self._item() | {"status": "in_progress"}
        self._event("response.output_item.added", output_index=len(self.items), item=item)
        self._more(call)

    def _more(self, call: Call) -> None:
        if text := call.function.arguments:
            self.call.function.arguments = _arguments(self.call) + text
            if "arguments" in self._item():  # the text of a custom tool follows whole
                self._of_item("function_call_arguments.delta", delta=text)

    def _close_call(self, item: Body) -> None:
        if "arguments" in item:
            self._of_item(
                "function_call_arguments.done",
                name=item["name"],
                arguments=item["arguments"],
            )
        else:
            self._of_item("custom_tool_call_input.delta", delta=item["input"])
            self._of_item("custom_tool_call_input.done", input=item["input"])


def _arguments(call: Call) -> str:
    return call.function.arguments or ""
