"""Reads what /api/chat and /api/generate have in common: options, format, thoughts."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from chat.requests.dangers import refused
from core.http.body import check_types
from doors import fates
from doors.door import Asked
from doors.ollama import table

ADDED = ("think", "reasoning_effort")  # servers differ in which of them they take


class Timed(Asked, frozen=True):
    """A request, and when it was read, by `time.perf_counter_ns`."""

    began: int = msgspec.field(default_factory=time.perf_counter_ns)


class Shared(msgspec.Struct):
    """The types of the fields that are read."""

    model: str | None = None
    stream: bool | None = None
    format: str | dict[str, Any] | None = None
    think: bool | str | None = None
    options: dict[str, Any] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None


def read(request: dict[str, Any], names: fates.Table, shape: type[Shared]) -> tuple[Any, Any, Any]:
    """Return the typed request, the fields of a chat request, and the names of what is dropped.

    Raises PortalError `invalid_request`.
    """
    dropped = fates.lost(request, names)
    checked = check_types(fates.without(request, dropped), shape)
    chosen = checked.options or {}
    dropped += fates.lost(chosen, table.OPTIONS, "options")
    chat = options(chosen) | _form(checked.format) | _thoughts(checked.think)
    chat |= {n: request[n] for n in ("logprobs", "top_logprobs") if request.get(n)}
    chat["stream"] = checked.stream is not False
    return checked, chat, dropped


def options(chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the options as fields of a chat request."""
    kinds = (fates.CARRIED, fates.CHANGED)
    sent = {
        table.RENAMED.get(name, name): value
        for name, value in chosen.items()
        if name in table.OPTIONS and table.OPTIONS[name].kind in kinds and value not in (None, [])
    }
    limit = sent.get("max_tokens")
    if isinstance(limit, int) and limit < 0:  # as many as it likes
        del sent["max_tokens"]
    return sent


def _form(form: str | dict[str, Any] | None) -> dict[str, Any]:
    if not form:
        return {}
    if form == "json":
        return {"response_format": {"type": "json_object"}}
    if isinstance(form, str):
        raise refused("format: it is `json`, or a JSON Schema.", "format")
    described = {"name": "answer", "schema": form}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _thoughts(think: bool | str | None) -> dict[str, Any]:
    if think is None or think == "":
        return {}
    if think is True:
        return {"think": True}
    return {"reasoning_effort": think or "none"}
