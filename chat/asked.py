"""What the routes of models begin with: read a request, choose the model, fit one to the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from core.http.body import read_json
from core.http.decoding import MAX_INLINE
from registry.gateway import calls
from registry.gateway.attempts import Fitted
from registry.gateway.marking import marked_aside
from registry.gateway.question import Question
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.http.exchange import Exchange
    from registry.entities import Resolution

    Body = dict[str, Any]
    Read = Callable[[Body], Body]
    Fit = Callable[[Body, Resolution], tuple[Body, Resolution]]


def pop_fallback(payload: Body) -> bool:
    """Take `fallback` out of a request: may other models answer? Raises PortalError."""
    if (fallback := payload.pop("fallback", None)) is None:
        return False
    if not isinstance(fallback, bool):
        message = "fallback: Write true, to let other models answer, or false."
        raise PortalError("invalid_request", message, param="fallback")
    return fallback


def refit(fit: Fit, body: Body, other: Resolution) -> Fitted:
    """Return the request that was read as another model gets it. Raises PortalError."""
    fitted, resolution = fit(body, other)
    return Fitted(resolution, fitted)


async def asked(
    exchange: Exchange, capability: str, read: Read, fit: Fit, payload: Body | None = None
) -> tuple[Body, Resolution]:
    """Return the request as its provider gets it, and the resolution. Raises PortalError.

    `payload` is the request if it is not JSON.
    """
    is_large = payload is None and len(exchange.data) > MAX_INLINE
    if payload is None:
        payload = await exchange.json()
        fallback = pop_fallback(payload)
    else:  # what is relayed has no fallback
        fallback = payload.pop("fallback", None) == "true"
    body = read(payload)
    override, registry = payload.get("model") or "", service.current
    access = await marked_aside(registry, exchange.principal.access, payload, len(exchange.data))
    chosen = calls.choose(registry, capability, override, access, fallback=fallback)
    with calls.Explained(chosen):
        fitted, resolution = fit(body, chosen)
    if is_large:
        again = partial(_read_again, exchange, read)
        fitted = Question(fitted, lambda: fit(again(), chosen)[0])
        if chosen.fallbacks:
            exchange.call.refit = lambda other: refit(fit, again(), other)
    elif chosen.fallbacks:
        exchange.call.refit = partial(refit, fit, body)
    return fitted, resolution


def _read_again(exchange: Exchange, read: Read) -> Body:
    payload = read_json(exchange.data)
    payload.pop("fallback", None)
    return read(payload)
