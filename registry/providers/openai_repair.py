"""
Repairs of what servers send in the place of OpenAI's fields: one odd field costs that field.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry.providers.wire import Body


class Repair:
    """Repairs the chunks of one stream. With `single` there is one answer, whatever its index."""

    def __init__(self, *, single: bool) -> None:
        self.single = single
        self.numbers: dict[int, dict[str, int]] = {}  # answer → ID of a tool call → its index

    def chunk(self, value: Body, streamed: Collection[int] = ()) -> Body:
        """Return `value` with fields of the documented types only.

        A whole message becomes a delta; an empty one for answers that were `streamed` before, since
        it repeats them (MiniMax).
        """
        choices = value.get("choices")
        rows = [c for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []
        value = finite(value)
        value["choices"] = [self._choice(c, number, streamed) for number, c in enumerate(rows)]
        if not isinstance(value.get("usage"), dict):
            value.pop("usage", None)
        if value.get("object") == "chat.completion":
            value["object"] = "chat.completion.chunk"
        return value

    def _choice(self, choice: Body, number: int, streamed: Collection[int]) -> Body:
        choice = finite(choice)
        index = choice.get("index")
        is_only = self.single and number == 0
        choice["index"] = 0 if is_only else index if type(index) is int else number
        message, delta = choice.pop("message", None), choice.get("delta")
        if not isinstance(delta, dict):
            repeats = choice["index"] in streamed or not isinstance(message, dict)
            delta = {} if repeats else message
        if not isinstance(choice.get("finish_reason"), str):
            choice["finish_reason"] = None
        choice["delta"] = self._delta(delta, choice["index"])
        return choice

    def _delta(self, delta: Body, answer: int) -> Body:
        calls = delta.get("tool_calls")
        if calls is not None:
            rows = [c for c in calls if isinstance(c, dict)] if isinstance(calls, list) else []
            delta = {**delta, "tool_calls": [self._numbered(call, answer) for call in rows]}
        return delta

    def _numbered(self, call: Body, answer: int) -> Body:
        """Return a tool call with an index: a call without ID and name continues the last one."""
        known = self.numbers.setdefault(answer, {})
        call = with_text_arguments(call)
        identifier, function = call.get("id"), call.get("function")
        index = call.get("index")
        if type(index) is not int:
            begins = isinstance(function, dict) and function.get("name")
            if isinstance(identifier, str) and identifier in known:
                index = known[identifier]
            else:
                last = max(known.values(), default=-1)
                index = last + 1 if identifier or begins or last < 0 else last
        known[identifier if isinstance(identifier, str) and identifier else f"#{index}"] = index
        return {**call, "index": index}


def message(value: Body) -> Body:
    """Return a whole answer's message with tool arguments as text."""
    calls = value.get("tool_calls")
    if not isinstance(calls, list):
        return value
    return {**value, "tool_calls": [with_text_arguments(c) for c in calls if isinstance(c, dict)]}


def with_text_arguments(call: Body) -> Body:
    """Return a tool call whose arguments are JSON in a text, as OpenAI's are."""
    function = call.get("function")
    if not isinstance(function, dict):
        return call
    arguments = function.get("arguments")
    if arguments is None or isinstance(arguments, str):
        return call
    text = msgspec.json.encode(arguments).decode()
    return {**call, "function": {**function, "arguments": text}}


def finite(value: Any) -> Any:
    """Return a copy of `value` with null for numbers that JSON cannot write."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def text_of(content: Any, refusal: Any = None) -> str:
    """Return the text for people of a content, which is text or a list of parts."""
    if isinstance(content, str) and content:
        return content
    if isinstance(content, list):
        return "".join(_text(part, ("text", "refusal")) for part in content)
    return refusal if isinstance(refusal, str) else ""


def reasoning_of(content: Any, *fields: Any) -> str:
    """Return the thoughts: the first of `fields` that is text, else those among the parts."""
    if isinstance(content, list):
        return "".join(_text(part, ("thinking",)) for part in content)
    return next((field for field in fields if isinstance(field, str)), "")


def _text(part: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(part, dict):
        return ""
    value = next((part[key] for key in keys if part.get(key)), "")
    if isinstance(value, list):  # thinking: a list of text parts
        return "".join(_text(inner, ("text",)) for inner in value)
    return value if isinstance(value, str) else ""
