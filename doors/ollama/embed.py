"""POST /api/embed, and the older /api/embeddings: texts in, vectors out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.asked import pop_fallback
from chat.requests import fit_embeddings, read_embeddings, report
from chat.streaming import final
from doors import fates
from doors.ollama import models, table
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.providers.wire import Embeddings
from registry.state.service import service

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from registry.entities import Resolution

NOTHING = Embeddings(())


async def embed(exchange: Exchange) -> None:
    """Answer with a vector for each input."""
    began = time.perf_counter_ns()
    request = await exchange.json()
    vectors, resolution = await _ask(exchange, request, table.EMBED)
    answer: dict[str, Any] = {
        "model": request.get("model") or resolution.id,
        "embeddings": vectors.vectors,
        "total_duration": time.perf_counter_ns() - began,
        "load_duration": 0,
    }
    if vectors.usage:
        answer["prompt_eval_count"] = vectors.usage.get("prompt_tokens") or 0
    await exchange.answer(answer, lines=resolution.header_lines, empties=True)


async def embed_one(exchange: Exchange) -> None:
    """Answer with the vector of a prompt."""
    request = await exchange.json()
    body = {**request, "input": request.get("prompt")}
    vectors, resolution = await _ask(exchange, body, table.EMBEDDINGS)
    vector = vectors.vectors[0] if vectors.vectors else []
    await exchange.answer({"embedding": vector}, lines=resolution.header_lines)


async def _ask(
    exchange: Exchange, request: dict[str, Any], names: fates.Table
) -> tuple[Embeddings, Resolution]:
    pop_fallback(request)
    dropped = fates.lost({k: v for k, v in request.items() if k != "input"}, names)
    sent: dict[str, Any] = {
        name: request[name] for name in ("input", "dimensions") if name in request
    }
    access = exchange.principal.access
    registry = service.seen_with(access)
    access = await marked_aside(registry, access, sent, len(exchange.data))
    name = models.known(registry, str(request.get("model") or ""), access.groups)
    chosen = report(calls.choose(registry, "embeddings", name, access), dropped)
    if sent.get("input") in ("", []):  # it only asks that the model is there
        return NOTHING, chosen
    with calls.Explained(chosen):
        body, resolution = fit_embeddings(read_embeddings(sent), chosen)
    wait = settings.WHOLE_ANSWER_TIMEOUT
    vectors = await calls.embed(resolution, body, exchange.call, wait=wait)
    resolution = final(exchange, resolution)
    return vectors, resolution
