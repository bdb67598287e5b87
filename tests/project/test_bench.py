"""The benchmark counts and tells right: what else could be said of its numbers?"""

from __future__ import annotations

import math
from collections import defaultdict
from xml.etree import ElementTree

import pytest

from bench.figures import number, percentile
from bench.goals import Goal, of
from bench.load.chunks import Clock, Counter
from bench.load.frames import next_frame, text_frame
from bench.load.requests import is_whole
from bench.load.tally import Tally
from bench.plots import chart
from bench.run import Results

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"


@pytest.mark.parametrize("answer", [ANSWER, CHUNKED])
def test_an_answer_is_whole_at_its_last_byte_only(answer: bytes) -> None:
    assert [n for n in range(len(answer) + 1) if is_whole(answer[:n])] == [len(answer)]


@pytest.mark.parametrize("size", range(1, 40))
def test_chunks_are_counted_and_timed_however_they_are_cut(size: int) -> None:
    data = b"".join(b'{"content":"@%016d"}' % n for n in range(1, 6))
    timed, counted = Tally(), Tally()
    clock, counter = Clock(timed), Counter(counted)
    for first in range(0, len(data), size):
        clock.take(data[first : first + size])
        counter.take(data[first : first + size])
    clock.read()
    assert timed.count == counted.count == 5
    assert len(timed.nanoseconds) == 5


@pytest.mark.parametrize(
    ("size", "length"),
    [(0, b"\0"), (125, b"\x7d"), (126, b"\x7e\0\x7e"), (65_536, b"\x7f\0\0\0\0\0\1\0\0")],
)
def test_a_frame_is_found_when_it_is_whole(size: int, length: bytes) -> None:
    frame = b"\x81" + length + b"x" * size
    found = next_frame(frame, 0)
    assert found is not None
    assert found[1] - found[0] == size
    assert found[1] == len(frame)
    assert next_frame(frame[:-1], 0) is None


def test_a_clients_frame_says_that_it_is_masked() -> None:
    assert text_frame(b"hi") == b"\x81\x82\0\0\0\0hi"
    assert text_frame(b"x" * 200)[:4] == b"\x81\xfe\x00\xc8"


def test_a_goal_that_was_not_measured_is_neither_met_nor_missed() -> None:
    goal = Goal("", "", of("rate"), 30, least=True)
    assert [goal.verdict(value) for value in (30, 29, math.nan)] == [
        "met",
        "missed",
        "not measured",
    ]
    assert goal.verdict(goal.value(Results())) == "not measured"
    results = Results(defaultdict(lambda: defaultdict(list), {"portal": {"rate": [40.0, 20, 31]}}))
    assert goal.verdict(goal.value(results)) == "met"


def test_numbers_are_told_to_what_they_are_good_for() -> None:
    values = (0, 0.0179, 0.25, 9.876, 98.76, 1234.5, 55_555)
    assert [number(v) for v in values] == ["0", "0.018", "0.250", "9.88", "98.8", "1,234", "55.6k"]
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([*range(1000)], 0.99) == 990
    assert math.isnan(percentile([], 0.5))


@pytest.mark.parametrize("other", [2.0, 2000.0])
def test_a_plot_is_well_formed_and_names_everybody(other: float) -> None:
    svg = chart("Time & <more>", "ms", {"portal": [1.0, 2.0], "other_one": [other]}, "portal")
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.text]
    assert {"portal", "other one", "Time & <more>"} <= set(texts)
    assert ("ms, logarithmic" in texts) == (other > 20)
