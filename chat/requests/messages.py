"""
A chat's messages: which fields and parts pass, and which a server would act upon.

What a provider said in an answer is taken back as history, whatever fields it has. An answer in the
history loses a part that a server would load, and one of an unknown type. In a message of another
role, what only answers have is examined as an option of the server is.
"""

from __future__ import annotations

from typing import Any

from chat.requests.dangers import Options, check_name, refused, refused_field
from chat.requests.fields import LOADED, WHY, plain
from chat.requests.parts import PART, TEXT_OF_PART, check_address, fit_part
from core.errors import PortalError

MESSAGE = frozenset({
    "role", "content", "name", "tool_calls", "tool_call_id", "function_call", "refusal", "audio",
    "annotations", "reasoning_content", "reasoning", "reasoning_details", "thinking",
    "thinking_blocks", "provider_specific_fields", "parsed", "prefix", "id", "cache_control",
    "citations", "context", "images", "executed_tools", "search_results", "documents",
    "extra_content", "reasoning_signature", "phase", "status", "type", "weight", "tool_name",
    "partial", "tool_plan", "reasoning_opaque", "encrypted_content",
})  # fmt: skip
# What of a message is its words. The rest of the list is examined, unless it is an answer's.
SAID = frozenset({"role", "content", "name", "tool_call_id"})
CONTENTS = frozenset({"role", "content", "images", "tool_calls"})
OWN = Options((), sent=True)


def fit_messages(
    messages: list[dict[str, Any]], dropped: dict[str, None], *, fetches: bool, keep_all: bool
) -> list[dict[str, Any]]:
    """Return the messages with the fields that pass, and add the others' names to `dropped`.

    `fetches`: the provider may fetch images from https addresses. Raises PortalError.
    """
    return [
        message
        if _is_plain(message)
        else _message(message, f"messages[{number}]", dropped, fetches=fetches, keep_all=keep_all)
        for number, message in enumerate(messages)
    ]


def _is_plain(message: dict[str, Any]) -> bool:
    """Is it a message of text with known fields? Nearly all are."""
    known = MESSAGE if message.get("role") == "assistant" else SAID
    plain_content = isinstance(message.get("content"), str) and "images" not in message
    return plain_content and message.keys() <= known


def _message(
    message: dict[str, Any], where: str, dropped: dict[str, None], *, fetches: bool, keep_all: bool
) -> dict[str, Any]:
    is_answer = message.get("role") == "assistant"
    if unknown := message.keys() - MESSAGE:
        for name in sorted(unknown):
            _check_field(name, message[name], f"{where}.{name}", is_answer=is_answer)
        if not keep_all:
            dropped.update(dict.fromkeys(f"messages.{name}" for name in sorted(unknown)))
            message = {name: v for name, v in message.items() if name not in unknown}
    if not is_answer:
        _examine(message, MESSAGE - SAID - {"images"}, where)
    if not isinstance(message.get("images"), list | None):
        raise refused(f"{where}.images: it is a list.", where)
    for key in ("content", "images"):
        if isinstance(parts := message.get(key), list):
            fitted = _parts(parts, key, where, dropped, fetches=fetches, is_answer=is_answer)
            if fitted != parts:
                message = {**message, key: fitted}
    return message


def _check_field(name: str, value: Any, place: str, *, is_answer: bool) -> None:
    """Raise PortalError for an unknown field of a message that a server would act upon.

    What an answer cites may be an address.
    """
    check_name(name, CONTENTS, place.removesuffix(name))
    if why := WHY.get(plain(name)):
        raise refused_field(place, why)
    if not is_answer and LOADED.search(name.lower()):
        OWN.check(value, place)


def _examine(value: dict[str, Any], names: frozenset[str], where: str) -> None:
    """Raise PortalError for something in the fields of these names that a server would act upon."""
    for name in sorted(value.keys() & names):
        OWN.check(value[name], f"{where}.{name}")
        if isinstance(value[name], str):
            check_address(value[name], f"{where}.{name}", is_url=False, fetches=False)


def _parts(
    parts: list[Any],
    key: str,
    where: str,
    dropped: dict[str, None],
    *,
    fetches: bool,
    is_answer: bool,
) -> list[Any]:
    """Return the parts that pass. An answer loses the others; else they raise PortalError."""
    read = fit_part if key == "content" else _image
    fitted = []
    for number, part in enumerate(parts):
        place = f"{where}.{key}[{number}]"
        try:
            fitted.append(read(part, place, dropped, fetches=fetches))
            if isinstance(part, dict) and not is_answer:
                _examine(part, PART - TEXT_OF_PART, place)
        except PortalError:
            if not is_answer:
                raise
            kind = part.get("type") if isinstance(part, dict) else None
            dropped[f"{key}.{kind}" if isinstance(kind, str) else key] = None
    return fitted


def _image(image: Any, where: str, dropped: dict[str, None], *, fetches: bool) -> Any:
    """Return an image of a message's own list: a part, or Ollama's base64."""
    if isinstance(image, str):
        check_address(image, where, is_url=False, fetches=fetches)
        return image
    return fit_part(image, where, dropped, fetches=fetches)
