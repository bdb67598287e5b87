"""What callers understand of an answer, in the API of each door: whole, and streamed."""

from __future__ import annotations

import json
from typing import Any

from tests.doors.pairs.meaning import Answer, Call

REASONS = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tool_calls", "refusal": "content_filter"}  # fmt: skip

CUT_OFF = {"max_output_tokens": "length", "content_filter": "content_filter"}


def records(data: bytes) -> list[dict[str, Any]]:
    """Return the JSON of server-sent events."""
    events = data.decode().split("\n\n")
    lines = [line for event in events for line in event.split("\n") if line.startswith("data: ")]
    return [json.loads(line[6:]) for line in lines]


def messages(data: bytes) -> Answer:
    return messages_whole(message_of(data))


def message_of(data: bytes) -> dict[str, Any]:
    """Read the Messages API's events as its SDKs do: into a whole message."""
    message: dict[str, Any] = {}
    texts: dict[int, str] = {}
    for event in records(data):
        kind, index = event["type"], event.get("index", -1)
        if kind == "message_start":
            message = event["message"]
        elif kind == "content_block_start":
            assert index == len(message["content"]), "blocks come in their order"
            message["content"].append(event["content_block"])
            texts[index] = ""
        elif kind == "content_block_delta":
            assert index == len(message["content"]) - 1, "one block is open at a time"
            _add(message["content"][index], event["delta"], texts)
        elif kind == "content_block_stop" and texts[index]:
            message["content"][index]["input"] = _input(texts[index])
        elif kind == "message_delta":
            message |= event["delta"]
            message["usage"] |= event["usage"]
    assert records(data)[-1]["type"] == "message_stop"
    return message


def _add(block: dict[str, Any], delta: dict[str, Any], texts: dict[int, str]) -> None:
    if delta["type"] == "input_json_delta":
        texts[max(texts)] += delta["partial_json"]
    for name in ("text", "thinking", "signature"):
        if name in delta:
            block[name] += delta[name]


def _input(text: str) -> Any:
    """Return a call's arguments; text that is no JSON as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def _call(name: str, arguments: Any) -> Call:
    """Return a call; its arguments are text in streams alone."""
    return Call.read(name, arguments) if isinstance(arguments, str) else Call(name, arguments)


def messages_whole(message: dict[str, Any]) -> Answer:
    blocks, usage = message["content"], message["usage"]
    return Answer(
        thought="".join(b["thinking"] for b in blocks if b["type"] == "thinking"),
        text="".join(b["text"] for b in blocks if b["type"] == "text"),
        calls=tuple(_call(b["name"], b["input"]) for b in blocks if b["type"] == "tool_use"),
        finish=REASONS[message["stop_reason"]],
        usage=(usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]),
    )


def responses(data: bytes) -> Answer:
    """Read the Responses API's events; those under way must agree with the whole at the end."""
    events = records(data)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    texts: dict[str, str] = {}
    done: list[dict[str, Any]] = []
    for event in events:
        if event["type"].endswith(".delta"):
            texts[event["item_id"]] = texts.get(event["item_id"], "") + event["delta"]
        elif event["type"] == "response.output_item.done":
            assert event["output_index"] == len(done), "items come in their order"
            done.append(event["item"])
    response = events[-1]["response"]
    assert response["output"] == done
    assert {item["id"]: _held(item) for item in done if _held(item)} == texts
    return responses_whole(response)


def _held(item: dict[str, Any]) -> str:
    """Return the text that an item holds."""
    if item["type"] == "function_call":
        return str(item["arguments"])
    parts = item.get("summary") or item.get("content") or ()
    return "".join(part.get("text") or part.get("refusal") or "" for part in parts)


def responses_whole(response: dict[str, Any]) -> Answer:
    items, usage = response["output"], response["usage"]
    calls = [item for item in items if item["type"] == "function_call"]
    counts = (usage["input_tokens"], usage["input_tokens_details"]["cached_tokens"],
              usage["output_tokens"]) if usage else None  # fmt: skip
    why = (response["incomplete_details"] or {}).get("reason")
    assert (response["status"] == "incomplete") == bool(why)
    parts = [part for item in items if item["type"] == "message" for part in item["content"]]
    return Answer(
        thought="".join(_held(item) for item in items if item["type"] == "reasoning"),
        text="".join(_held(item) for item in items if item["type"] == "message"),
        calls=tuple(Call.read(item["name"], item["arguments"]) for item in calls),
        finish=CUT_OFF[why] if why else "tool_calls" if calls else "stop",
        usage=(counts[0] - counts[1], *counts[1:]) if counts else None,
        refusal=any(part["type"] == "refusal" for part in parts),
    )


def ollama(data: bytes) -> Answer:
    """Read the lines of /api/chat as Ollama's clients do: into a whole message."""
    *rows, last = [json.loads(line) for line in data.splitlines()]
    assert all(row["done"] is False for row in rows)
    message: dict[str, Any] = {"content": "", "thinking": "", "tool_calls": []}
    for row in [*rows, last]:
        message["content"] += row["message"]["content"]
        message["thinking"] += row["message"].get("thinking", "")
        message["tool_calls"] += row["message"].get("tool_calls", [])
    return ollama_whole({**last, "message": message})


def ollama_whole(body: dict[str, Any]) -> Answer:
    message = body["message"]
    calls = [call["function"] for call in message.get("tool_calls", [])]
    assert body["done"] is True
    return Answer(
        thought=message.get("thinking", ""),
        text=message["content"],
        calls=tuple(Call(call["name"], call["arguments"]) for call in calls),
        finish="tool_calls" if calls and body["done_reason"] == "stop" else body["done_reason"],
        usage=(body["prompt_eval_count"], 0, body["eval_count"]) if "eval_count" in body else None,
    )


CALLERS = {
    "messages": (messages, messages_whole),
    "responses": (responses, responses_whole),
    "ollama": (ollama, ollama_whole),
}
