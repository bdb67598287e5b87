"""Results: their cells, as CSV, and as a picture."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import translation

from queryexpr.gate.operations import Judgement
from workflow.sources.result.export import to_csv
from workflow.sources.result.plot import suggest_plot
from workflow.sources.result.result import Result
from workflow.sources.result.svg import to_svg
from workflow.sources.result.table import MAX_BYTES, MAX_TEXT, as_cell, collect
from workflow.sources.run import CheckedSQL


def result(*rows: tuple[Any, ...], kinds: str = "text number", names: str = "name n") -> Result:
    return Result(tuple(names.split()), tuple(kinds.split()), rows, False, 1)


def lines(*cells: Any, kind: str = "text") -> list[str]:
    """Return what a CSV reader finds of a column."""
    made = to_csv(result(*((cell,) for cell in cells), kinds=kind, names="x"))
    return [row[0] for row in csv.reader(io.StringIO(made, newline=""))][1:]


# ── Cells ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None), (True, True), (7, 7), (1.5, 1.5), ("x", "x"),
        (2**53, 2**53), (2**53 + 1, "9007199254740993"), (-(2**60), "-1152921504606846976"),
        (float("nan"), "NaN"), (float("-inf"), "-Infinity"), (b"\x00\xff", "\\x00ff"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_json_has(value: Any, cell: Any) -> None:
    assert as_cell(value) == (cell, False)
    json.dumps(as_cell(value)[0], allow_nan=False)


def test_long_cells_are_cut_and_the_result_says_so() -> None:
    found = collect(["a", "b"], None, [("x" * 20_000, b"y" * 100)], 10)
    text, data = map(str, found.rows[0])
    assert (len(text), len(data), found.truncated) == (MAX_TEXT + 1, 131, True)


def test_rows_beyond_the_cap_are_left_out_and_the_result_says_so() -> None:
    rows = [(n,) for n in range(5)]
    assert collect(["n"], None, rows, 4).more
    assert collect(["n"], None, rows, 4).truncated
    assert len(collect(["n"], None, rows, 4).rows) == 4
    assert not collect(["n"], None, rows, 5).truncated


def test_a_result_is_never_larger_than_its_limit() -> None:
    found = collect(["x"], None, (("ü" * 10_000,) for _ in range(10_000)), 10_000)
    assert len(json.dumps(found.rows, ensure_ascii=False).encode()) <= MAX_BYTES + 1000
    assert found.truncated


def test_kinds_are_told_by_values_where_the_database_has_none() -> None:
    rows = [(1, "a", None, 1), (2.5, None, None, "b")]
    assert collect(["a", "b", "c", "d"], None, rows, 9).kinds == ("number", "text", "", "text")


def test_only_what_the_gate_calls_valid_can_be_run() -> None:
    good = Judgement(valid=True, sql="SELECT 1", tables=("a",))
    assert CheckedSQL.of(good, "sqlite") == CheckedSQL("SELECT 1", "sqlite", ("a",))
    for bad in (replace(good, valid=False), replace(good, sql=None), Judgement()):
        with pytest.raises(ValueError, match="passed the gate"):
            CheckedSQL.of(bad, "sqlite")


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", '"=1', "'=1", "＝1", "＋1", "－1", "＠x",
     "\ufeff=1", "\n=1", "\xa0=1", "\tx"],
)  # fmt: skip
def test_no_text_becomes_a_formula(text: str) -> None:
    assert lines(text) == [f"'{text}"]


@pytest.mark.parametrize("text", ["a=b", "x", "", "a-b", "'x'", "ok; =1"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert lines(text) == [text]


def test_real_numbers_are_not_touched() -> None:
    assert lines(-5, 1.5, "-12.50", "-9007199254740993", kind="number") == [
        "-5", "1.5", "-12.50", "-9007199254740993",
    ]  # fmt: skip
    assert lines("-1+cmd", kind="number") == ["'-1+cmd"]


def test_names_of_columns_are_made_safe_too() -> None:
    assert to_csv(result((1,), kinds="number", names="=HYPERLINK(1)")).startswith(
        "\"'=HYPERLINK(1)"
    )


def test_csv_is_as_the_rfc_has_it() -> None:
    made = to_csv(result(('a "b"\nc', None), ("d", True)))
    assert made == '"name","n"\r\n"a ""b""\nc",""\r\n"d","true"\r\n'
    assert to_csv(result(("ü", 1)), bom=True).encode().startswith(b"\xef\xbb\xbf")


def test_a_semicolon_begins_no_new_cell() -> None:
    assert '"a;=1"' in to_csv(result(("a;=1", 1)))


# ── Pictures ────────────────────────────────────────────────────────────────────────────────


def test_text_and_numbers_suggest_bars() -> None:
    plot = suggest_plot(result(("north", 3), ("south", "12.50")))
    assert plot is not None
    assert (plot.kind, plot.title, plot.values) == ("bar", "n by name", (3.0, 12.5))


def test_dates_suggest_a_line_in_their_order() -> None:
    plot = suggest_plot(result((5, "2024-03"), (3, "2024-01"), kinds="number text"))
    assert plot is not None
    assert (plot.kind, plot.labels, plot.values) == ("line", ("2024-01", "2024-03"), (3.0, 5.0))


def test_a_long_line_is_drawn_and_bars_stay_few() -> None:
    days = [(f"2024-{1 + n // 28:02}-{1 + n % 28:02}", n) for n in range(84)]
    found = suggest_plot(result(*days))
    assert found is not None
    made = to_svg(found)
    assert (found.kind, made.count("<circle")) == ("line", 0)
    assert "2024-01-01: 0; 2024-03-28: 83" in made
    assert suggest_plot(result(*((str(n), n) for n in range(84)))) is None


@pytest.mark.parametrize(
    ("values", "told"),
    [((5000, 5100), ["0", "5,100"]), ((10, 90), ["0", "10", "90"]), ((-50, 70), ["-50", "0", "70"]),
     ((0, 0), ["0"])],
)  # fmt: skip
def test_numbers_beside_a_line_stand_apart_and_zero_is_one(
    values: tuple[int, int], told: list[str]
) -> None:
    plot = suggest_plot(result(("2024-01", values[0]), ("2024-02", values[1])))
    assert plot is not None
    texts = ElementTree.fromstring(to_svg(plot)).iter("{http://www.w3.org/2000/svg}text")
    found = [text.text or "" for text in texts if text.get("text-anchor") == "end"]
    assert sorted(found) == sorted(told)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    plot = suggest_plot(result(("north", 5000), ("south", 1234.5)))
    assert plot is not None
    with translation.override("de"):
        assert "north: 5.000; south: 1.234,5." in to_svg(plot)
    assert "north: 5,000; south: 1,234.5." in to_svg(plot)


def test_years_suggest_a_line_though_they_are_numbers() -> None:
    found = suggest_plot(result((2024, 2), (2023, 1), kinds="number number", names="year n"))
    assert found is not None
    assert (found.kind, found.labels) == ("line", ("2023", "2024"))


@pytest.mark.parametrize(
    "unfit",
    [
        result(("a", 1)),
        result(*((str(n), n) for n in range(51))),
        result(("a", 1), ("a", 2)),
        result(("a", 1), ("b", None)),
        result((None, 1), ("b", 2)),
        result(("a", 1), ("b", "NaN")),
        result((1, 2), (3, 4), kinds="number number"),
        result(("a", "b"), ("c", "d"), kinds="text text"),
        result((True, 1), (False, 2), kinds="boolean number"),
        Result(("a", "b"), ("text", "number"), (("a", 1), ("b", 2)), True, 1),
    ],
)
def test_other_shapes_suggest_nothing(unfit: Result) -> None:
    assert suggest_plot(unfit) is None


@pytest.mark.parametrize("labels", [("<script>", '"&'), ("2024-01-01", "2024-01-02")])
def test_a_picture_is_whole_and_runs_nothing(labels: tuple[str, str]) -> None:
    plot = suggest_plot(result((labels[0], 1), (labels[1], -2)))
    assert plot is not None
    made = to_svg(plot, name="answer")
    root = ElementTree.fromstring(made)
    assert root.get("aria-labelledby") == "answer-title answer-desc"
    assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
    assert labels[0] in "".join(root.itertext())
    assert "<script" not in made
    assert not {name for part in root.iter() for name in part.attrib} & {"style", "onload", "href"}


def test_a_picture_of_nothing_but_zeros_can_be_drawn() -> None:
    for rows in ((("a", 0), ("b", 0)), (("2024-01", 0), ("2024-02", 0))):
        plot = suggest_plot(result(*rows))
        assert plot is not None
        ElementTree.fromstring(to_svg(plot))


@pytest.mark.parametrize(
    ("times", "labels"),
    [
        (("2024-01-01T00:00:00+00", "2024-02-01T00:00:00+00"), ("2024-01", "2024-02")),
        (("2024-01-01 00:00:00", "2024-01-02 00:00:00"), ("2024-01-01", "2024-01-02")),
        (("2024-01-01 00:00", "2024-01-01 12:30"), ("2024-01-01 00:00", "2024-01-01 12:30")),
        (("2024-01", "2024-02"), ("2024-01", "2024-02")),
    ],
)
def test_labels_of_times_leave_out_what_all_have(
    times: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    rows = ((time, number) for number, time in enumerate(times))
    plot = suggest_plot(result(*rows, kinds="time number", names="at n"))
    assert plot
    assert plot.labels == labels


def test_long_labels_have_room_below_a_line() -> None:
    plot = suggest_plot(result(*((f"2024-01-{day:02} 10:15:00", day) for day in range(1, 31))))
    assert plot
    texts = re.findall(r'x="([\d.]+)"[^>]*text-anchor="middle">([^<]+)<', to_svg(plot))
    places = [float(x) for x, _ in texts]
    assert len(texts) >= 2
    assert min(b - a for a, b in pairwise(places)) > 7 * max(len(text) for _, text in texts)
