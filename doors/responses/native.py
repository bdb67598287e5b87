"""
A Responses request as a server of this API gets it: as it is, without what no server gets.

It was read as a conversation before, and so checked: addresses of images and files, too. Nothing is
stored: an ID alone may name another user's item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.fit import PASSED, is_costly
from doors import fates
from doors.responses import thoughts
from doors.responses.items import HOSTED
from doors.responses.native_tools import choice, tools
from doors.responses.parts import address
from doors.responses.table import REQUEST

if TYPE_CHECKING:
    from collections.abc import Collection

    from doors.door import Asked
    from registry.entities import Provider
    from registry.providers.wire import Body

SENT = {name for name, fate in REQUEST.items() if fate.kind not in (fates.DROPPED, fates.REFUSED)}
EVERY = frozenset({"type", "id", "status"})  # of items
CALL, OUTPUT = ("call_id", "name", "namespace"), ("call_id", "output")
ITEMS: dict[str, tuple[str, ...]] = {
    "message": ("role", "content", "phase"),
    "reasoning": ("summary", "content", "encrypted_content"),
    "compaction": ("encrypted_content",),
    "context_compaction": ("encrypted_content",),
    "function_call": (*CALL, "arguments"),
    "custom_tool_call": (*CALL, "input"),
    "local_shell_call": ("call_id", "action"),
    "shell_call": ("call_id", "action"),
    "apply_patch_call": ("call_id", "operation"),
    "computer_call": ("call_id", "action", "actions", "pending_safety_checks"),
    "web_search_call": ("action",),
    "function_call_output": OUTPUT,
    "custom_tool_call_output": OUTPUT,
    "local_shell_call_output": OUTPUT,
    "shell_call_output": (*OUTPUT, "max_output_length"),
    "apply_patch_call_output": OUTPUT,
    "computer_call_output": (*OUTPUT, "acknowledged_safety_checks"),
}
PARTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("input_text", "text", "summary_text", "reasoning_text"), ("text",)),
    "output_text": ("text", "annotations", "logprobs"),
    "refusal": ("refusal",),
    "input_image": ("image_url", "detail"),
    "input_file": ("filename", "file_data"),
    "input_audio": ("input_audio",),
}
INSIDE: dict[str, tuple[str, ...]] = {  # of fields that are objects
    "reasoning": ("effort", "summary", "generate_summary"),
    "text": ("format", "verbosity"),
    "stream_options": ("include_obfuscation",),
    "context_management": ("type", "compact_threshold"),
}
FORM = ("type", "name", "description", "schema", "strict")
LISTS = ("content", "summary", "output")  # of parts
INCLUDED = frozenset({
    "reasoning.encrypted_content", "message.output_text.logprobs", "web_search_call.results",
    "web_search_call.action.sources", "code_interpreter_call.outputs", "file_search_call.results",
})  # fmt: skip


def fit(asked: Asked, provider: Provider) -> tuple[Body, list[str]]:
    """Return the request, and the names of what is dropped. Raises PortalError."""
    dropped = [name for name in asked.dropped if "." not in name and name not in asked.own]
    body = {name: v for name, v in asked.own.items() if name in SENT and v is not None}
    costly = [name for name, value in body.items() if is_costly(name, value, provider)]
    dropped += costly
    body = fates.without(body, costly)
    body |= {name: _inside(body[name], name, dropped) for name in INSIDE if name in body}
    if "include" in body:
        dropped += [f"include.{name}" for name in body["include"] if name not in INCLUDED]
        body["include"] = [name for name in body["include"] if name in INCLUDED]
    if isinstance(body["input"], list):
        body["input"] = _items(body["input"], dropped)
    body["tools"] = tools(body.get("tools") or [], provider, dropped)
    body["tool_choice"] = choice(body.get("tool_choice"), body["tools"])
    sent = {name: value for name, value in body.items() if value not in (None, [], {})}
    return {**sent, "store": False}, dropped


def _inside(value: Body | list[Body], name: str, dropped: list[str]) -> Any:
    """Return an object, or objects, with the known fields; and so one inside of it."""
    if isinstance(value, list):
        return [_inside(row, name, dropped) for row in value]
    kept = _kept(value, INSIDE[name], name, dropped)
    if isinstance(form := kept.get("format"), dict):
        kept["format"] = _kept(form, FORM, "text.format", dropped)
    return kept


def _kept(fields: Body, known: Collection[str], place: str, dropped: list[str]) -> Body:
    """Return the known fields, and add the names of the others to `dropped`."""
    dropped += [f"{place}.{name}" for name in sorted(fields.keys() - set(known))]
    return {name: value for name, value in fields.items() if name in known}


def _items(items: list[Body], dropped: list[str]) -> list[Body]:
    kept = []
    for number, item in enumerate(items):
        kind = item.get("type") or "message"
        if kind in HOSTED and "output" in item:  # a conversation has none, and so did not check it
            PASSED.check(item["output"], f"input[{number}].output")
        if thoughts.is_ours(item.get("encrypted_content")):
            item = {name: v for name, v in item.items() if name != "encrypted_content"}
        if kind in ITEMS and (kind != "reasoning" or _is_thought(item)):
            fields = _kept(item, EVERY.union(ITEMS[kind]), "input", dropped)
            kept.append({name: _content(name, v, dropped) for name, v in fields.items()})
        else:
            dropped.append(f"input.{kind}")
    return kept


def _is_thought(item: Body) -> bool:
    """Does it hold a thought? A server looks up others by their ID, or reads only a summary."""
    return bool(item.get("content") or item.get("encrypted_content"))


def _content(name: str, parts: Any, dropped: list[str]) -> Any:
    if name not in LISTS or not isinstance(parts, list):
        return parts
    return [_part(part, dropped) if isinstance(part, dict) else part for part in parts]


def _part(part: Body, dropped: list[str]) -> Body:
    kind = str(part.get("type"))
    if kind not in PARTS:  # of a shell's output
        return part
    kept = _kept(part, ("type", *PARTS[kind]), "content", dropped)
    if "image_url" in kept:
        kept["image_url"] = address(kept["image_url"])
    if isinstance(sound := kept.get("input_audio"), dict):
        kept["input_audio"] = _kept(sound, ("data", "format"), "content.input_audio", dropped)
    return kept
