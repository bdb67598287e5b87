"""
POST /v1/embeddings: texts in, vectors out.

`encoding_format: base64`, which OpenAI's client requests by default, is encoded here from numbers:
little-endian float32.
"""

from __future__ import annotations

import base64
import sys
from array import array
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.asked import asked
from chat.requests import fit_embeddings, read_embeddings
from chat.streaming import final
from registry.gateway import calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.http.exchange import Exchange


async def embed(exchange: Exchange) -> None:
    body, resolution = await asked(exchange, "embeddings", read_embeddings, fit_embeddings)
    embeddings = await calls.embed(
        resolution, body, exchange.call, wait=settings.WHOLE_ANSWER_TIMEOUT
    )
    resolution = final(exchange, resolution)
    encode = in_base64 if body.get("encoding_format") == "base64" else list
    answer: dict[str, Any] = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": encode(vector)}
            for index, vector in enumerate(embeddings.vectors)
        ],
        "model": embeddings.model or resolution.name,
        "usage": embeddings.usage,
        "resolution": resolution.as_json,
    }
    del embeddings  # it may be large, and its reader slow
    await exchange.answer(answer, lines=resolution.header_lines, empties=True)


def in_base64(vector: Sequence[float]) -> str:
    """Return `vector` as OpenAI packs it."""
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
