"""The paths of Ollama's API, and what callers may not do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chat.asked import pop_fallback
from core.errors import PortalError
from core.http.exchange import GET, POST, route
from doors.ollama import chat, embed, generate, models, native
from doors.ollama.answer import head
from doors.ollama.form import OllamaForm
from doors.serve import answer
from registry.gateway import calls
from registry.state.service import service

if TYPE_CHECKING:
    from core.http.exchange import Exchange, Handler
    from doors.door import Door, Native
    from registry.providers.wire import Body
    from registry.snapshot import Registry

CHAT, GENERATE = chat.message("", {}), {"response": ""}
FORM = OllamaForm({})


def ask(door: Door, empty: Body, own: Native) -> Handler:
    """Return the handler of a door. `empty` is content that adds nothing.

    Servers of Ollama's API are asked by `own`.
    """

    async def handle(exchange: Exchange) -> None:
        payload = await exchange.json()
        fallback = pop_fallback(payload)
        asked = door.read(payload)
        asked = replace(asked, model=_known(exchange, asked.model))
        if asked.chat.get("messages") == []:
            return await _loaded(exchange, asked.model, empty)
        await answer(exchange, door, asked, own, fallback=fallback)

    return handle


def _registry(exchange: Exchange) -> Registry:
    return service.seen_with(exchange.principal.access)


def _known(exchange: Exchange, name: str) -> str:
    return models.known(_registry(exchange), name, exchange.principal.groups)


async def _loaded(exchange: Exchange, model: str, empty: Body) -> None:
    """Answer a request that only loads the model: it is there, as far as the portal knows."""
    resolution = calls.choose(service.current, "chat", model, exchange.principal.access)
    body = {**head(model), **empty, "done": True, "done_reason": "load"}
    await exchange.answer(body, lines=resolution.header_lines)


async def tags(exchange: Exchange) -> None:
    await exchange.answer(models.tags(_registry(exchange), exchange.principal.groups))


async def show(exchange: Exchange) -> None:
    request = await exchange.json()
    await exchange.answer(models.show(_registry(exchange), exchange.principal.groups, request))


async def version(exchange: Exchange) -> None:
    await exchange.answer({"version": models.VERSION})


async def running(exchange: Exchange) -> None:
    """Answer that no model is in the portal's memory; those of its providers are theirs."""
    await exchange.answer({"models": []})


def refused(verb: str) -> Handler:
    """Return a handler that refuses to change which models there are."""

    async def handle(exchange: Exchange) -> None:
        message = f"Callers do not {verb} models. Operators list them, in models.yaml."
        raise PortalError("permission_denied", message)

    return handle


ROUTES = {
    "/api/chat": route(ask(chat, CHAT, native.CHAT), OllamaForm(CHAT), POST),
    "/api/generate": route(ask(generate, GENERATE, native.GENERATE), OllamaForm(GENERATE), POST),
    "/api/embed": route(embed.embed, FORM, POST),
    "/api/embeddings": route(embed.embed_one, FORM, POST),
    "/api/show": route(show, FORM, POST),
    "/api/tags": route(tags, FORM, GET),
    "/api/ps": route(running, FORM, GET),
    "/api/version": route(version, FORM, GET),
    **{
        f"/api/{verb}": route(refused(verb), FORM, POST)
        for verb in ("pull", "push", "create", "copy")
    },
    "/api/delete": route(refused("delete"), FORM, ("DELETE",)),
}
