"""
What is said of a text that no row has: the values that are near, or which there are. Pure.

These issues quote rows: they are for people who may ask for the rows, and for local models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from queryexpr.issues import Issue, did_you_mean
from workflow.near.similar import MAX_NEAR, patterns, similar, spellings
from workflow.pipeline.steps import NEAR

if TYPE_CHECKING:
    from queryexpr.gate.operations import Document, Text, Wrap

NONE, OTHERS = "no_value", "other_spelling"
CODES = frozenset((NEAR, NONE, OTHERS))
MAX_LISTED, MAX_SHOWN = 12, 60  # values that are listed, and characters of one
_WRAPS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "trim": str.strip,
}


@dataclass(frozen=True, slots=True)
class Known:
    """The values of a column, the most frequent first, and whether these are all."""

    values: tuple[str, ...]
    complete: bool = False
    number: int = 0  # of different values, as far as they were read

    def wrapped(self, wrap: Wrap) -> tuple[str, ...]:
        """Return the values as a function of SQL makes them."""
        return tuple(dict.fromkeys(map(_WRAPS[wrap], self.values))) if wrap else self.values


def about_text(text: Text, is_there: bool, known: Known | None, ir: Document) -> Iterator[Issue]:
    """Yield what is said of a text, which is or `is_there` not in a row of its column."""
    if is_there and known and not text.pattern and not text.wrap:
        yield from _others(text, known, ir)
    elif not is_there:
        yield _missing(text, known or Known(()))


def _missing(text: Text, known: Known) -> Issue:
    values = known.wrapped(text.wrap)
    near = (patterns if text.pattern else similar)(text.text, values)
    said = _sentence(text)
    if near:
        return Issue(NEAR, f"{said}{did_you_mean(near)}", "warning", text.pointer, near=near,
                     fix=_fix(text.pointer, *near))  # fmt: skip
    return Issue(NONE, f"{said}{_listed(values, known)}", "warning", text.pointer)


def _sentence(text: Text) -> str:
    has = "fits" if text.pattern else "has"
    left = ": this leaves out nothing" if text.negated else ""
    wrap = f"{text.wrap.upper()}({text.column})" if text.wrap else text.column
    return f"No row of {text.table} {has} {_quoted(text.text)} in {wrap}{left}."


def _listed(values: Sequence[str], known: Known) -> str:
    if not known.number:
        return ""
    if not known.complete:
        return f" There are at least {known.number:,} other values."
    if known.number > MAX_LISTED or len(values) < known.number:
        return f" There are {known.number:,} other values."
    return f" There are: {', '.join(map(_quoted, values))}."


def _quoted(text: str) -> str:
    return f"'{text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + '…'}'"


def _fix(pointer: str, *values: Any) -> tuple[dict[str, Any], ...]:
    """Return the patch that puts a value in the place of a text, if there is only one."""
    if len(values) != 1:
        return ()
    return ({"op": "replace", "path": pointer, "value": values[0]},)


# ── Other spellings ─────────────────────────────────────────────────────────────────────────


def _others(text: Text, known: Known, ir: Document) -> Iterator[Issue]:
    """Warn of rows that have the text in another spelling, where the database tells them apart."""
    if text.text not in known.values:
        return
    condition = at(ir, text.condition)
    others = tuple(
        one for one in spellings(text.text, known.values) if one not in _listed_in(condition)
    )[:MAX_NEAR]
    if others:
        does = "leave out" if text.negated else "find"
        names = " and ".join(map(_quoted, others))
        message = (
            f"Other rows of {text.table} have {names} in {text.column}: this does not {does} them."
        )
        fix = tuple(_widened(text, condition, others))
        yield Issue(OTHERS, message, "warning", text.pointer, near=others, fix=fix)


def _listed_in(condition: Document) -> list[Any]:
    right = condition["args"][1]
    return list(right["list"]) if isinstance(right, dict) and "list" in right else []


def _widened(text: Text, condition: Document, others: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the patch that makes a condition one of all spellings."""
    sides = condition["args"]
    subject = sides[1] if sides[0] == text.text else sides[0]
    listed = _listed_in(condition) or [text.text]
    wide = {
        "op": "not in" if text.negated else "in",
        "args": [subject, {"list": [*listed, *others]}],
    }
    yield {"op": "replace", "path": text.condition, "value": wide}


def at(document: Any, pointer: str) -> Any:
    """Return what a JSON Pointer leads to."""
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list | tuple) else document[part]
    return document


# ── Codes ───────────────────────────────────────────────────────────────────────────────────


def about_code(text: Text, codes: Mapping[str, str], place: str) -> Issue | None:
    """Return an issue about a text that is what a code means, and not the code."""
    if text.text in codes or text.pattern or text.wrap:
        return None
    labels = similar(text.text, (*dict.fromkeys(codes.values()),))
    exact = [code for code, label in codes.items() if label == text.text]
    near = exact or [code for code, label in codes.items() if label in labels]
    if not near:
        return None
    said = " and ".join(f"{code} is {_quoted(codes[code])}" for code in near[:MAX_NEAR])
    message = f"{text.table}.{text.column} has codes: {said} ({place})."
    values = [_typed(code, text) for code in near[:MAX_NEAR]]
    return Issue(NEAR, message, "warning", text.pointer, near=tuple(near[:MAX_NEAR]),
                 fix=_fix(text.pointer, *values))  # fmt: skip


def _typed(code: str, text: Text) -> str | int:
    """Return a code as the query has it: a number where the column has numbers."""
    return int(code) if text.is_number and code.lstrip("-").isdecimal() else code


# ── What is not for everyone ────────────────────────────────────────────────────────────────


def without_values(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return the issues that quote no row: what is stored, and what others may see."""
    return tuple(issue for issue in issues if issue.code not in CODES)
