"""OpenAI's SDK at two doors: the chat, and Responses. It sends back thoughts as they came."""

from __future__ import annotations

import json
from typing import Any, cast

import openai

from tests.doors.loops.agent import FUNCTIONS, address, written
from tests.doors.loops.story import LIMIT, QUESTION, SYSTEM, Image, Result, Said
from tests.doors.pairs.meaning import Call
from tests.support.portal import Portal


def _openai(portal: Portal) -> openai.OpenAI:
    token = portal.tokens["ann"]
    return openai.OpenAI(base_url=f"{portal.url}/v1", api_key=token, max_retries=0)


class Chat:
    """OpenAI's SDK on /v1/chat/completions. It sends back thoughts as they came."""

    def __init__(self, portal: Portal, model: str, *, stream: bool) -> None:
        self.client = _openai(portal)
        self.close = self.client.close
        self.model, self.stream = model, stream
        parts = [{"type": "text", "text": QUESTION.text}, *map(_picture, QUESTION.images)]
        self.messages: list[Any] = [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": parts},
        ]

    def ask(self) -> Said:
        create = cast("Any", self.client.chat.completions.create)
        tools = [{"type": "function", "function": function} for function in FUNCTIONS]
        answer = create(model=self.model, messages=self.messages, tools=tools, max_tokens=LIMIT,
                        reasoning_effort="low", stream=self.stream)  # fmt: skip
        message = _joined(answer) if self.stream else answer.choices[0].message.model_dump(exclude_none=True)  # fmt: skip
        self.messages.append(message)
        calls = [call["function"] for call in message.get("tool_calls") or ()]
        return Said(
            message.get("reasoning_content") or "",
            message.get("content") or "",
            tuple(Call(call["name"], json.loads(call["arguments"])) for call in calls),
        )

    def add(self, results: tuple[Result, ...]) -> None:
        ids = [call["id"] for call in self.messages[-1]["tool_calls"]]
        images = [image for result in results for image in result.images]
        for identifier, result in zip(ids, results, strict=True):
            message = {"role": "tool", "tool_call_id": identifier, "content": written(result)}
            self.messages.append(message)
        if images:
            self.messages.append({"role": "user", "content": [*map(_picture, images)]})


def _picture(image: Image) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": address(image)}}


def _joined(chunks: Any) -> dict[str, Any]:
    """Return the message that chunks add up to, with the thoughts that the SDK has no type for."""
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    calls: dict[int, Any] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            delta = choice.delta.model_dump(exclude_none=True)
            message["content"] += delta.get("content", "")
            if "reasoning_content" in delta:
                message["reasoning_content"] = message.get("reasoning_content", "") + delta["reasoning_content"]  # fmt: skip
            for block in delta.get("thinking_blocks", ()):
                _add_block(message.setdefault("thinking_blocks", []), block)
            for call in delta.get("tool_calls", ()):
                known = calls.setdefault(call.pop("index"), call)
                if known is not call:
                    known["function"]["arguments"] += call["function"]["arguments"]
    return message | ({"tool_calls": list(calls.values())} if calls else {})


def _add_block(blocks: list[Any], block: dict[str, Any]) -> None:
    """Add a block, or a part of one: its signature comes last."""
    block.pop("index", None)
    if not blocks or blocks[-1].get("signature") or "data" in block:
        blocks.append(block)
    else:
        blocks[-1]["thinking"] += block["thinking"]
        blocks[-1]["signature"] = block["signature"]


class Responses:
    """OpenAI's SDK on /v1/responses: what it got is what it sends back."""

    def __init__(self, portal: Portal, model: str, *, stream: bool) -> None:
        self.client = _openai(portal)
        self.close = self.client.close
        self.model, self.stream = model, stream
        content = [_input_image(image) for image in QUESTION.images]
        self.items: list[Any] = [
            {"role": "user", "content": [*content, {"type": "input_text", "text": QUESTION.text}]}
        ]

    def ask(self) -> Said:
        create = cast("Any", self.client.responses.create)
        tools = [{"type": "function", "strict": False, **function} for function in FUNCTIONS]
        response = create(model=self.model, input=self.items, instructions=SYSTEM, tools=tools,
                          max_output_tokens=LIMIT, reasoning={"effort": "low"}, store=False,
                          include=["reasoning.encrypted_content"], stream=self.stream)  # fmt: skip
        if self.stream:
            *_, last = response
            response = last.response
        self.items += response.output
        thoughts = [item for item in response.output if item.type == "reasoning"]
        calls = [item for item in response.output if item.type == "function_call"]
        return Said(
            "".join(part.text for item in thoughts for part in item.summary),
            response.output_text,
            tuple(Call(call.name, json.loads(call.arguments)) for call in calls),
        )

    def add(self, results: tuple[Result, ...]) -> None:
        calls = self.items[-len(results) :]
        for call, result in zip(calls, results, strict=True):
            texts = ["Error: " + text if result.failed else text for text in result.texts]
            output = [{"type": "input_text", "text": text} for text in texts]
            output += [_input_image(image) for image in result.images]
            self.items.append(
                {"type": "function_call_output", "call_id": call.call_id, "output": output}
            )


def _input_image(image: Image) -> dict[str, Any]:
    return {"type": "input_image", "detail": "auto", "image_url": address(image)}
