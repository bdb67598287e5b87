"""What the routes of models begin with: read a request, choose the model, fit one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.http.body import read_json
from core.http.decoding import MAX_INLINE
from registry.gateway import calls
from registry.gateway.question import Question
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.http.exchange import Exchange
    from registry.entities import Resolution

    Body = dict[str, Any]
    Read = Callable[[Body], Body]
    Fit = Callable[[Body, Resolution], tuple[Body, Resolution]]


async def asked(
    exchange: Exchange, capability: str, read: Read, fit: Fit, payload: Body | None = None
) -> tuple[Body, Resolution]:
    """Return the request as its provider gets it, and the resolution. Raises PortalError.

    `payload` is the request if it is not JSON.
    """
    is_large = payload is None and len(exchange.data) > MAX_INLINE
    payload = await exchange.json() if payload is None else payload
    body = read(payload)
    override = payload.get("model") or ""
    chosen = calls.choose(service.current, capability, override, exchange.principal.groups)
    with calls.Explained(chosen):
        fitted, resolution = fit(body, chosen)
    if is_large:
        fitted = Question(fitted, lambda: fit(read(read_json(exchange.data)), chosen)[0])
    return fitted, resolution
