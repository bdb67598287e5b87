"""The last events of a stream that broke off belong to its response: no HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from chat.relays.answer import Relayed
from core.errors import PortalError
from doors.door import Asked
from doors.pieces import Piece
from doors.responses import Writer
from doors.responses.form import ResponsesForm
from registry.providers.events import Chunk
from tests.doors.pairs.callers import records
from tests.support import responses_messages as api

ERROR = PortalError("provider_bad_response", "It broke off.", param="input")
PIECES = [Piece(reasoning="Hm"), Piece(text="a"), Piece(text="b"), Piece(finish_reason="stop")]


def broken(before: bytes, stream: object) -> list[dict[str, Any]]:
    """Return all events of a stream that breaks off after `before`."""
    rows = records(before + ResponsesForm().of(stream).last_event(ERROR, "request"))
    assert [row["type"] for row in rows[-2:]] == ["error", "response.failed"]
    assert rows[-2]["param"] == "input"
    response = rows[-1]["response"]
    assert (response["status"], response["error"]["code"]) == ("failed", "provider_bad_response")
    return rows


@pytest.mark.parametrize("count", range(len(PIECES) + 1))
def test_a_response_that_breaks_off_keeps_its_id_and_its_numbers(count: int) -> None:
    writer = Writer(Asked("", {}, {}), "1", "m")
    rows = broken(b"".join([writer.write(piece) for piece in PIECES[:count]]), writer)
    assert [row["sequence_number"] for row in rows] == list(range(len(rows)))
    assert {row["response"]["id"] for row in rows if "response" in row} == {"resp_1"}
    assert len(rows[-1]["response"]["output"]) == (1 if count > 1 else 0), "the complete items"


@pytest.mark.parametrize("count", range(1, 5))
def test_one_of_a_server_does_so_too(count: int) -> None:
    events, relayed = api.Stream(), Relayed()
    parts = [events.begin(), events.words("a"), b": comment\n\n", events.words("b")][:count]
    before = b"".join([relayed.write([Chunk(part)]) for part in parts])
    rows = broken(before, relayed)
    assert [row["sequence_number"] for row in rows] == list(range(len(rows)))
    assert rows[-1]["response"]["id"] == "resp_up"


@pytest.mark.parametrize("before", [b"", b": comment\n\n", b"data: ping\n\n", b'data: {"sequence_number":"1"}\n\n'])  # fmt: skip
def test_a_stream_of_no_event_fails_under_the_requests_id(before: bytes) -> None:
    relayed = Relayed()
    relayed.write([Chunk(before)])
    rows = broken(b"", relayed)
    assert [row["sequence_number"] for row in rows] == [0, 1]
    assert rows[-1]["response"]["id"] == "resp_request"
