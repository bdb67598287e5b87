"""JSON that would become too many values is refused before it is decoded."""

from __future__ import annotations

import json
import time

import pytest
from django.test import override_settings

from core import json_values
from core.errors import PortalError
from core.http.body import read_json
from core.json_values import has_more_values

MANY = {
    "lists": b'{"x":[' + b"[]," * 30_000 + b"1]}",
    "objects": b'{"x":[' + b"{}," * 30_000 + b"1]}",
    "numbers": b'{"x":[' + b"1," * 150_000 + b"1]}",
    "texts": b'{"x":[' + b'"",' * 150_000 + b"1]}",
    "keys": b"{" + b",".join(b'"%d":1' % n for n in range(150_000)) + b"}",
}
FEW = {
    "commas in a text": b'{"x":"' + b"," * 300_000 + b'"}',
    "brackets in a text": b'{"x":"' + b"[{" * 150_000 + b'"}',
    "escaped quotes": b'{"x":"' + b'\\",' * 150_000 + b'"}',
    "a few numbers": b'{"x":[' + b"1," * 90_000 + b"1]}",
}


@pytest.mark.parametrize("data", MANY.values(), ids=MANY)
@override_settings(MAX_JSON_VALUES=100_000)
def test_a_request_of_many_values_is_refused(data: bytes) -> None:
    with pytest.raises(PortalError, match="MAX_JSON_VALUES") as raised:
        read_json(data)
    assert raised.value.code == "payload_too_large"


@pytest.mark.parametrize("data", FEW.values(), ids=FEW)
@override_settings(MAX_JSON_VALUES=100_000)
def test_what_a_text_holds_is_no_value(data: bytes) -> None:
    assert read_json(data)


def test_a_large_text_is_counted_quickly() -> None:
    data = b'{"x":"' + b"word, " * 1_000_000 + b'"}'
    began = time.thread_time()
    assert not has_more_values(data, 500_000)
    assert time.thread_time() - began < 0.5


TEXTS = ['a,[{"\\', "", "x" * 30, '\\"', "\\\\", '","', "]}"]


@pytest.mark.parametrize("step", [1, 2, 7, 16, 1000])
def test_the_size_of_a_step_does_not_matter(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(json_values, "STEP", step)
    for count in range(len(TEXTS)):
        value = [[text, {text: 1}] for text in TEXTS[count:]]
        data = json.dumps(value).encode() + b" " * 1000
        commas, containers = 2 * len(value) - 1, 2 * len(value) + 1
        exact = commas + json_values.WEIGHT * containers
        assert has_more_values(data, exact - 1)
        assert not has_more_values(data, exact)
