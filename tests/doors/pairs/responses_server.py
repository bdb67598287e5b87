"""A server of the Responses API: what it understands of a request, and what it answers."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.doors.pairs.conversation import Assistant, Conversation, Result, System, Turn, User
from tests.doors.pairs.meaning import Answer, Call, pieces
from tests.support import responses_messages as api

CUT_OFF = {"length": "max_output_tokens", "content_filter": "content_filter"}


def asked(body: dict[str, Any]) -> Conversation:
    turns: list[Turn] = []
    names: dict[str, str] = {}
    for item in body["input"]:
        if item.get("type") == "function_call_output":
            texts, images = _parts(item["output"])
            turns.append(Result(names[item["call_id"]], texts, images=images))
        elif item.get("role") == "user":
            turns.append(User(*_parts(item["content"])))
        elif item.get("role") == "developer":
            turns.append(System(item["content"]))
        else:
            _add(turns, item, names)
    choice = body.get("tool_choice") or ""
    form = (body.get("text") or {}).get("format") or {}
    return Conversation(
        turns=tuple(turns),
        system=body.get("instructions") or "",
        tools=tuple((tool["name"], tool["description"]) for tool in body.get("tools") or ()),
        choice=choice if isinstance(choice, str) else choice["name"],
        limit=body["max_output_tokens"],
        temperature=body.get("temperature"),
        schema=form.get("type") == "json_schema",
    )


def _parts(parts: list[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the texts of a content, and its images in base64."""
    images = [part["image_url"] for part in parts if part["type"] == "input_image"]
    texts = tuple(part["text"] for part in parts if part["type"] == "input_text")
    return texts, tuple(image.partition(",")[2] for image in images)


def _add(turns: list[Any], item: dict[str, Any], names: dict[str, str]) -> None:
    """Add an item to the model's turn, which is several."""
    before = turns.pop() if isinstance(turns[-1], Assistant) else Assistant("")
    if item["type"] == "message":
        turns.append(Assistant(before.text + item["content"][0]["text"], before.calls))
        return
    names[item["call_id"]] = item["name"]
    call = Call.read(item["name"], item["arguments"])
    turns.append(Assistant(before.text, (*before.calls, call)))


def streamed(answer: Answer, random: Random) -> bytes:
    events = api.Stream()
    parts = [events.begin()]
    kinds = {"reasoning": "reasoning_summary_text", "message": "output_text",
             "function_call": "function_call_arguments"}  # fmt: skip
    for item, text in _items(answer):
        parts.append(events.item(item, kinds[item["type"]], *pieces(random, text)))
    return b"".join([*parts, events.end(**_end(answer))])


def whole(answer: Answer) -> dict[str, Any]:
    items = [item for item, _ in _items(answer)]
    return api.whole(*items, **_end(answer))


def _end(answer: Answer) -> dict[str, Any]:
    why = CUT_OFF.get(answer.finish)
    status = "incomplete" if why else "completed"
    details = {"reason": why} if why else None
    return {"status": status, "usage": _usage(answer), "incomplete_details": details}


def _items(answer: Answer) -> list[tuple[dict[str, Any], str]]:
    items = [(api.reasoning(answer.thought), answer.thought)] if answer.thought else []
    items += [(api.message(answer.text), answer.text)] if answer.text else []
    for number, call in enumerate(answer.calls):
        items.append((api.call(number, call.name, call.text), call.text))
    return items


def _usage(answer: Answer) -> dict[str, Any]:
    assert answer.usage
    prompt, cached, new = answer.usage
    return api.USAGE | {
        "input_tokens": prompt + cached,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": new,
        "total_tokens": prompt + cached + new,
    }
