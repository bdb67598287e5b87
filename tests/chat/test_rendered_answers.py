"""Answers on the socket for those who ask with `render`: the HTML of each block."""

from __future__ import annotations

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.provider_messages import SSE_HEAD, chunk, event, openai_stream
from tests.support.socket_client import Frame, SocketClient, kinds_of, text_of

TEXT = "A **b**.\n\n```py\nx = 1\n```\n\nThe \U0001f600 tail"


@pytest.mark.parametrize("temporary", [False, True])
def test_a_block_is_sent_when_it_is_complete(
    talking: SocketClient, fake: FakeProvider, temporary: bool
) -> None:
    fake.script(SSE_HEAD + event(chunk(TEXT)), HANG)
    talking.begin(render=True, temporary=temporary)
    *_, delta, block = talking.until("block")
    assert delta["text"] == TEXT
    assert block["seq"] == delta["seq"] + 1
    assert block["html"].startswith('<p dir="auto">A <strong>b</strong>.</p>')
    assert TEXT[block["end"] :] == "The \U0001f600 tail"


def test_the_blocks_are_parts_of_the_text(talking: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + openai_stream(*TEXT, "\n\nEnd.\n\n"))
    frames = talking.ask(render=True)
    assert text_of(frames) == TEXT + "\n\nEnd.\n\n"
    blocks = [frame for frame in frames if frame["type"] == "block"]
    assert [block["end"] for block in blocks][-1] == len(TEXT) + len("\n\nEnd.\n\n") + 1
    assert "".join(block["html"] for block in blocks).count("<p ") == 3
    pieces = [frame["seq"] for frame in frames if "seq" in frame]
    assert pieces == list(range(1, len(pieces) + 1))


def test_who_does_not_ask_for_it_gets_none(talking: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + openai_stream(TEXT, "\n\n"))
    assert "block" not in kinds_of(talking.ask())


def test_a_reader_who_does_not_acknowledge_blocks_stalls(
    talking: SocketClient, fake: FakeProvider
) -> None:
    code = "```py\n" + "x = 1\n" * 1_000 + "```\n\n"
    fake.script(SSE_HEAD + b"".join(event(chunk(code)) for _ in range(20)), HANG)
    talking.begin(render=True)
    frames: list[Frame] = []
    while not frames or frames[-1]["type"] != "error":
        frames.append(talking.receive(10))
    assert frames[-1]["error"]["code"] == "reader_stalled"
    assert sum(len(frame.get("html", "")) for frame in frames) < 1_000_000
