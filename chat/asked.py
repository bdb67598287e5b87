"""What the routes of models begin with: read a request, choose the model, fit one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.gateway import calls
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
    payload = await exchange.json() if payload is None else payload
    body = read(payload)
    override = payload.get("model") or ""
    chosen = calls.choose(service.current, capability, override, exchange.principal.groups)
    with calls.Explained(chosen):
        return fit(body, chosen)
