"""
The Responses API for callers who speak it themselves: requests and answers as they are.

OpenAI, vLLM, llama.cpp, LM Studio and Ollama have it beside their chats.
Reference: https://platform.openai.com/docs/api-reference/responses
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from registry.providers import errors, relayed, relayed_texts
from registry.providers.openai.values import text_of
from registry.providers.reading import bad_response, checked, token_count, usage
from registry.providers.wire import Body, Native, Relayed, Request, Stamp, Target
from registry.providers.writing import post

# What models.yaml says of a chat, in this API: inside of an object where there is a second name.
RENAMED: dict[str, tuple[str, ...]] = {
    "max_tokens": ("max_output_tokens",),
    "max_completion_tokens": ("max_output_tokens",),
    "reasoning_effort": ("reasoning", "effort"),
    "verbosity": ("text", "verbosity"),
}
# Of chats alone: strict servers refuse them here.
CHATS = frozenset({
    "messages", "stop", "n", "seed", "logprobs", "logit_bias", "presence_penalty",
    "frequency_penalty", "stream", "stream_options", "response_format", "functions",
    "function_call", "modalities", "audio", "prediction", "web_search_options",
})  # fmt: skip
TEXTS = ("response.output_text.delta", "response.refusal.delta")
ENDS = ("response.completed", "response.incomplete", "response.done")


def write(target: Target, body: Body) -> Request:
    """Return a request with the options of models.yaml; the caller's own fields win."""
    sent = {**body, "model": target.name}
    for name, value in target.options.items():
        if name not in CHATS:
            _put(sent, RENAMED.get(name, (name,)), value)
    return post(target, "/responses", sent)


def _put(body: Body, path: tuple[str, ...], value: Any) -> None:
    """Set what the body lacks at `path`. A null removes it."""
    name, *inside = path
    if inside:
        body[name] = dict(body.get(name) or {})
        _put(body[name], tuple(inside), value)
        if not body[name]:
            del body[name]
    elif value is None:
        body.pop(name, None)
    elif body.get(name) is None:
        body[name] = value


def read(data: bytes, body: Body) -> Relayed:
    """Return a whole answer, as it is. Raises PortalError unless it is one."""
    response = checked(data)
    if not isinstance(response.get("output"), list):
        raise bad_response("it has no output")
    _check(response)
    return Relayed(data, counts(response.get("usage")), text=_words(response["output"]))


def _words(output: list[Any]) -> str:
    """Return what the messages of an output say."""
    items = (item for item in output if isinstance(item, dict) and item.get("type") == "message")
    return "".join(text_of(item.get("content")) for item in items)


def counts(reported: Any) -> Body | None:
    """Return OpenAI's `usage` of a chat."""
    if not isinstance(reported, dict):
        return None
    counted = usage(reported.get("input_tokens"), reported.get("output_tokens"))
    if counted is None:
        return None
    for name, of, detail in (
        ("prompt_tokens_details", "input_tokens_details", "cached_tokens"),
        ("completion_tokens_details", "output_tokens_details", "reasoning_tokens"),
    ):
        details = reported.get(of)
        if isinstance(details, dict) and token_count(details.get(detail)) is not None:
            counted[name] = {detail: token_count(details[detail])}
    return counted


def _check(response: Body) -> None:
    """Raise PortalError for a response that failed without an error of its own."""
    if response.get("status") in ("failed", "cancelled"):
        raise errors.in_answer(response.get("error") or f"It was {response['status']}.")


class RelayedStream(relayed.RelayedStream):
    """The events of a response. The last one has the whole of it."""

    MARKS = (*(f'"{kind}"'.encode() for kind in ENDS), b'"response.failed"', b'"error"')

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__()
        self.usage: Body | None = None

    def _counts(self) -> Body | None:
        return self.usage

    def _note(self, event: Body) -> bool:
        response = event.get("response")
        response = response if isinstance(response, dict) else {}
        if event.get("type") == "response.failed" or response.get("error"):
            raise errors.in_answer({"error": response.get("error") or "The response failed."})
        if event.get("type") not in ENDS:
            return False
        _check(response)
        self.usage = counts(response.get("usage"))
        return True


class _Said(msgspec.Struct, gc=False):
    type: str = ""
    delta: Any = None


def _text(event: _Said) -> str:
    return event.delta if event.type in TEXTS and isinstance(event.delta, str) else ""


_decoder = msgspec.json.Decoder(_Said)
_texts = partial(relayed_texts.in_events, mark=b".delta", decoder=_decoder, text=_text)
CHAT = Native(write, read, RelayedStream, _texts)
