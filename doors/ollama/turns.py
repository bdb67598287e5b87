"""
Translates Ollama's messages into OpenAI's.

Images of tools' results follow the last of them in a user's message: OpenAI's results are text.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused

if TYPE_CHECKING:
    from registry.providers.wire import Body

# How base64 of an image begins; others are declared as PNG, and servers look themselves.
MEDIA = {"/9j/": "jpeg", "R0lG": "gif", "UklG": "webp", "Qk": "bmp"}


def messages(turns: list[Body]) -> list[Body]:
    """Return OpenAI's messages. Raises PortalError `invalid_request`."""
    waiting: list[tuple[str, str]] = []  # calls without a result: ID and name
    translated: list[Body] = []
    shown: list[Body] = []  # the images of results
    for number, turn in enumerate(turns):
        place, is_result = f"messages[{number}]", turn.get("role") == "tool"
        if not is_result:
            translated += _following(shown)
            shown = []
        elif turn.get("images"):
            shown += _content(None, turn["images"], place)
            turn = {**turn, "images": None}
        translated.append(_message(turn, place, waiting))
    return [*translated, *_following(shown)]


def _following(images: list[Body]) -> list[Body]:
    return [{"role": "user", "content": images}] if images else []


def _message(turn: Body, place: str, waiting: list[tuple[str, str]]) -> Body:
    own = ("images", "tool_calls", "thinking", "tool_name")
    message = {k: v for k, v in turn.items() if k not in own and v is not None}
    message["content"] = _content(turn.get("content"), turn.get("images") or [], place)
    if thinking := turn.get("thinking"):
        message["reasoning_content"] = thinking
    if calls := turn.get("tool_calls"):
        message["tool_calls"] = _calls(calls, place, waiting)
    if turn.get("role") == "tool":
        message.pop("name", None)
        message["tool_call_id"] = _take(turn, place, waiting)
    return message


def _content(content: Any, images: Any, place: str) -> Any:
    if not images:
        return content or ""
    if not isinstance(images, list):
        raise refused(f"{place}.images: it is a list.", "messages")
    text = [{"type": "text", "text": content}] if isinstance(content, str) and content else []
    text = content if isinstance(content, list) else text
    return [*(image(each, f"{place}.images") for each in images), *text]


def image(data: Any, place: str) -> Body:
    """Return an image in base64 as a part. Raises PortalError `invalid_request`."""
    if isinstance(data, str) and data[:5].lower() == "data:":
        return {"type": "image_url", "image_url": {"url": data}}
    try:
        base64.b64decode(data, validate=True)
    except (ValueError, TypeError):
        raise refused(f"{place}: send its content in base64.", place) from None
    kind = next((kind for begin, kind in MEDIA.items() if data.startswith(begin)), "png")
    return {"type": "image_url", "image_url": {"url": f"data:image/{kind};base64,{data}"}}


def _calls(calls: Any, place: str, waiting: list[tuple[str, str]]) -> list[Body]:
    translated = []
    for number, call in enumerate(calls):
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise refused(f"{place}.tool_calls[{number}]: it has no function's name.", "messages")
        identifier = call.get("id") or f"call_{place[9:-1]}_{number}"
        waiting.append((str(identifier), function["name"]))
        arguments = function.get("arguments") or {}
        if not isinstance(arguments, str):
            arguments = json.dumps(arguments, ensure_ascii=False)
        called = {"name": function["name"], "arguments": arguments}
        translated.append({"id": identifier, "type": "function", "function": called})
    return translated


def _take(turn: Body, place: str, waiting: list[tuple[str, str]]) -> str:
    """Return the ID of the call that a result is for: by its ID, its name, or their order."""
    identifier, name = turn.get("tool_call_id"), turn.get("tool_name") or turn.get("name")
    wanted = [call for call in waiting if call[0] == identifier] or [
        call for call in waiting if not identifier and name in (None, "", call[1])
    ]
    if not wanted:
        raise refused(f"{place}: no call before it waits for this result.", "messages")
    waiting.remove(wanted[0])
    return wanted[0][0]
