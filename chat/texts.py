"""
POST /v1/completions, OpenAI's older API: a prompt in, its continuation out, whole or streamed.

The model gets the prompt as it is, without its chat template.
Reference: https://platform.openai.com/docs/api-reference/completions
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.asked import asked
from chat.requests import fit_completion, read_completion
from chat.streaming import final, stream_answer
from core.ids import new_id
from registry.gateway import calls
from registry.providers.events import Chunk, Done

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body, Completion


async def complete(exchange: Exchange) -> None:
    body, resolution = await asked(exchange, "chat", read_completion, fit_completion)
    if body.get("stream"):
        return await _relay(exchange, resolution, body)
    completion = await calls.complete(
        resolution, body, exchange.call, wait=settings.WHOLE_ANSWER_TIMEOUT
    )
    resolution = final(exchange, resolution)
    answer = completion.answer or _compose(completion, resolution)
    answer["resolution"] = resolution.as_json
    del completion  # it may be large, and its reader slow
    await exchange.answer(answer, lines=resolution.header_lines, empties=True)


def _compose(completion: Completion, resolution: Resolution) -> Body:
    choice = {"index": 0, "text": completion.text, "logprobs": None}
    return {
        "id": f"cmpl-{new_id()}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": resolution.name,
        "choices": [{**choice, "finish_reason": completion.finish_reason}],
        "usage": completion.usage,
    }


async def _relay(exchange: Exchange, resolution: Resolution, body: dict[str, Any]) -> None:
    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    batches = calls.stream(resolution, body, exchange.call)
    write = partial(_render, wants_usage=wants_usage)
    await stream_answer(exchange, resolution, batches, write)


def _render(events: list[Event], *, wants_usage: bool) -> bytes:
    return b"".join(
        b"data: [DONE]\n\n" if isinstance(event, Done) else event.data
        for event in events
        if isinstance(event, Done)
        or (isinstance(event, Chunk) and (wants_usage or not event.usage_only))
    )
