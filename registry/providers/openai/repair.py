"""
Repairs of what servers send in the place of OpenAI's fields: one odd field costs that field.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

from registry.providers.openai.values import counts, finish, is_odd, plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry.providers.wire import Body

MAX_DEPTH = 100


class Calls:
    """The tool calls of one streamed answer, and their indexes."""

    def __init__(self) -> None:
        self.by_id: dict[str, int] = {}
        self.moved: dict[int, int] = {}  # the provider's index → the index of its latest call
        self.names: dict[int, str] = {}  # index → the ID of the call, or an empty text
        self.last = -1

    def index(self, given: Any, identifier: Any, name: Any) -> int:
        """Return the index of a delta's call; `given` is the provider's.

        Some servers give no index, some 0 to each call (Ollama), some begin with 1: a new
        ID with a name begins a call. New IDs alone do not: older vLLM made one for each delta.
        """
        identifier = identifier if isinstance(identifier, str) else ""
        if identifier and identifier in self.by_id:
            return self.by_id[identifier]
        if type(given) is int:
            index = self.moved.get(given, min(given, self.last + 1))
            known = self.names.get(index)
            if known and identifier and name:
                index = self.last + 1
            self.moved[given] = index
        else:
            index = self.last + 1 if identifier or name or self.last < 0 else self.last
        self.last = max(self.last, index)
        if identifier and not self.names.get(index):
            self.names[index] = identifier
        if identifier:
            self.by_id[identifier] = index
        return index

    def identify(self, index: int, prefix: str) -> str:
        """Return an ID for a call that has none: results are sent back by it."""
        return self.names.setdefault(index, f"{prefix}{index}")


class Repair:
    """Repairs the chunks of one stream. With `single` there is one answer, whatever its index.

    `stamp` is the ID of the answer.
    """

    def __init__(self, stamp: str, *, single: bool) -> None:
        self.stamp = stamp
        self.single = single
        self.calls: dict[int, Calls] = {}  # of each answer

    def index(self, answer: int, given: Any, identifier: Any, name: Any) -> int:
        """Return the index of a tool call of `answer`, as `Calls.index` does."""
        return self.calls.setdefault(answer, Calls()).index(given, identifier, name)

    def is_nameless(self, answer: int, index: int, identifier: Any, name: Any) -> bool:
        """Does a delta begin a call, but without an ID?"""
        calls = self.calls.get(answer)
        return bool(name) and not identifier and not (calls and calls.names.get(index))

    def chunk(self, value: Body, streamed: Collection[int] = ()) -> Body:
        """Return `value` with fields of the documented types only.

        A whole message becomes a delta; an empty one for answers that were `streamed` before, since
        it repeats them (MiniMax).
        """
        choices = value.get("choices")
        choices = [choices] if isinstance(choices, dict) else choices
        rows = [c for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []
        value = finite(value)
        value["choices"] = [self._choice(c, number, streamed) for number, c in enumerate(rows)]
        if (usage := counts(value.pop("usage", None))) is not None:
            value["usage"] = usage
        if value.get("object") == "chat.completion":
            value["object"] = "chat.completion.chunk"
        return value

    def _choice(self, choice: Body, number: int, streamed: Collection[int]) -> Body:
        choice = finite(choice)
        index = choice.get("index")
        is_only = self.single and number == 0
        choice["index"] = 0 if is_only else index if type(index) is int else number
        message, delta = choice.pop("message", None), choice.get("delta")
        delta = {"content": delta} if isinstance(delta, str) else delta
        if not isinstance(delta, dict):
            repeats = choice["index"] in streamed or not isinstance(message, dict)
            delta = {} if repeats else message
        if not delta and isinstance(text := choice.pop("text", None), str):
            delta = {"content": text}  # the form of completions
        delta = plain(delta) if is_odd(delta) else delta
        return {**choice, **finish(choice), "delta": self._delta(delta, choice["index"])}

    def _delta(self, delta: Body, answer: int) -> Body:
        calls = delta.get("tool_calls")
        if calls is not None:
            calls = [calls] if isinstance(calls, dict) else calls
            rows = [c for c in calls if isinstance(c, dict)] if isinstance(calls, list) else []
            delta = {**delta, "tool_calls": [self._numbered(call, answer) for call in rows]}
        return delta

    def _numbered(self, call: Body, answer: int) -> Body:
        call = with_text_id(with_text_arguments(call))
        function = call.get("function")
        call["function"] = _with_texts(function, "name") if isinstance(function, dict) else {}
        name = call["function"].get("name")
        index = self.index(answer, call.get("index"), call.get("id"), name)
        if self.is_nameless(answer, index, call.get("id"), name):
            call["id"] = self.calls[answer].identify(index, call_prefix(self.stamp, answer))
        return {**call, "index": index}


def message(value: Body, stamp: str, answer: int = 0) -> Body:
    """Return a whole answer's message with its fields as OpenAI writes them.

    `stamp` is the ID of the answer, from which calls without an ID get one.
    """
    value = {"role": "assistant", **(plain(value) if is_odd(value) else value)}
    calls = value.get("tool_calls")
    calls = [calls] if isinstance(calls, dict) else calls
    if not calls or not isinstance(calls, list):
        return value
    rows = [with_text_id(with_text_arguments(c)) for c in calls if isinstance(c, dict)]
    prefix = call_prefix(stamp, answer)
    named = [{**row, "id": row.get("id") or f"{prefix}{n}"} for n, row in enumerate(rows)]
    return {**value, "tool_calls": named}


def call_prefix(stamp: str, answer: int) -> str:
    return f"call_{stamp.removeprefix('chatcmpl-')}_{answer}_"


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


def with_text_id(call: Body) -> Body:
    """Return a copy of a tool call whose ID is text."""
    identifier = call.get("id")
    is_number = isinstance(identifier, int) and not isinstance(identifier, bool)
    return {**call, "id": str(identifier)} if is_number else dict(_with_texts(call, "id"))


def _with_texts(value: Body, key: str) -> Body:
    """Return `value` without a `key` that is no text."""
    return {k: v for k, v in value.items() if k != key or v is None or isinstance(v, str)}


def finite(value: Any, depth: int = 0) -> Any:
    """Return a copy of `value` with null for numbers that JSON cannot write, and for the depths."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: finite(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item, depth + 1) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
