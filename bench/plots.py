"""Horizontal bars as SVG: one file a chart, readable on light and on dark pages."""

from __future__ import annotations

import io
import math
import statistics
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from bench.figures import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS, OTHERS, INK, GRID = "#0969da", "#8c959f", "#6e7781", "#8c959f55"  # on white and on black
STYLE: Any = {  # matplotlib types each key
    "svg.fonttype": "none",  # text stays text: for readers, screen readers and searches
    "svg.hashsalt": "bench",  # the same numbers make the same file
    "font.family": "sans-serif",
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}
MAX_LINEAR = 10  # times the shortest bar: beyond it the scale is logarithmic


def chart(title: str, unit: str, bars: Mapping[str, Sequence[float]], ours: str) -> str:
    """Return the SVG of `bars`: a bar for the median, a line for the spread.

    `bars` maps names to measured values in `unit`; those with values that are not above 0 are left
    out. `ours` is the name to highlight.
    """
    rows = {name: list(values) for name, values in bars.items() if values and min(values) > 0}
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 1.1 + 0.36 * len(rows)), layout="constrained")
        _draw(figure.subplots(), rows, unit, ours)
        figure.suptitle(title, x=0.01, ha="left", weight="bold")
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return file.getvalue()


def _draw(axes: Any, rows: Mapping[str, Sequence[float]], unit: str, ours: str) -> None:
    medians = [statistics.median(values) for values in rows.values()]
    lows = [median - min(values) for median, values in zip(medians, rows.values(), strict=True)]
    highs = [max(values) - median for median, values in zip(medians, rows.values(), strict=True)]
    labels = [name.replace("_", " ") for name in rows]
    colors = [OURS if name == ours else OTHERS for name in rows]
    bars = axes.barh(labels, medians, xerr=(lows, highs), color=colors, ecolor=INK, height=0.6)
    axes.bar_label(bars, [number(median) for median in medians], padding=4)
    if max(medians) > MAX_LINEAR * min(medians):
        axes.set_xscale("log")
        axes.set_xlim(left=10 ** math.floor(math.log10(min(medians))))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        axes.xaxis.set_minor_locator(NullLocator())
        unit = f"{unit}, logarithmic"
    axes.set_xlabel(unit)
    axes.margins(x=0.12)
    axes.invert_yaxis()
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
