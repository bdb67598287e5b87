"""
POST /v1/images/generations: a prompt in, images out, whole or as they are drawn.

Reference: https://platform.openai.com/docs/api-reference/images/create
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.asked import asked
from chat.relays.answer import relay_call
from chat.requests import fit_images, read_images

if TYPE_CHECKING:
    from core.http.exchange import Exchange

CALL = "image_generation"


async def generate(exchange: Exchange) -> None:
    body, resolution = await asked(exchange, CALL, read_images, fit_images)
    await relay_call(exchange, CALL, body, resolution)
