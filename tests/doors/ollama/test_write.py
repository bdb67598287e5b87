"""What is written of answers, in Ollama's API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import PortalError
from doors.ollama import chat, generate
from doors.ollama.answer import head
from doors.ollama.fields import Timed
from doors.ollama.form import OllamaForm
from doors.pieces import Call, Function, Piece

USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
TIMES = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration", "created_at")


def asked() -> Timed:
    return Timed("p:m", {}, {})


def lines(writer: Any, *pieces: Piece) -> list[dict[str, Any]]:
    data = b"".join([*map(writer.write, pieces), writer.end()])
    return [json.loads(line) for line in data.splitlines()]


def call(index: int, arguments: str, name: str | None = None) -> Piece:
    identifier = f"c{index}" if name else None
    return Piece(calls=[Call(index, identifier, Function(name, arguments))])


def test_a_streamed_answer_is_lines() -> None:
    pieces = (Piece(reasoning="Hm"), Piece("Hel"), Piece("lo"), Piece(finish_reason="length"),
              Piece(usage=USAGE))  # fmt: skip
    *rows, last = lines(chat.Writer(asked(), "1", "m"), *pieces)
    assert [row["message"] for row in rows] == [
        {"role": "assistant", "content": "", "thinking": "Hm"},
        {"role": "assistant", "content": "Hel"},
        {"role": "assistant", "content": "lo"},
    ]
    assert {(row["model"], row["done"]) for row in rows} == {("p:m", False)}
    assert all(isinstance(last.pop(name), (int, str)) for name in TIMES)
    assert last == {
        "model": "p:m", "message": {"role": "assistant", "content": ""}, "done": True,
        "done_reason": "length", "prompt_eval_count": 7, "eval_count": 5,
    }  # fmt: skip


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85"])
def test_a_character_at_which_clients_split_lines_is_escaped(character: str) -> None:
    """Ollama's client for Python reads lines as `str.splitlines` does."""
    writer = chat.Writer(asked(), "1", "m")
    data = writer.write(Piece(f"a{character}b")).decode()
    assert len(data.splitlines()) == 1
    assert json.loads(data)["message"]["content"] == f"a{character}b"


def test_calls_are_whole_whatever_the_order_of_their_parts() -> None:
    pieces = (
        call(1, '{"b"', "g"),
        call(0, "", "f"),
        call(1, ": 2}"),
        Piece(finish_reason="tool_calls"),
    )
    *_, called, last = lines(chat.Writer(asked(), "1", "m"), *pieces)
    assert called["message"]["tool_calls"] == [
        {"id": "c0", "function": {"index": 0, "name": "f", "arguments": {}}},
        {"id": "c1", "function": {"index": 1, "name": "g", "arguments": {"b": 2}}},
    ]
    assert (called["done"], last["done"], last["done_reason"]) == (False, True, "stop")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [(None, "stop"), ("stop", "stop"), ("length", "length"), ("tool_calls", "stop"),
     ("content_filter", "content_filter")],
)  # fmt: skip
def test_the_end_has_a_reason(reason: str | None, expected: str) -> None:
    assert (
        chat.answer(Piece("a", finish_reason=reason), asked(), "1", "m")["done_reason"] == expected
    )
    assert lines(chat.Writer(asked(), "1", "m"), Piece("a", finish_reason=reason))[-1][
        "done_reason"] == expected  # fmt: skip


def test_thoughts_come_once() -> None:
    block = {"type": "thinking", "thinking": "Hm", "signature": "s"}
    for pieces in ((Piece(reasoning="Hm"), Piece(thoughts=[block])), (Piece(thoughts=[block]),)):
        rows = lines(chat.Writer(asked(), "1", "m"), *pieces)
        assert [r["message"]["thinking"] for r in rows if "thinking" in r["message"]] == ["Hm"]
    for piece in (Piece(reasoning="Hm", thoughts=[block]), Piece(thoughts=[block])):
        assert chat.answer(piece, asked(), "1", "m")["message"]["thinking"] == "Hm"


def test_log_probabilities_are_carried() -> None:
    rows = [{"token": "a", "logprob": -1.0}]
    assert chat.answer(Piece("a", logprobs=rows), asked(), "1", "m")["logprobs"] == rows
    assert lines(chat.Writer(asked(), "1", "m"), Piece("a", logprobs=rows))[0]["logprobs"] == rows


def test_a_generated_answer_has_a_response() -> None:
    piece = Piece("Hello", "Hm", finish_reason="stop", usage=USAGE)
    body = generate.answer(piece, asked(), "1", "m")
    assert (body["response"], body["thinking"], body["done"]) == ("Hello", "Hm", True)
    rows = lines(generate.Writer(asked(), "1", "m"), piece)
    assert "".join(row["response"] for row in rows) == "Hello"
    assert rows[0]["thinking"] == "Hm"


def test_lines_are_dated() -> None:
    written = datetime.fromisoformat(head("m")["created_at"][:26] + "+00:00")
    assert abs((datetime.now(UTC) - written).total_seconds()) < 5


def test_times_add_up() -> None:
    body = chat.answer(Piece("a"), asked(), "1", "m")
    assert body["total_duration"] == body["prompt_eval_duration"] + body["eval_duration"] > 0


def test_an_error_is_text_with_our_code_beside_it() -> None:
    form = OllamaForm({})
    error = PortalError("model_not_found", "No such model.", param="model")
    assert form.error(error, "r1") == {
        "error": "No such model.", "type": "invalid_request_error", "code": "model_not_found",
        "param": "model", "request_id": "r1",
    }  # fmt: skip
    assert json.loads(form.last_event(error, "r1"))["error"] == "No such model."
    assert form.last_event(error, "r1").endswith(b"}\n")
