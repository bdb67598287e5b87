"""
Ollama's answers: functions for whole and streamed ones, and the stream's parser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from registry.providers.events import Chunk, Done, Event, server_sent
from registry.providers.framing import Lines
from registry.providers.ollama import messages
from registry.providers.ollama.fields import must_call
from registry.providers.openai.values import finish
from registry.providers.reading import bad_response, checked, usage
from registry.providers.stream import StreamParser
from registry.providers.wire import Body, Stamp, Target

_PREFIX = re.compile(rb"^data:\s*")  # proxies make server-sent events of the lines

if TYPE_CHECKING:
    from collections.abc import Mapping


def finish_reason(answer: Body, called: bool) -> str:
    reason = answer.get("done_reason") or "stop"
    if reason in ("load", "unload"):
        raise bad_response(f"it is not an answer ({reason})")
    reason = finish({"finish_reason": str(reason)})["finish_reason"] or "stop"
    return "tool_calls" if called and reason == "stop" else str(reason)


def message_of(answer: Body) -> Any:
    """Return the message; some emulations have its text in `response`, as Ollama's completions."""
    message, text = answer.get("message"), answer.get("response")
    return {"content": text} if message is None and isinstance(text, str) else message


def logprobs(answer: Body) -> Body | None:
    content = answer.get("logprobs")
    return {"content": content, "refusal": None} if isinstance(content, list) else None


def demanded(calls: list[Body], request: Mapping[str, Any]) -> list[Body]:
    """Return the calls that the caller takes: one, without `parallel_tool_calls`.

    Raises PortalError `provider_bad_response` if `tool_choice` demanded a call and there is none.
    """
    if must_call(request) and not calls:
        raise bad_response("it calls no tool, although tool_choice demands it")
    return calls[:1] if request.get("parallel_tool_calls") is False else calls


class AnswerStream(StreamParser):
    """Lines of JSON → Chunk…, then one Done or Failure."""

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__(Lines())
        self.stamp = stamp
        self.calls = 0
        self.begun = False
        self.held: list[Event] | None = [] if must_call(stamp.request) else None

    def _record(self, record: bytes) -> list[Event]:
        record = _PREFIX.sub(b"", record.strip())
        if not record or record.startswith(b":") or record == b"[DONE]":
            return []
        answer = checked(record, halves=True)
        message = message_of(answer)
        events: list[Event] = []
        if isinstance(message, dict):
            events.append(self._message(answer, message))
        ends = answer.get("done") is True or bool(answer.get("done_reason"))
        return self._released(events, answer) if not ends else [
            *self._released(events, answer), *self._done(answer)]  # fmt: skip

    def _released(self, events: list[Event], answer: Body) -> list[Event]:
        """Hold a stream until the call appears that `tool_choice` demands."""
        if self.held is None:
            return events
        self.held += events
        if not self.calls:
            return []
        events, self.held = self.held, None
        return events

    def _message(self, answer: Body, message: Body) -> Chunk:
        calls = messages.tool_calls(message, self.stamp.id, self.calls)
        if self.stamp.request.get("parallel_tool_calls") is False:
            calls = calls[: 1 - self.calls]
        self.calls += len(calls)
        text = self.text.take(messages.words(message, "content"))
        reasoning = self.reasoning.take(messages.words(message, "thinking"))
        delta: Body = {"content": text}
        if not self.begun:
            delta = {"role": "assistant", **delta}
        if reasoning:
            delta["reasoning_content"] = reasoning
        if calls:
            delta["tool_calls"] = [
                {"index": i, **call} for i, call in enumerate(calls, self.calls - len(calls))
            ]
        self.begun = True
        data = self._chunk(answer, delta, None)
        return Chunk(data, text, reasoning)

    def _done(self, answer: Body) -> list[Event]:
        if self.held is not None:
            demanded([], self.stamp.request)
        reason = finish_reason(answer, self.calls > 0)
        counts = usage(answer.get("prompt_eval_count"), answer.get("eval_count"))
        self.ended = True
        last = Chunk(self._chunk(answer, {}, reason), finish_reason=reason)
        closing = msgspec.json.encode({**self._head(answer), "choices": [], "usage": counts})
        return [last, Chunk(server_sent(closing), usage=counts, usage_only=True), Done()]

    def _head(self, answer: Body) -> Body:
        return {
            "id": self.stamp.id,
            "object": "chat.completion.chunk",
            "created": self.stamp.created,
            "model": str(answer.get("model", "")),
        }

    def _chunk(self, answer: Body, delta: Body, reason: str | None) -> bytes:
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": logprobs(answer),
            "finish_reason": reason,
        }
        return server_sent(msgspec.json.encode({**self._head(answer), "choices": [choice]}))


class TextStream(AnswerStream):
    """Lines of a raw completion → Chunk…, then one Done or Failure."""

    def _head(self, answer: Body) -> Body:
        identifier = self.stamp.id.replace("chatcmpl", "cmpl")
        return {**super()._head(answer), "id": identifier, "object": "text_completion"}

    def _chunk(self, answer: Body, delta: Body, reason: str | None) -> bytes:
        text = delta.get("content") or ""
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
        return server_sent(msgspec.json.encode({**self._head(answer), "choices": [choice]}))
