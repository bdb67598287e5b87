"""Horizontal bars as SVG: one file a chart, readable on light and on dark pages."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bench.figures import number

WIDTH, LEFT, RIGHT, TOP, ROW, BAR, BOTTOM = 720, 120, 120, 48, 34, 20, 46
SPAN = WIDTH - LEFT - RIGHT
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 } .small { font-size: 12px; fill: #59636e }
  .bar { fill: #9aa4ae } .ours { fill: #0969da }
  .grid { stroke: #d1d9e0 } .spread { stroke: #1f2328 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 }
    .bar { fill: #656c76 } .ours { fill: #4493f8 }
    .grid { stroke: #3d444d } .spread { stroke: #e6edf3 }
  }
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """From a value to a place: by logarithms where bars would differ more than tenfold."""

    low: float
    high: float
    log: bool

    def x(self, value: float) -> float:
        if self.log:
            share = math.log10(max(value, self.low) / self.low) / math.log10(self.high / self.low)
        else:
            share = value / self.high
        return LEFT + SPAN * min(share, 1)

    def ticks(self) -> list[float]:
        if self.log:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            return [10.0**power for power in range(first, last + 1)]
        step = 10 ** math.floor(math.log10(self.high))
        step = next(s for s in (step / 5, step / 2, step, step * 2) if self.high / s <= 6)
        return [step * n for n in range(int(self.high / step) + 1)]


def axis_for(values: Sequence[float]) -> Axis:
    low, high = min(values), max(values)
    if high / low > 10:
        return Axis(10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high)), True)
    return Axis(0, high * 1.05, False)


def chart(title: str, unit: str, bars: Mapping[str, Sequence[float]], ours: str) -> str:
    """Return the SVG of `bars`: a bar for the median, a line for the spread."""
    shown = {name: sorted(values) for name, values in bars.items() if values and min(values) > 0}
    axis = axis_for([value for values in shown.values() for value in values])
    bottom = TOP + ROW * len(shown)
    unit = f"{unit}, logarithmic" if axis.log else unit
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + BOTTOM}" '
        f'role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="12" y="26">{escape(title)}</text>',
        *_grid(axis, bottom),
        f'<text class="small" x="{LEFT + SPAN / 2}" y="{bottom + 36}" '
        f'text-anchor="middle">{escape(unit)}</text>',
    ]
    for row, (name, values) in enumerate(shown.items()):
        parts += _bar(axis, TOP + ROW * row, name, values, ours)
    return "\n".join([*parts, "</svg>\n"])


def _grid(axis: Axis, bottom: float) -> Iterator[str]:
    for tick in axis.ticks():
        x = axis.x(tick)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom}"/>'
        place = f'x="{x:.1f}" y="{bottom + 16}" text-anchor="middle"'
        yield f'<text class="small" {place}>{tick:,g}</text>'


def _bar(axis: Axis, y: float, name: str, values: Sequence[float], ours: str) -> Iterator[str]:
    middle, end = statistics.median(values), axis.x(values[-1])
    kind = "ours" if name == ours else "bar"
    label = escape(name.replace("_", " "))
    yield f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{label}</text>'
    yield (f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{axis.x(middle) - LEFT:.1f}" '
           f'height="{BAR}" rx="2"/>')  # fmt: skip
    if values[0] != values[-1]:
        yield (f'<line class="spread" x1="{axis.x(values[0]):.1f}" x2="{end:.1f}" '
               f'y1="{y + BAR / 2}" y2="{y + BAR / 2}"/>')  # fmt: skip
    yield f'<text x="{end + 6:.1f}" y="{y + 15}">{number(middle)}</text>'
