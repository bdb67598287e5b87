"""
POST /v1/embeddings: texts in, vectors out.

`encoding_format: base64`, which OpenAI's client asks for by default, is made here, from numbers:
little-endian float32.
"""

from __future__ import annotations

import base64
import sys
from array import array
from typing import TYPE_CHECKING, Any

from chat.requests import read_embeddings
from registry.gateway import calls as complete
from registry.state.service import service
from registry.usage import count_usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.http.exchange import Exchange


async def embed(exchange: Exchange) -> None:
    given = await exchange.json()
    body = read_embeddings(given)
    override = given.get("model") or ""
    resolution = complete.choose(service.current, "embeddings", override, exchange.principal.groups)
    found = await complete.embed(resolution, body, exchange.call)
    count_usage(resolution.provider.name, found.usage)
    encode = in_base64 if body.get("encoding_format") == "base64" else list
    rows = [
        {"object": "embedding", "index": index, "embedding": encode(vector)}
        for index, vector in enumerate(found.vectors)
    ]
    answer: dict[str, Any] = {
        "object": "list",
        "data": rows,
        "model": found.model or resolution.name,
        "usage": found.usage,
        "resolution": resolution.as_json,
    }
    await exchange.answer(answer, lines=resolution.header_lines)


def in_base64(vector: Sequence[float]) -> str:
    """Return `vector` as OpenAI packs it."""
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
