"""
A plot as an inline SVG: without script or style, in the colour of the text.

Classes are for the page's style sheet: plot, plot-bar, plot-line, plot-axis, plot-label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from operator import itemgetter

from django.utils.formats import get_format

from workflow.sources.result.plot import Plot

WIDTH, MARGIN = 640.0, 160.0  # MARGIN: for labels, on the left
ROW, HEIGHT, TOP, END = 22.0, 260.0, 12.0, 84.0
MAX_LABEL = 22  # characters
MAX_DATES = 6  # under a line
LETTER = 8.0  # the width of a letter, with some room between labels
MAX_MARKS = 60  # points of a line that are marked, and described one by one
MIN_GAP = 14.0  # between labels beside a line


def to_svg(plot: Plot, *, name: str = "plot") -> str:
    """Return the picture. `name` begins its IDs, and must be unique on a page."""
    height, body = _BODIES[plot.kind](plot)
    attributes = f'role="img" aria-labelledby="{escape(name)}-title {escape(name)}-desc"'
    return "".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot plot-{plot.kind}s" {attributes}',
        f' viewBox="0 0 {WIDTH:g} {height:g}" fill="currentColor" font-size="12">',
        f'<title id="{escape(name)}-title">{escape(plot.title)}</title>',
        f'<desc id="{escape(name)}-desc">{escape(_description(plot))}</desc>',
        *body,
        "</svg>",
    ))  # fmt: skip


def _description(plot: Plot) -> str:
    points = list(zip(plot.labels, plot.values, strict=True))
    if len(points) > MAX_MARKS:  # hundreds of numbers are too many for a screen reader
        low, high = min(points, key=itemgetter(1)), max(points, key=itemgetter(1))
        points = list(dict.fromkeys((points[0], low, high, points[-1])))
    return "; ".join(f"{label}: {_written(value)}" for label, value in points) + "."


def _bars(plot: Plot) -> tuple[float, Iterator[str]]:
    place = _scale(plot.values, MARGIN, WIDTH - END)
    return TOP * 2 + ROW * len(plot.labels), _bar_parts(plot, place)


def _bar_parts(plot: Plot, place: Callable[[float], float]) -> Iterator[str]:
    zero, bottom = place(0.0), TOP + ROW * len(plot.labels)
    for at, (label, value) in enumerate(zip(plot.labels, plot.values, strict=True)):
        left, right = sorted((zero, place(value)))
        top = TOP + ROW * at
        yield (
            f'<rect class="plot-bar" x="{left:.1f}" y="{top + 3:.1f}"'
            f' width="{max(right - left, 0.5):.1f}" height="{ROW - 6:g}"/>'
        )
        yield _text(MARGIN - 8, top + ROW * 0.7, label, "end")
        yield _text(right + 6, top + ROW * 0.7, _written(value), "start")
    yield _axis(zero, TOP, zero, bottom)


def _lines(plot: Plot) -> tuple[float, Iterator[str]]:
    return HEIGHT + 40, _line_parts(plot, _scale(plot.values, HEIGHT, TOP))


def _line_parts(plot: Plot, place: Callable[[float], float]) -> Iterator[str]:
    left, right = MARGIN / 2, WIDTH - END / 2
    step = (right - left) / (len(plot.values) - 1)
    points = [(left + step * at, place(value)) for at, value in enumerate(plot.values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline class="plot-line" fill="none" stroke="currentColor" points="{path}"/>'
    if len(points) <= MAX_MARKS:
        for x, y in points:
            yield f'<circle class="plot-point" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
    for value in _levels(plot.values, place):
        yield _text(left - 8, place(value) + 4, _written(value), "end")
    width = LETTER * min(max(map(len, plot.labels)), MAX_LABEL)
    every = -(-len(points) // max(2, min(MAX_DATES, int((right - left) / width))))
    for (x, _), label in list(zip(points, plot.labels, strict=True))[::every]:
        yield _text(x, HEIGHT + 24, label, "middle")
    yield _axis(left, place(0.0), right, place(0.0))


def _levels(values: tuple[float, ...], place: Callable[[float], float]) -> list[float]:
    """Return the values to label beside a line: zero, and its ends where there is room."""
    levels = [0.0]
    for value in sorted((min(values), max(values)), key=abs, reverse=True):
        if all(abs(place(value) - place(other)) >= MIN_GAP for other in levels):
            levels.append(value)
    return levels


_BODIES: dict[str, Callable[[Plot], tuple[float, Iterator[str]]]] = {"bar": _bars, "line": _lines}


def _scale(values: tuple[float, ...], low: float, high: float) -> Callable[[float], float]:
    """Return the position of a value between two edges. Zero is included, so lengths are true."""
    least, most = min(0.0, *values), max(0.0, *values)
    size = (most - least) or 1.0
    return lambda value: low + (value - least) / size * (high - low)


def _axis(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line class="plot-axis" stroke="currentColor" {ends}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    cut = text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1]}…"
    return (
        f'<text class="plot-label" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(cut)}</text>"
    )


def _written(value: float) -> str:
    """Return a number as its reader writes it."""
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"
    thousand, point = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
    return text.translate(str.maketrans({",": thousand, ".": point}))
