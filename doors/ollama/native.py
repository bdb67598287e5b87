"""
A request as a server of Ollama's API gets it: as it is, without what no server gets.

It was read as a conversation before, and so checked: what is refused there is refused here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doors import fates
from doors.door import Native
from doors.ollama import table
from registry.providers.ollama import native as wire
from registry.providers.ollama.messages import to_ollama

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doors.door import Asked
    from doors.fates import Table
    from registry.entities import Provider
    from registry.providers.wire import Body

SENT = (fates.CARRIED, fates.CHANGED)
TURN = table.MESSAGE.keys()


def fit_chat(asked: Asked, provider: Provider) -> tuple[Body, list[str]]:
    """Return the request, and the names of what is dropped."""
    body, dropped = _kept(asked, table.CHAT), list(asked.dropped)
    turns = body["messages"]
    if not all(_is_own(turn) for turn in turns):
        return {**body, "messages": to_ollama(asked.chat["messages"])}, dropped
    dropped += [f"messages.{name}" for turn in turns for name in sorted(turn.keys() - TURN)]
    body["messages"] = [{k: v for k, v in turn.items() if k in TURN} for turn in turns]
    return body, dropped


def fit_prompt(asked: Asked, provider: Provider) -> tuple[Body, list[str]]:
    return _kept(asked, table.GENERATE), list(asked.dropped)


def _kept(asked: Asked, names: Table) -> Body:
    body = _sent(asked.own, names)
    if body.get("options"):
        body["options"] = _sent(body["options"], table.OPTIONS)
    return body | {"stream": asked.stream}


def _sent(fields: Mapping[str, Any], names: Table) -> Body:
    """Return the fields that are sent."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and name in names and names[name].kind in SENT
    }


def _is_own(turn: Body) -> bool:
    """Is it of Ollama's own form? Some clients send texts in parts, or images as addresses."""
    calls, images = turn.get("tool_calls") or (), turn.get("images") or ()
    return (
        isinstance(turn.get("content"), str | None)
        and not any(image[:5].lower() == "data:" for image in images)
        and all(isinstance(call["function"].get("arguments"), dict | None) for call in calls)
    )


CHAT = Native(wire.CHAT, fit_chat)
GENERATE = Native(wire.GENERATE, fit_prompt)
