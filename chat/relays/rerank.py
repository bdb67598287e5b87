"""
POST /v1/rerank and /v2/rerank: documents in, their relevance to a query out.

The request and the answer have the form of Cohere, Jina and vLLM.
Reference: https://docs.cohere.com/reference/rerank
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.asked import asked
from chat.relays.answer import relay_call
from chat.requests import fit_rerank, read_rerank

if TYPE_CHECKING:
    from core.http.exchange import Exchange


async def rank(exchange: Exchange) -> None:
    body, resolution = await asked(exchange, "rerank", read_rerank, fit_rerank)
    await relay_call(exchange, "rerank", body, resolution)
