"""
Writes a streamed answer as the events of the Responses API. One item is open at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from doors.order import CALL, Order, Part, call_part
from doors.pieces import Call, Function, Piece
from doors.responses.answer import (
    COMPLETED,
    NO_ARGUMENTS,
    Output,
    ended,
    head,
    status_of,
    text_part,
)

if TYPE_CHECKING:
    from doors.door import Asked
    from registry.providers.wire import Body


def event(kind: str, number: int, **fields: Any) -> bytes:
    body = msgspec.json.encode({"type": kind, "sequence_number": number, **fields})
    return b"event: " + kind.encode() + b"\ndata: " + body + b"\n\n"


def failed(response: Body, number: int, error: Body) -> bytes:
    """Return `error`, which clients raise, and `response.failed`, which agents wait for."""
    words = {"code": error["code"], "message": error["message"]}
    first = event("error", number, **words, param=error["param"], error=error)
    response = response | {"status": "failed", "error": words}
    return first + event("response.failed", number + 1, response=response)


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


class Scored(NamedTuple):
    """A text with the probabilities of its tokens."""

    text: str
    logprobs: list[Body]


class ResponseWriter:
    """Pieces in, events out."""

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.response = head(asked, identifier, model)
        self.output = Output(asked, identifier)
        self.order = Order()
        self.items: list[Body] = []  # those that are complete
        self.events: list[bytes] = []  # not sent yet
        self.sent = 0
        self.open = ""  # the key of the open item's parts
        self.item_id = ""
        self.texts: list[str] = []  # what the open item holds
        self.thoughts: list[Body] = []
        self.signed = 0  # how many of the texts belong to thoughts that are signed
        self.logprobs: list[Body] = []
        self.call = Call()
        self.finish_reason: str | None = None
        self.usage: Body | None = None

    def write(self, piece: Piece) -> bytes:
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.usage = piece.usage or self.usage
        self._begin()
        for part in _parts(piece):
            for ready in self.order.put(part):
                self._add(ready)
        return self._taken()

    def end(self) -> bytes:
        self._begin()
        for part in self.order.rest():
            self._add(part)
        self._close(status_of(self.finish_reason))
        response = ended(self.response, self.items, self.finish_reason, self.usage)
        self._event(f"response.{response['status']}", response=response)
        return self._taken()

    def fail(self, error: Body) -> bytes:
        """Return the last events of a response that broke off. `error` is of our envelope."""
        self._begin()
        self.events.append(failed(self.response | {"output": self.items}, self.sent, error))
        return self._taken()

    def _begin(self) -> None:
        if not self.sent:
            self._event("response.created", response=self.response)
            self._event("response.in_progress", response=self.response)

    def _event(self, kind: str, **fields: Any) -> None:
        self.events.append(event(kind, self.sent, **fields))
        self.sent += 1

    def _of_item(self, kind: str, **fields: Any) -> None:
        place = {"item_id": self.item_id, "output_index": len(self.items)}
        self._event(f"response.{kind}", **place, **fields)

    def _taken(self) -> bytes:
        data, self.events = b"".join(self.events), []
        return data

    def _add(self, part: Part) -> None:
        if self.open != part.key:
            self._open(part)
        if isinstance(part.value, dict):
            self._sign(part.value)
        elif text := part.arguments or (part.value if isinstance(part.value, str) else ""):
            self._text(text)
        elif isinstance(part.value, Scored):
            self._text(part.value.text, {"logprobs": part.value.logprobs})
            self.logprobs += part.value.logprobs

    def _sign(self, block: Body) -> None:
        """Add a thought, whose text may have come before its signature."""
        if block.get("thinking") == "":
            block = block | {"thinking": "".join(self.texts[self.signed :])}
        self.thoughts.append(block)
        self.signed = len(self.texts)

    def _open(self, part: Part) -> None:
        self._close(COMPLETED)
        self.open, self.texts, self.thoughts, self.signed = part.key, [], [], 0
        self.logprobs = []
        if isinstance(call := part.value, Call):
            self.call = Call(call.index, call.id, Function(call.function.name, ""))
        item = self._item("in_progress") | self._empty()
        self.item_id = item["id"]
        self._event("response.output_item.added", output_index=len(self.items), item=item)

    def _empty(self) -> Body:
        return {"content": []} if self.open in ("text", "refusal") else {}

    def _text(self, text: str, more: Body | None = None) -> None:
        """Add text to the open item. That of a custom tool follows whole."""
        names = KINDS.get(self.open)
        if names and not self.texts:
            self._of_item(f"{names.part}.added", part=self._part(), **names.place)
        self.texts.append(text)
        if names:
            self._of_item(f"{names.delta}.delta", delta=text, **names.place, **(more or names.more))
        elif not self.output.is_custom(self.call):
            self._of_item("function_call_arguments.delta", delta=text)

    def _close(self, status: str) -> None:
        """Close the open item with its whole content."""
        if not self.open:
            return
        if self.open.startswith(CALL) and not (self.texts or self.output.is_custom(self.call)):
            self._text(NO_ARGUMENTS)
        item = self._item(status)
        names = KINDS.get(self.open)
        if names and self.texts:
            done: Body = {**names.more, names.text: "".join(self.texts)}
            done |= {"logprobs": self.logprobs} if self.logprobs else {}
            self._of_item(f"{names.delta}.done", **done, **names.place)
            self._of_item(f"{names.part}.done", part=self._part(), **names.place)
        elif not names:
            self._close_call(item)
        self._event("response.output_item.done", output_index=len(self.items), item=item)
        self.items.append(item)
        self.open = ""

    def _close_call(self, item: Body) -> None:
        if "arguments" in item:
            done = {"name": item["name"], "arguments": item["arguments"]}
            self._of_item("function_call_arguments.done", **done)
        else:
            self._of_item("custom_tool_call_input.delta", delta=item["input"])
            self._of_item("custom_tool_call_input.done", input=item["input"])

    def _item(self, status: str = COMPLETED) -> Body:
        """Return the open item, with what it holds so far."""
        number, text = len(self.items), "".join(self.texts)
        if self.open == "reasoning":
            return self.output.reasoning(number, text, self.thoughts)
        if self.open in KINDS:
            is_refusal = self.open == "refusal"
            said = Piece(refusal=text) if is_refusal else Piece(text, logprobs=self.logprobs)
            return self.output.message(number, said, status=status)
        self.call.function.arguments = text
        return self.output.call(number, self.call, status=status)

    def _part(self) -> Body:
        text = "".join(self.texts)
        if self.open == "refusal":
            return {"type": "refusal", "refusal": text}
        if self.open == "text":
            return text_part(text, self.logprobs)
        return {"type": "summary_text", "text": text}


def _parts(piece: Piece) -> list[Part]:
    parts = [Part("reasoning", piece.reasoning)] if piece.reasoning else []
    parts += [Part("reasoning", block) for block in piece.thoughts]
    if piece.logprobs:
        parts.append(Part("text", Scored(piece.text, piece.logprobs)))
    elif piece.text:
        parts.append(Part("text", piece.text))
    parts += [Part("refusal", piece.refusal)] if piece.refusal else []
    return [*parts, *map(call_part, piece.calls)]
