"""
Anthropic's streamed answers: server-sent events about blocks in, OpenAI's chunks out.

    message_start                                      model, counts of the prompt
    content_block_start, …_delta, …_stop               text, thoughts, tool calls
    message_delta, message_stop                        the reason of the end, counts
    ping, error

A thought is streamed as `reasoning_content`; when its block ends, the block follows whole, with its
signature, in `thinking_blocks`.
"""

from __future__ import annotations

from typing import Any

from core.errors import PortalError
from registry.providers.anthropic import answers
from registry.providers.anthropic.answers import text
from registry.providers.anthropic.chunks import Block, ChunkWriter
from registry.providers.events import Event
from registry.providers.framing import ServerSentEvents, pieces
from registry.providers.reading import checked, cut_off
from registry.providers.stream import StreamParser
from registry.providers.wire import Body, Stamp, Target

SILENT = ("ping",)  # events that say nothing
JOINED = {"thinking_delta": "thinking", "signature_delta": "signature"}  # into the block


class MessageStream(StreamParser):
    """Server-sent events → Chunk…, then one Done or Failure."""

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__(ServerSentEvents())
        self.chunks = ChunkWriter(stamp)
        self.usage: Body = {}
        self.blocks: dict[Any, Block] = {}
        self.calls = self.thoughts = self.citations = 0
        self.finish: Body | None = None  # the choice's last fields, once a reason was given
        self.readers = {
            "message_start": self._start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": self._stop,
            "message": self._whole,
        }

    @property
    def complete(self) -> bool:
        return self.finish is not None

    def _end(self) -> list[Event]:
        if not self.complete:
            return super()._end()
        self.oddities.add("no end mark")
        return self._stop({})

    def _record(self, record: bytes) -> list[Event]:
        if record.strip() == b"[DONE]":  # of gateways that translate
            return self._stop({})
        try:
            event = checked(record, halves=True)
        except PortalError:
            if parts := pieces(record):
                self.oddities.add("odd events")
                return [e for part in parts if not self.ended for e in self._record(part)]
            if not self.complete:
                raise
            self.oddities.add("error after the end")
            return []
        kind = event.get("type")
        reader = self.readers.get(kind) if isinstance(kind, str) else None
        if reader is None:
            if kind not in SILENT:
                self.oddities.add("unknown events")
            return []
        return reader(event)

    def _start(self, event: Body) -> list[Event]:
        message = event.get("message")
        if isinstance(message, dict):
            self.chunks.head["model"] = text(message, "model")
            self._count(message.get("usage"))
        return []

    def _count(self, usage: Any) -> None:
        """Keep the counts of `usage`: later ones replace earlier ones."""
        if isinstance(usage, dict):
            self.usage |= {name: value for name, value in usage.items() if value is not None}

    def _block_start(self, event: Body) -> list[Event]:
        fields = event.get("content_block")
        block = Block(dict(fields) if isinstance(fields, dict) else {})
        self.blocks[_index(event)] = block
        kind = block.fields.get("type")
        if kind == "tool_use":
            block.call, self.calls = self.calls, self.calls + 1
            function = {"name": text(block.fields, "name"), "arguments": ""}
            head = {"id": text(block.fields, "id"), "type": "function", "function": function}
            return self.chunks.delta(tool_calls=[{"index": block.call, **head}])
        if kind == "text":
            return self._texts(text(block.fields, "text"))
        if kind == "thinking":
            return self._reasoning(text(block.fields, "thinking"))
        return []

    def _block_delta(self, event: Body) -> list[Event]:
        delta = event.get("delta")
        if not isinstance(delta, dict):
            return []
        block = self.blocks.get(_index(event)) or Block({})
        kind = text(delta, "type")
        if kind == "text_delta":
            return self._texts(text(delta, "text"))
        if kind == "input_json_delta":
            return self._arguments(block, text(delta, "partial_json"))
        if kind in JOINED:
            name = JOINED[kind]
            block.fields[name] = text(block.fields, name) + text(delta, name)
            return self._reasoning(text(delta, "thinking"))
        if kind == "citations_delta" and isinstance(delta.get("citation"), dict):
            self.citations += 1
            return self.chunks.delta(citations=[{"index": self.citations - 1, **delta["citation"]}])
        self.oddities.add("unknown deltas")
        return []

    def _block_stop(self, event: Body) -> list[Event]:
        block = self.blocks.pop(_index(event), None)
        if block is None:
            return []
        kind = block.fields.get("type")
        if kind == "tool_use" and not block.has_arguments:
            return self._arguments(block, answers.arguments(block.fields))
        if kind in answers.THOUGHTS:
            self.thoughts += 1
            fields = block.whole()
            return self.chunks.delta(thinking_blocks=[{"index": self.thoughts - 1, **fields}])
        if kind not in ("text", "tool_use"):
            return self.chunks.delta(provider_specific_fields={"blocks": [block.fields]})
        return []

    def _texts(self, content: str) -> list[Event]:
        content = self.text.take(content)
        return self.chunks.delta(content, content=content) if content else []

    def _reasoning(self, content: str) -> list[Event]:
        content = self.reasoning.take(content)
        return self.chunks.delta("", content, reasoning_content=content) if content else []

    def _arguments(self, block: Block, part: str) -> list[Event]:
        part = block.characters.take(part)
        if block.call < 0 or not part:
            return []
        block.has_arguments = True
        return self.chunks.delta(
            tool_calls=[{"index": block.call, "function": {"arguments": part}}]
        )

    def _message_delta(self, event: Body) -> list[Event]:
        self._count(event.get("usage"))
        delta = event.get("delta")
        ended = answers.end(delta) if isinstance(delta, dict) else {}
        if not isinstance(delta, dict) or not ended["finish_reason"]:
            return []
        self.finish = ended
        if words := self.text.take(answers.refusal(delta)):
            return self.chunks.delta(words, refusal=words)
        return []

    def _stop(self, event: Body) -> list[Event]:
        """End the answer. One without a reason is complete if it has content, as elsewhere."""
        if self.finish is None:
            self.oddities.add("no finish reason")
            if not self.chunks.begun:
                return [self._fail(cut_off())]
        self.ended = True
        finish = self.finish or {"finish_reason": None}
        return self.chunks.end(finish, answers.counts(self.usage))

    def _whole(self, answer: Body) -> list[Event]:
        """Take a whole message in place of a stream as one chunk."""
        self.chunks.head["model"] = text(answer, "model")
        self._count(answer.get("usage"))
        message = answers.message(answer)
        for name in ("tool_calls", "thinking_blocks", "citations"):
            if name in message:
                message[name] = [{"index": i, **row} for i, row in enumerate(message[name])]
        self.finish = answers.end(answer)
        words = message["content"] or message.get("refusal", "")
        return [
            *self.chunks.delta(words, message.get("reasoning_content", ""), **message),
            *self._stop({}),
        ]


def _index(event: Body) -> Any:
    index = event.get("index")
    return index if isinstance(index, int) else None
