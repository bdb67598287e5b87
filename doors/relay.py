"""
Answers of a server that speaks the caller's own API: its bytes, as they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.relays import answer
from chat.requests import allowed, read_chat, report
from chat.requests.names import Named
from registry.gateway import calls

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from doors.door import Asked, Native
    from registry.entities import Resolution


async def relay(exchange: Exchange, asked: Asked, native: Native, chosen: Resolution) -> None:
    """Answer what was read on a model whose server speaks the caller's API."""
    with calls.Explained(chosen), Named(asked.names):
        allowed(read_chat(asked.chat), chosen.provider)  # refuses what no provider gets
        body, dropped = native.fit(asked, chosen.provider)
    exchange.call.headers = native.headers(exchange.headers)
    resolution = report(chosen, list(dict.fromkeys(dropped)))
    await answer.relay(exchange, native.wire, body, resolution, stream=asked.stream)
