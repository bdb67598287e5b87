"""Answers in the Responses API's form: whole, and as events that strict readers take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doors.door import Asked
from doors.pieces import Call, Function, Piece
from doors.responses import Writer, answer
from doors.responses.answer import custom_input
from doors.responses.thoughts import opened
from tests.doors.pairs.callers import records

ASKED = Asked("", {}, {})
THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "s"}
CUSTOM = {"type": "custom", "name": "patch"}
NAMESPACE = {"type": "namespace", "name": "mcp__a", "tools": [{"type": "function", "name": "f"}]}
TOOLS = Asked("", {}, {"tools": [CUSTOM, NAMESPACE]})
INCLUDING = Asked("", {}, {"include": ["reasoning.encrypted_content"]})


def call(
    arguments: str = "", index: int = 0, identifier: str | None = None, name: str | None = None
) -> Piece:
    return Piece(calls=[Call(index, identifier, Function(name, arguments))])


def begun(index: int = 0, name: str = "f") -> Piece:
    return call("", index, f"c{index}", name)


def events(pieces: list[Piece], asked: Asked = ASKED) -> list[dict[str, Any]]:
    writer = Writer(asked, "1", "m")
    return records(b"".join([*map(writer.write, pieces), writer.end()]))


def read(pieces: list[Piece], asked: Asked = ASKED) -> list[dict[str, Any]]:
    """Return the items that a strict reader makes of the events; it checks each on the way."""
    items: list[dict[str, Any]] = []
    parts: dict[tuple[int, str], str] = {}
    rows = events(pieces, asked)
    for event in rows:
        kind, number = event["type"].removeprefix("response."), event.get("output_index", -1)
        if kind == "output_item.added":
            assert number == len(items), "one item is open at a time"
            items.append(event["item"])
        elif kind.endswith("part.added"):
            assert event["item_id"] == items[-1]["id"]
            parts[number, "part"] = ""
        elif kind.endswith(".delta"):
            key = "part" if (number, "part") in parts else items[number]["type"]
            assert key in ("part", "function_call", "custom_tool_call"), "its part was not opened"
            parts[number, key] = parts.get((number, key), "") + event["delta"]
        elif kind == "output_item.done":
            assert event["item"]["id"] == items[number]["id"]
            items[number] = event["item"]
    assert rows[-1]["response"]["output"] == items
    held = {number: text for (number, _), text in parts.items()}
    assert held == {n: _text(item) for n, item in enumerate(items) if _text(item)}
    return items


def _text(item: dict[str, Any]) -> str:
    plain = item.get("arguments") or item.get("input")
    rows = item.get("summary") or item.get("content") or ()
    return plain or "".join(row.get("text") or row.get("refusal") or "" for row in rows)


ORDERS: dict[str, tuple[list[Piece], list[tuple[str, str]]]] = {
    "thoughts, text, a call": (
        [Piece(reasoning="Hm"), Piece("a"), Piece("b"), begun(), call('{"a":'), call("1}")],
        [("reasoning", "Hm"), ("message", "ab"), ("function_call", '{"a":1}')],
    ),
    "text inside of a call's arguments": (
        [begun(), call('{"a":'), Piece("x"), call("1}"), Piece("y")],
        [("function_call", '{"a":1}'), ("message", "xy")],
    ),
    "calls in turns": (
        [begun(), begun(1), call('{"a":'), call('{"b":', 1), call("1}"), call("2}", 1)],
        [("function_call", '{"a":1}'), ("function_call", '{"b":2}')],
    ),
    "a call without arguments, and text": (
        [begun(), Piece("x")], [("function_call", "{}"), ("message", "x")],
    ),
    "a part of a call that was complete": (
        [begun(), call("{}"), Piece("x"), call("")], [("function_call", "{}"), ("message", "x")],
    ),
    "text, thoughts, text": (
        [Piece("a"), Piece(reasoning="Hm"), Piece("b")],
        [("message", "a"), ("reasoning", "Hm"), ("message", "b")],
    ),
    "a refusal": ([Piece(refusal="N"), Piece(refusal="o.")], [("message", "No.")]),
    "nothing": ([], []),
    "only an end": ([Piece(finish_reason="stop")], []),
    "thoughts without words": ([Piece(thoughts=[THOUGHT]), Piece("a")],
                               [("reasoning", ""), ("message", "a")]),
    "all at once": (
        [Piece("a", "Hm", calls=[Call(0, "c", Function("f", "{}")),
                                 Call(1, "d", Function("g", "{}"))])],
        [("reasoning", "Hm"), ("message", "a"), ("function_call", "{}"), ("function_call", "{}")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ORDERS)
def test_pieces_come_in_any_order(case: str) -> None:
    pieces, expected = ORDERS[case]
    assert [(item["type"], _text(item)) for item in read(pieces)] == expected


def test_the_events_of_a_text_are_those_of_the_api() -> None:
    rows = events([Piece("a"), Piece("b", finish_reason="stop")])
    assert [row["type"].removeprefix("response.") for row in rows] == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta",
        "output_text.delta", "output_text.done", "content_part.done", "output_item.done",
        "completed",
    ]  # fmt: skip
    assert [row["sequence_number"] for row in rows] == list(range(10))
    assert rows[2]["item"]["status"] == "in_progress"
    assert rows[2]["item"]["content"] == []
    assert rows[3]["part"]["text"] == ""
    assert rows[8]["item"]["status"] == "completed"


def test_a_custom_call_is_custom_again() -> None:
    text = json.dumps({"input": "*** Begin"})
    rows = events([begun(0, "patch"), call(text[:5]), call(text[5:])], TOOLS)
    kinds = [row["type"].removeprefix("response.") for row in rows[2:-1]]
    assert kinds == ["output_item.added", "custom_tool_call_input.delta",
                     "custom_tool_call_input.done", "output_item.done"]  # fmt: skip
    assert rows[-2]["item"] | {"id": ""} == {
        "id": "", "type": "custom_tool_call", "status": "completed", "call_id": "c0",
        "name": "patch", "input": "*** Begin",
    }  # fmt: skip


def test_a_call_of_a_namespace_has_the_callers_names() -> None:
    item = read([begun(0, "mcp__a__f"), call("{}")], TOOLS)[0]
    assert (item["namespace"], item["name"]) == ("mcp__a", "f")


def test_an_answer_that_was_cut_off_is_incomplete_and_so_is_its_last_item() -> None:
    pieces = [Piece("a"), begun(), call('{"a'), Piece(finish_reason="length")]
    last = events(pieces)[-1]
    assert last["type"] == "response.incomplete"
    assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert [item["status"] for item in read(pieces)] == ["completed", "incomplete"]
    piece = Piece("a", calls=[Call(0, "c", Function("f", '{"a'))], finish_reason="length")
    whole = answer(piece, ASKED, "1", "m")
    assert [item["status"] for item in whole["output"]] == ["completed", "incomplete"]


def test_signed_thoughts_are_returned_to_callers_who_include_them() -> None:
    pieces = [Piece(reasoning="Hm"), Piece(thoughts=[THOUGHT]), Piece("a")]
    assert opened(read(pieces, INCLUDING)[0]["encrypted_content"]) == [THOUGHT]
    assert "encrypted_content" not in read(pieces)[0]


def test_a_thought_that_is_signed_after_its_text_is_returned_with_it() -> None:
    signatures = [{"type": "thinking", "thinking": "", "signature": s} for s in "ab"]
    pieces = [Piece(reasoning="H"), Piece(reasoning="m"), Piece(thoughts=signatures[:1]),
              Piece(reasoning="So"), Piece(thoughts=signatures[1:])]  # fmt: skip
    assert opened(read(pieces, INCLUDING)[0]["encrypted_content"]) == [
        {"type": "thinking", "thinking": "Hm", "signature": "a"},
        {"type": "thinking", "thinking": "So", "signature": "b"},
    ]


SCORE = {
    "token": "a",
    "logprob": -0.1,
    "bytes": [97],
    "top_logprobs": [{"token": "a", "logprob": -0.1, "bytes": [97]}],
}
OTHER = {**SCORE, "token": "b"}


def test_probabilities_are_in_the_deltas_and_in_the_whole_text() -> None:
    pieces = [Piece("a", logprobs=[SCORE]), Piece("b"), Piece("c", logprobs=[OTHER])]
    rows = events(pieces)
    deltas = [row["logprobs"] for row in rows if row["type"].endswith("text.delta")]
    assert deltas == [[SCORE], [], [OTHER]]
    assert next(row for row in rows if row["type"].endswith("text.done"))["logprobs"] == [
        SCORE,
        OTHER,
    ]
    part = read(pieces)[0]["content"][0]
    assert (part["text"], part["logprobs"]) == ("abc", [SCORE, OTHER])
    whole = answer(Piece("a", logprobs=[SCORE]), ASKED, "1", "m")
    assert whole["output"][0]["content"][0]["logprobs"] == [SCORE]


def test_each_text_has_its_own_probabilities() -> None:
    items = read([Piece("a", logprobs=[SCORE]), Piece(reasoning="Hm"), Piece("b")])
    assert [item["content"][0]["logprobs"] for item in items[::2]] == [[SCORE], []]


def test_counts_are_in_the_words_of_the_api() -> None:
    counted = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14,
               "prompt_tokens_details": {"cached_tokens": 4},
               "completion_tokens_details": {"reasoning_tokens": 3}}  # fmt: skip
    assert answer(Piece("a", usage=counted), ASKED, "1", "m")["usage"] == {
        "input_tokens": 9,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 14,
    }
    assert answer(Piece("a"), ASKED, "1", "m")["usage"] is None


def test_what_was_asked_is_returned_and_nothing_is_stored() -> None:
    own = {"temperature": 0, "parallel_tool_calls": False, "metadata": {"a": "b"}}
    whole = answer(Piece("a"), Asked("", {}, own), "1", "m")
    assert own.items() <= whole.items()
    assert whole["store"] is False
    assert whole["tool_choice"] == "auto"


def test_the_input_of_a_custom_tool_that_is_nested_too_deep_is_text() -> None:
    deep = '{"a":' * 100_000
    assert custom_input(deep) == deep
