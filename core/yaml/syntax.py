"""libyaml's errors → what is wrong in the line, and the remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import Problem

if TYPE_CHECKING:
    import yaml

_PAIR = re.compile(r"^(?P<head>\s*(?:- +)*[^\s:#{\[\"'][^:#]*:\s+)(?P<value>\S.*)$")
_LITTLE = {"@", "`", "%", "&", "*", "!", "|", ">", "?", ","}
_OPEN = {"sequence": ("[", "]"), "mapping": ("{", "}")}


def syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """Return what is wrong where the parser stopped."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    current = lines[line] if line < len(lines) else ""
    context = error.context or ""
    problem = error.problem or "it cannot be parsed"
    start = error.context_mark
    at_end = (
        "end of stream" in problem or "stream end" in problem or not "".join(lines[line:]).strip()
    )
    if "quoted scalar" in context and start and at_end:
        message = "This quote is not closed. Write the same quote at the end."
        return Problem(start.line + 1, start.column + 1, message)
    for kind, (opening, closing) in _OPEN.items():
        if f"flow {kind}" in context and start:
            return _unclosed(Problem(line + 1, column + 1, ""), start, (opening, closing), at_end)
    if current[column:].startswith("\t"):
        return Problem(line + 1, column + 1, "A tab cannot indent YAML. Use spaces.")
    return _in_line(Problem(line + 1, column + 1, problem), current, start, lines)


def _unclosed(place: Problem, start: yaml.Mark, pair: tuple[str, str], at_end: bool) -> Problem:
    opening, closing = pair
    if at_end:
        message = f"This '{opening}' is not closed. Write '{closing}'."
        return Problem(start.line + 1, start.column + 1, message)
    message = (
        f"',' or '{closing}' is expected here, after the '{opening}' on line {start.line + 1}."
    )
    return place._replace(message=message)


def _in_line(place: Problem, line: str, start: yaml.Mark | None, lines: list[str]) -> Problem:
    pair = _PAIR.match(line)
    if pair and (pair["value"][0] in _LITTLE):
        column = pair.start("value") + 1
        return place._replace(column=column, message=_reserved(pair["value"]))
    if "mapping values are not allowed" in place.message:
        return _two_colons(place, line, lines)
    if "could not find expected ':'" in place.message and start:
        message = "This line has no colon. Write `key: value`."
        return Problem(start.line + 1, start.column + 1, message)
    if "did not find expected key" in place.message or "block end" in place.message:
        return place._replace(message=_indentation(place, lines, start))
    if pair and pair["value"][0] in "\"'":
        advice = "Delete what follows the closing quote, or quote the whole value."
        return place._replace(message=f"This value goes on after its quote. {advice}")
    return place._replace(message=f"This is not valid YAML: {place.message}.")


def _two_colons(place: Problem, line: str, lines: list[str]) -> Problem:
    pair = _PAIR.match(line)
    if pair and re.search(r":(?:\s|$)", pair["value"]):
        message = "This value contains a colon and a space. Put it in quotes."
        return place._replace(column=pair.start("value") + 1, message=message)
    number, above = _above(lines, place.line - 1)
    if number and not re.search(r":(?:\s|$)", above):
        column = len(above) - len(above.lstrip()) + 1
        return Problem(number, column, "This line has no colon. Write `key: value`.")
    message = "This line is indented deeper than the line above, which has a value already."
    return place._replace(message=f"{message} Indent it like its neighbours.")


def _indentation(place: Problem, lines: list[str], start: yaml.Mark | None) -> str:
    current = lines[place.line - 1] if place.line <= len(lines) else ""
    indent = len(current) - len(current.lstrip())
    expected = f" The block began on line {start.line + 1}, with {start.column}." if start else ""
    return (
        f"This line is indented with {indent} spaces, unlike its neighbours.{expected} "
        "Keys of one block have the same indentation."
    )


def _reserved(value: str) -> str:
    variable = re.fullmatch(r"%(\w+)%.*", value.strip())
    if variable:
        return f"Write ${{{variable[1]}}}."
    return f"A value cannot begin with '{value[0]}'. Put it in quotes."


def _above(lines: list[str], index: int) -> tuple[int, str]:
    """Return the last line before `index` that says something, and its number."""
    code = re.compile(r"\s*[^\s#]")
    return next(
        ((at + 1, lines[at]) for at in reversed(range(index)) if code.match(lines[at])), (0, "")
    )
