"""
A Messages request as a server of this API gets it: as it is, without what no server gets.

It was read as a conversation before, and so checked: what is refused there is refused here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chat.requests.dangers import MAX_DEPTH, Options, may_use, refused
from chat.requests.fields import FREE, plain
from chat.requests.fields import TOOL as WORDS
from doors.messages.table import BLOCKS, TOOL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doors.door import Asked
    from registry.entities import Provider
    from registry.providers.wire import Body

# What the API's own tools and edits wrote into an answer, whose fields are the server's own.
SERVERS = frozenset({
    "server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "compaction",
    "code_execution_tool_result", "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result", "tool_search_tool_result",
})  # fmt: skip
MORE = {"tool_reference": dict.fromkeys(("type", "tool_name", "cache_control"))}
# The fields of each kind of source. Servers in Go take others for them, without regard to case.
_DATA = ("type", "media_type", "data")
SOURCES = {"base64": _DATA, "text": _DATA, "url": ("type", "url"), "content": ("type", "content")}
HELD = ("base64", "text", "content")  # sources that are in the request
CONTENT = frozenset({"type", "media_type", "data", "content"})
LOCAL = ("bash_", "text_editor_", "computer_", "memory_")  # tools that the caller itself runs
OPTIONS = Options(FREE | WORDS)
BETA = re.compile(r"[A-Za-z0-9._-]{1,100}")
MAX_BETAS = 30
KEPT_BACK = ("oauth-", "mcp-client-", "files-api-", "skills-")  # accounts, addresses, files


def fit(asked: Asked, provider: Provider) -> tuple[Body, list[str]]:
    """Return the request, and the names of what is dropped."""
    dropped = [name for name in asked.dropped if "." not in name and name not in asked.own]
    body = {name: value for name, value in asked.own.items() if value is not None}
    if isinstance(body.get("system"), list):
        body["system"] = _blocks(body["system"], dropped)
    turns = [_turn(turn, dropped) for turn in body["messages"]]
    body["messages"] = [turn for turn in turns if turn["content"]]
    if "tools" in body:
        body["tools"] = _tools(body["tools"], provider, dropped)
        if not body["tools"]:
            del body["tools"]
            body.pop("tool_choice", None)
    return body, dropped


def headers(received: Mapping[bytes, bytes]) -> tuple[tuple[str, str], ...]:
    """Return the headers that a server gets: the betas, without those of refused fields."""
    names = received.get(b"anthropic-beta", b"").decode("latin-1").split(",")
    kept = [name for name in map(str.strip, names)
            if BETA.fullmatch(name) and not name.startswith(KEPT_BACK)]  # fmt: skip
    return (("anthropic-beta", ",".join(kept[:MAX_BETAS])),) if kept else ()


def _turn(turn: Body, dropped: list[str]) -> Body:
    dropped += [f"messages.{name}" for name in sorted(turn.keys() - {"role", "content", "type"})]
    content = turn["content"]
    content = content if isinstance(content, str) else _blocks(content, dropped)
    return {"role": turn["role"], "content": content}


def _blocks(blocks: list[Body], dropped: list[str]) -> list[Body]:
    """Return the blocks that a server takes: the API refuses empty texts and unsigned thoughts."""
    kept = []
    for block in blocks:
        kind = str(block.get("type"))
        known = BLOCKS.get(kind) or MORE.get(kind)
        if kind in SERVERS:
            _check_sources(block, f"messages.content.{kind}")
            kept.append(block)
        elif known is None or (kind == "thinking" and not block.get("signature")):
            dropped.append(f"content.{kind}")
        elif block.get("text") != "" or kind != "text":
            dropped += [f"content.{name}" for name in sorted(block.keys() - known.keys())]
            kept.append(_block({k: v for k, v in block.items() if k in known}, dropped))
    return kept


def _check_sources(value: Any, place: str, depth: int = 0) -> None:
    """Raise PortalError for a source that the server would fetch, or another's file.

    A caller may have written the block itself. What it cites may be an address.
    """
    if depth > MAX_DEPTH:
        raise refused(f"{place}: it is nested too deep.", "messages")
    if isinstance(value, list):
        for item in value:
            _check_sources(item, place, depth + 1)
    for name, inner in value.items() if isinstance(value, dict) else ():
        if plain(name) == "source" and isinstance(inner, dict) and not _is_held(name, inner):
            raise refused(f"{place}.source: the provider would fetch it.", "messages")
        _check_sources(inner, place, depth + 1)


def _is_held(name: str, source: Body) -> bool:
    """Is its content in the request? Servers in Go take other names for these."""
    return name == "source" and CONTENT.issuperset(source) and source.get("type") in HELD


def _block(block: Body, dropped: list[str]) -> Body:
    if isinstance(source := block.get("source"), dict):
        names = SOURCES.get(str(source.get("type")), ())
        dropped += [f"content.source.{name}" for name in sorted(source.keys() - set(names))]
        block = {**block, "source": {k: v for k, v in source.items() if k in names}}
    content = block.get("content")
    if not isinstance(content, list):
        return block
    if block.get("type") == "search_result":  # was read as text: no more was checked
        if not all(map(_is_text, content)):
            dropped.append("content.content")
        content = list(filter(_is_text, content))
    return {**block, "content": _blocks(content, dropped)}


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text"


def _tools(tools: list[Body], provider: Provider, dropped: list[str]) -> list[Body]:
    """Return the tools that the caller runs, and those of the server that models.yaml lists."""
    kept = []
    for tool in tools:
        kind: Any = tool.get("type") or "custom"
        if kind == "custom":
            dropped += [f"tools.{name}" for name in sorted(tool.keys() - TOOL.keys())]
            kept.append({k: v for k, v in tool.items() if k in TOOL})
        elif kind.startswith(LOCAL) or may_use(kind, provider):
            OPTIONS.check(tool, f"tools.{kind}")
            kept.append(tool)
        else:
            dropped.append(f"tools.{kind}")
    return kept
