"""
Writes a streamed answer as the events of the Responses API. One item is open at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Raw

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
from doors.responses.kinds import KINDS, encode, event, failed, template

if TYPE_CHECKING:
    from doors.door import Asked
    from registry.providers.wire import Body


class Scored(NamedTuple):
    """A text with the probabilities of its tokens."""

    text: str
    logprobs: list[Body]


class ResponseWriter:
    """Pieces in, events out."""

    __slots__ = ("call", "delta", "events", "finish_reason", "item_id", "items", "logprobs", "open",
                 "order", "output", "response", "sent", "signed", "texts", "thoughts",
                 "usage")  # fmt: skip

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.response = head(asked, identifier, model)
        self.output = Output(asked, identifier)
        self.order = Order()
        self.items: list[Body] = []  # those that are complete
        self.events: list[bytes] = []  # not sent yet
        self.sent = 0
        self.open = ""  # the key of the open item's parts
        self.item_id = ""
        self.delta = b""  # how the events of the open item's text are written, if it has them
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
        self._event(f"response.{response['status']}", {"response": response})
        return self._taken()

    def fail(self, error: Body) -> bytes:
        """Return the last events of a response that broke off. `error` is of our envelope."""
        self._begin()
        self.events.append(failed(self.response | {"output": self.items}, self.sent, error))
        return self._taken()

    def _begin(self) -> None:
        if not self.sent:
            begun = {"response": Raw(encode(self.response))}  # encoded once
            self._event("response.created", begun)
            self._event("response.in_progress", begun)

    def _event(self, kind: str, fields: Body) -> None:
        self.events.append(event(kind, self.sent, fields))
        self.sent += 1

    def _of_item(self, kind: str, fields: Body) -> None:
        place = {"item_id": self.item_id, "output_index": len(self.items)}
        self._event(f"response.{kind}", place | fields)

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
        self.delta = self._template()
        self._item_event("added", item)

    def _empty(self) -> Body:
        return {"content": []} if self.open in ("text", "refusal") else {}

    def _template(self) -> bytes:
        """Return how the open item's text is written. That of a custom tool follows whole."""
        names = KINDS.get(self.open)
        if names is None and self.output.is_custom(self.call):
            return b""
        kind = f"{names.delta if names else 'function_call_arguments'}.delta"
        more = {**names.place, **names.more} if names else {}
        place = {"item_id": self.item_id, "output_index": len(self.items), **more}
        return template(f"response.{kind}", place)

    def _text(self, text: str, scores: Body | None = None) -> None:
        """Add text to the open item."""
        names = KINDS.get(self.open)
        if names and not self.texts:
            self._of_item(f"{names.part}.added", {"part": self._part(), **names.place})
        self.texts.append(text)
        if names and scores:
            fields = {"delta": text, **names.place, **scores}
            self._of_item(f"{names.delta}.delta", fields)
        elif self.delta:
            self.events.append(self.delta % (self.sent, encode(text)))
            self.sent += 1

    def _close(self, status: str) -> None:
        """Close the open item with its whole content."""
        if not self.open:
            return
        if self.open.startswith(CALL) and not (self.texts or self.output.is_custom(self.call)):
            self._text(NO_ARGUMENTS)
        item = self._item(status)
        names = KINDS.get(self.open)
        if names and self.texts:
            done: Body = {**names.more, names.text: "".join(self.texts), **names.place}
            done |= {"logprobs": self.logprobs} if self.logprobs else {}
            self._of_item(f"{names.delta}.done", done)
            self._of_item(f"{names.part}.done", {"part": self._part(), **names.place})
        elif not names:
            self._close_call(item)
        self._item_event("done", item)
        self.items.append(item)
        self.open = ""

    def _item_event(self, kind: str, item: Body) -> None:
        fields = {"output_index": len(self.items), "item": item}
        self._event(f"response.output_item.{kind}", fields)

    def _close_call(self, item: Body) -> None:
        if "arguments" in item:
            done = {"name": item["name"], "arguments": item["arguments"]}
            self._of_item("function_call_arguments.done", done)
        else:
            self._of_item("custom_tool_call_input.delta", {"delta": item["input"]})
            self._of_item("custom_tool_call_input.done", {"input": item["input"]})

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
