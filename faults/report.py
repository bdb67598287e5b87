"""The scorecard, for a terminal and for its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from faults import promises
from faults.case import Result

BEGIN, END = "<!-- scorecard: written by make faults -->", "<!-- end of the scorecard -->"
TITLES = "case|what is done|what is promised|server|outcome|detected, s|abort, ms|memory, MB"
PROMISES = "<!-- promises: written by make faults -->", "<!-- end of the promises -->"
COLUMNS = TITLES.split("|")


def line(result: Result) -> str:
    """Return a result as a line of a terminal."""
    case, figures = result.case, result.figures
    numbers = [
        f"detected {figures.detected:.2f} s" if figures.detected is not None else "",
        f"abort {figures.abort * 1000:.0f} ms" if figures.abort is not None else "",
        f"memory {figures.memory:+.0f} MB" if figures.memory is not None else "",
    ]
    rest = ", ".join(filter(None, numbers))
    first = f"{case.name:<8}{result.server:<9}{case.fault:<66.65}{result.seconds:>6.1f} s"
    return f"{first}  {result.outcome.replace('*', '')}  {rest}"


def table(results: Sequence[Result]) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for result in sorted(results, key=lambda r: r.case.name):
        yield row(result)


def row(result: Result) -> str:
    case, figures = result.case, result.figures
    promised = f"[{case.promise}]({case.page.removeprefix('docs/')})"
    cells = [
        case.name,
        case.fault,
        promised,
        result.server,
        result.outcome.replace("|", "\\|"),
        "" if figures.detected is None else f"{figures.detected:.2f}",
        "" if figures.abort is None else f"{figures.abort * 1000:.0f}",
        "" if figures.memory is None else f"{figures.memory:+.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def write(page: Path, results: Sequence[Result], command: str, date: str) -> None:
    """Put the scorecard, and the figures of promises, between the markers of `page`."""
    kept = sum(not (result.broken or result.skipped) for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    summary = f"`{command}`, {date}: {kept} of {len(results)} as promised, {skipped} not run."
    text = between(page.read_text(), *PROMISES, promises.table(results))
    page.write_text(between(text, BEGIN, END, [summary, "", *table(results)]))


def between(text: str, begin: str, end: str, lines: Iterable[str]) -> str:
    """Replace what is between two markers; without them, return `text`."""
    before, marker, rest = text.partition(begin)
    body = "\n".join([begin, "", *lines, "", end])
    return before + body + rest.partition(end)[2] if marker else text
