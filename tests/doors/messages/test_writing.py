"""Answers in the Messages API: whole, and event by event, in any order of pieces."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from doors.door import Asked
from doors.messages import Writer, answer
from doors.pieces import Call, Function, Piece
from tests.doors.pairs.callers import records

ASKED = Asked("", {"stop": ["END", "x"]}, {})
COUNTS = {"prompt_tokens": 9, "completion_tokens": 2,
          "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1}}  # fmt: skip


def call(index: int, arguments: str = "", name: str | None = None) -> Piece:
    function = Function(name, arguments or None)
    return Piece(calls=[Call(index, f"t{index}" if name else None, function)])


def written(*pieces: Piece) -> list[dict[str, Any]]:
    writer = Writer(ASKED, "1", "m")
    return records(b"".join([*map(writer.write, pieces), writer.end()]))


def blocks(*pieces: Piece) -> list[dict[str, Any]]:
    """Return the whole blocks that a client composes of the events."""
    found: list[dict[str, Any]] = []
    arguments: dict[int, str] = {}
    is_open = False
    for event in written(*pieces):
        if event["type"] == "content_block_start":
            assert (is_open, event["index"]) == (False, len(found))
            is_open = True
            found.append(event["content_block"])
        elif event["type"] == "content_block_stop":
            assert (is_open, event["index"]) == (True, len(found) - 1)
            is_open = False
            if event["index"] in arguments:
                found[-1]["input"] = json.loads(arguments[event["index"]])
        elif event["type"] == "content_block_delta":
            assert (is_open, event["index"]) == (True, len(found) - 1)
            delta = event["delta"]
            if "partial_json" in delta:
                number = event["index"]
                arguments[number] = arguments.get(number, "") + delta["partial_json"]
            for name in {"text", "thinking", "signature"} & delta.keys():
                found[-1][name] += delta[name]
    assert not is_open
    return found


def used(index: int, **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"t{index}", "name": "f", "input": given}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def test_a_stream_begins_and_ends_even_without_content() -> None:
    start, delta, stop = written(Piece(finish_reason="stop", usage=COUNTS))
    assert start["message"]["content"] == []
    assert delta["delta"] == {"stop_reason": "end_turn", "stop_sequence": None}
    assert delta["usage"] == {"input_tokens": 4, "output_tokens": 2,
                              "cache_read_input_tokens": 4, "cache_creation_input_tokens": 1}  # fmt: skip
    assert stop == {"type": "message_stop"}
    assert [event["type"] for event in written()] == ["message_start", "message_delta", "message_stop"]  # fmt: skip


@pytest.mark.parametrize(
    "pieces",
    [
        [call(0, name="f"), call(0, '{"a":'), call(1, '{"b": 2}', "f"), call(0, " 1}")],
        [call(0, '{"a":', "f"), call(1, name="f"), call(0, " 1}"), call(1, '{"b": 2}')],
        [call(0, '{"a": 1}', "f"), call(1, '{"b"', "f"), call(1, ": 2}")],
    ],
)
def test_parallel_calls_are_blocks_whatever_the_order_of_their_pieces(pieces: list[Piece]) -> None:
    assert blocks(*pieces) == [used(0, a=1), used(1, b=2)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_text_between_the_pieces_of_a_call_breaks_nothing(order: tuple[int, ...]) -> None:
    pieces = [Piece(text="Hm. "), call(1, '{"b": 2}', "f"), Piece(reasoning="why")]
    found = blocks(call(0, '{"a":', "f"), *(pieces[n] for n in order), call(0, " 1}"))
    assert found[0] == used(0, a=1)
    others = {block["type"]: block for block in found[1:]}
    assert len(found) == 4
    assert others["text"] == text("Hm. ")
    assert others["tool_use"] == used(1, b=2)
    assert others["thinking"]["thinking"] == "why"


def test_text_after_a_complete_call_is_not_held_back() -> None:
    writer = Writer(ASKED, "1", "m")
    writer.write(call(0, '{"a": 1}', "f"))
    assert b'"text":"b"' in writer.write(Piece(text="b"))


def test_arguments_that_come_after_their_call_was_complete_are_lost_and_nothing_else() -> None:
    assert blocks(call(0, "{}", "f"), Piece(text="a"), call(0, '{"a": 1}')) == [used(0), text("a")]


def test_a_thought_is_closed_by_its_signature() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    redacted = {"type": "redacted_thinking", "data": "x"}
    expected = [thought, redacted, text("a")]
    assert blocks(Piece(reasoning="h"), Piece(reasoning="m"), Piece(thoughts=[thought, redacted]), Piece(text="a")) == expected  # fmt: skip
    assert blocks(Piece(thoughts=[thought]), Piece(thoughts=[redacted]), Piece(text="a")) == expected  # fmt: skip
    assert blocks(Piece(reasoning="hm", thoughts=[thought, redacted]), Piece(text="a")) == expected


ENDS: list[tuple[str | None, str, bool, tuple[str, str | None]]] = [
    ("stop", "", False, ("end_turn", None)),
    (None, "", False, ("end_turn", None)),
    ("stop", "END", False, ("stop_sequence", "END")),
    ("stop", "end_turn", False, ("end_turn", None)),
    ("length", "END", False, ("max_tokens", None)),
    ("stop", "", True, ("tool_use", None)),
    ("tool_calls", "", True, ("tool_use", None)),
    ("length", "", True, ("max_tokens", None)),
    ("content_filter", "", False, ("refusal", None)),
    ("whatever", "", False, ("end_turn", None)),
]


@pytest.mark.parametrize(("reason", "stop", "calls", "expected"), ENDS)
def test_why_an_answer_ended(
    reason: str | None, stop: str, calls: bool, expected: tuple[str, str | None]
) -> None:
    piece = Piece(text="a", finish_reason=reason, stop=stop)
    if calls:
        piece.calls = [Call(0, "t0", Function("f", "{}"))]
    whole = answer(piece, ASKED, "1", "m")
    streamed = written(piece)[-2]["delta"]
    for said in (whole, streamed):
        assert (said["stop_reason"], said["stop_sequence"]) == expected


def test_a_whole_answer_has_its_blocks_in_order() -> None:
    piece = Piece("a", "hm", calls=[Call(0, "t0", Function("f", '{"a": 1}')), Call(1, "t1", Function("f", "oops"))])  # fmt: skip
    thought, said, first, second = answer(piece, ASKED, "1", "m")["content"]
    assert thought == {"type": "thinking", "thinking": "hm", "signature": ""}
    assert (said, first) == (text("a"), used(0, a=1))
    assert second["input"] == {"arguments": "oops"}, "what is no object is kept"


@pytest.mark.parametrize("broken", ["[" * 100_000, "[1]", '{"a": ', "1"])
def test_arguments_that_are_no_object_are_a_field_of_one(broken: str) -> None:
    piece = Piece(calls=[Call(0, "c", Function("f", broken))])
    (block,) = answer(piece, ASKED, "1", "m")["content"]
    assert list(block["input"]) == ["arguments"]


def test_arguments_that_are_nested_too_deep_are_streamed_as_they_are() -> None:
    deep = '{"a":' * 100_000 + "}"
    writer = Writer(ASKED, "1", "m")
    written = writer.write(call(0, deep, "f")) + writer.write(Piece(text="a"))
    assert json.dumps(deep)[-50_000:-1].encode() in written
    assert b'"text":"a"' in writer.end()
