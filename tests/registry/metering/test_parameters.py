"""What a receipt has of a request, and of who answered it."""

from __future__ import annotations

import pytest

from registry.metering.parameters import fingerprint_in, fingerprint_of, model_of, parameters_of
from registry.providers.wire import Completion, Embeddings, Relayed


def test_numbers_and_switches_are_kept_and_no_text_is() -> None:
    body: dict[str, object] = {"temperature": 0.5, "seed": 7, "stream": True, "n": None, "top_k": "Dear Ann",
            "messages": [], "user": "ann"}  # fmt: skip
    assert parameters_of(body) == {"temperature": 0.5, "seed": 7, "stream": True}


@pytest.mark.parametrize(
    ("chunk", "fingerprint"),
    [
        (b'data: {"id": "1", "system_fingerprint": "fp_1"}\n\n', "fp_1"),
        (b'data: {"system_fingerprint":null}\n\n', ""),
        (b'data: {"id": "1"}\n\n', ""),
        (b'data: {"system_fingerprint":"' + b"x" * 101 + b'"}\n\n', ""),
    ],
)
def test_the_fingerprint_is_in_the_first_chunk(chunk: bytes, fingerprint: str) -> None:
    assert fingerprint_in(chunk) == fingerprint


@pytest.mark.parametrize("number", [2**63, -(2**70), float("inf"), float("nan")])
def test_a_number_that_fits_into_no_record_is_left_out(number: float) -> None:
    assert parameters_of({"top_k": number, "seed": 2**63 - 1}) == {"seed": 2**63 - 1}


@pytest.mark.parametrize(
    ("value", "fingerprint"),
    [("fp_1", "fp_1"), ("a\0b", ""), (None, ""), (7, ""), ("x" * 101, ""), ("é", "")],
)
def test_the_fingerprint_of_a_whole_answer_is_a_plain_word(value: object, fingerprint: str) -> None:
    assert fingerprint_of({"system_fingerprint": value}) == fingerprint


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"model": "slate-2.1"}, "slate-2.1"),
        ({"model": 7}, ""),
        ({}, ""),
        (Completion("a", None, None, {"model": "slate"}), "slate"),
        (Completion("a", None, None), ""),
        (Embeddings([], "slate"), "slate"),
        (Relayed(b'{"id": 1, "model" : "slate"}', None), "slate"),
        (Relayed(b'{"text": "\\"model\\":\\"other\\""}', None), ""),
    ],
)
def test_an_answer_names_its_model(answer: object, name: str) -> None:
    assert model_of(answer) == name
