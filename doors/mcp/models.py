"""Tools about models: which there are, and which one would answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from doors.mcp.tool import Word
from registry.config.schema import CAPABILITIES
from registry.gateway import calls
from registry.listing import get_models
from registry.state.service import service

if TYPE_CHECKING:
    from doors.mcp.tool import Caller
    from registry.entities import Resolution
    from registry.snapshot import Registry

WORDS = f"{', '.join(CAPABILITIES)}, or another word of models.yaml."


class ListModels(msgspec.Struct, forbid_unknown_fields=True):
    capability: Annotated[Word, Meta(description=f"Only models that can do this: {WORDS}")] = ""


class ExplainResolution(msgspec.Struct, forbid_unknown_fields=True):
    capability: Annotated[Word, Meta(description=f"What the model is to do: {WORDS}")] = "chat"
    model: Annotated[Word, Meta(description="The ID that a request names. Empty: none.")] = ""


async def list_models(arguments: ListModels, caller: Caller) -> dict[str, Any]:
    """List the AI models that you may use, what each can do, and which one answers by default."""
    registry = service.seen_with(caller.principal.access)
    listed = get_models(registry, arguments.capability, caller.principal.groups)
    return {**listed, "revision": registry.revision}


async def explain_resolution(arguments: ExplainResolution, caller: Caller) -> dict[str, Any]:
    """Show which model would answer a request, and why. No model is asked."""
    access = caller.principal.access
    registry = service.seen_with(access)
    resolution = calls.choose(registry, arguments.capability, arguments.model, access)
    shown = {"capability": resolution.capability, **resolution.as_dict()}
    return {**shown, "because": because(resolution, registry)}


def because(resolution: Resolution, registry: Registry) -> str:
    """Return in a sentence why this is the model."""
    listed = "" if resolution.registry else ", although models.yaml does not list it"
    if resolution.resolved_by == "override":
        return f"The request names {resolution.id}{listed}."
    if resolution.resolved_by == "fallback":
        return f"It answers instead of {resolution.asked}: {resolution.because}."
    if primary := registry.primaries.get(resolution.capability):
        reason = f" ({primary.reason})" if primary.reason else ""
        return f"{primary.by} set it for {resolution.capability} at {primary.at}{reason}."
    return f"models.yaml names it as the default for {resolution.capability}."
