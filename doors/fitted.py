"""A request that a door has read, as the provider of a model gets it by translation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from chat.requests import fit, fit_completion, read_chat, read_completion, report
from chat.requests.names import own_all
from registry.gateway import calls

if TYPE_CHECKING:
    from doors.door import Asked
    from registry.entities import Resolution


def fitted(asked: Asked, chosen: Resolution) -> tuple[Asked, Resolution]:
    """Return the request as its provider gets it, and the resolution that reports it."""
    is_chat = "messages" in asked.chat
    read, to_provider = (read_chat, fit) if is_chat else (read_completion, fit_completion)
    with calls.Explained(chosen):
        if asked.refusal:
            raise asked.refusal
        body, resolution = to_provider(read(asked.chat), report(chosen, asked.dropped))
    if resolution.dropped:
        names = own_all(resolution.dropped, asked.names)
        resolution = replace(resolution, dropped=names)
    return structs.replace(asked, chat=body), resolution
