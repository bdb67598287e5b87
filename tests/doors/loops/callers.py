"""Callers of each door: they keep the conversation in its form, and send back what they got."""

from __future__ import annotations

from typing import Any, cast

import ollama

from tests.doors.loops.agent import FUNCTIONS, Caller, written
from tests.doors.loops.openai_callers import Chat, Responses
from tests.doors.loops.story import LIMIT, PARAMETERS, QUESTION, SYSTEM, Image, Result, Said
from tests.doors.pairs.callers import message_of
from tests.doors.pairs.meaning import Call
from tests.support.portal import Portal


class Messages:
    """The Messages API, as its documents write it."""

    def __init__(self, portal: Portal, model: str, *, stream: bool) -> None:
        self.portal, self.model, self.stream = portal, model, stream
        content = [*map(_block, QUESTION.images), {"type": "text", "text": QUESTION.text}]
        self.messages: list[Any] = [{"role": "user", "content": content}]

    def ask(self) -> Said:
        tools = [
            {"name": f["name"], "description": f["description"], "input_schema": PARAMETERS}
            for f in FUNCTIONS
        ]
        thinking = {"type": "enabled", "budget_tokens": 1024}
        answer = self.portal.post("/v1/messages", {
            "model": self.model, "max_tokens": LIMIT, "system": SYSTEM, "messages": self.messages,
            "tools": tools, "thinking": thinking, "stream": self.stream})  # fmt: skip
        assert answer.status_code == 200, answer.text
        blocks = (message_of(answer.content) if self.stream else answer.json())["content"]
        self.messages.append({"role": "assistant", "content": blocks})
        calls = [block for block in blocks if block["type"] == "tool_use"]
        return Said(
            "".join(block["thinking"] for block in blocks if block["type"] == "thinking"),
            "".join(block["text"] for block in blocks if block["type"] == "text"),
            tuple(Call(call["name"], call["input"]) for call in calls),
        )

    def add(self, results: tuple[Result, ...]) -> None:
        calls = [b["id"] for b in self.messages[-1]["content"] if b["type"] == "tool_use"]
        blocks = []
        for identifier, result in zip(calls, results, strict=True):
            content = [{"type": "text", "text": text} for text in result.texts]
            block = {"type": "tool_result", "tool_use_id": identifier,
                     "content": [*content, *map(_block, result.images)]}  # fmt: skip
            blocks.append(block | ({"is_error": True} if result.failed else {}))
        self.messages.append({"role": "user", "content": blocks})

    def close(self) -> None:
        """Each request has a connection of its own."""


def _block(image: Image) -> dict[str, Any]:
    source = {"type": "base64", "media_type": image[0], "data": image[1]}
    return {"type": "image", "source": source}


class Ollama:
    """Ollama's SDK on /api/chat."""

    def __init__(self, portal: Portal, model: str, *, stream: bool) -> None:
        token = {"Authorization": f"Bearer {portal.tokens['ann']}"}
        self.client = ollama.Client(portal.url, headers=token)
        self.close = self.client.close
        self.model, self.stream = model, stream
        images = [ollama.Image(value=data) for _, data in QUESTION.images]
        question = ollama.Message(role="user", content=QUESTION.text, images=images)
        self.messages = [ollama.Message(role="system", content=SYSTEM), question]

    def ask(self) -> Said:
        tools = [{"type": "function", "function": function} for function in FUNCTIONS]
        chat = cast("Any", self.client.chat)
        answer = chat(model=self.model, messages=self.messages, tools=tools, think=True,
                      stream=self.stream, options={"num_predict": LIMIT})  # fmt: skip
        parts = [part.message for part in answer] if self.stream else [answer.message]
        message = ollama.Message(
            role="assistant",
            content="".join(part.content or "" for part in parts),
            thinking="".join(part.thinking or "" for part in parts) or None,
            tool_calls=[call for part in parts for call in part.tool_calls or ()] or None,
        )
        self.messages.append(message)
        calls = [call.function for call in message.tool_calls or ()]
        called = tuple(Call(call.name, dict(call.arguments)) for call in calls)
        return Said(message.thinking or "", message.content or "", called)

    def add(self, results: tuple[Result, ...]) -> None:
        for result in results:
            images = [ollama.Image(value=data) for _, data in result.images] or None
            self.messages.append(ollama.Message(
                role="tool", tool_name=result.name, content=written(result), images=images))  # fmt: skip


CALLERS: dict[str, type[Caller]] = {
    "chat": Chat,
    "messages": Messages,
    "responses": Responses,
    "ollama": Ollama,
}
