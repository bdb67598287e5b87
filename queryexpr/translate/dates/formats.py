"""
Formats of dates, such as '%Y-%m' or 'YYYY-MM', by what their codes mean.

sqlglot replaces the codes that it knows and leaves the letters of others, or parts of them. So it
gets a format as marks: one private character for each code and each letter between codes, which it
passes on. They become the codes of the target once its SQL is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import MEANINGS
from queryexpr.issues import Issue, Refused

_LETTER, _CODE = 0xF0000, 0x100000  # where the marks of letters and of codes begin
_MARKS = re.compile(f"[{chr(_LETTER)}-\U0010ffff]+")
_FORMATTED = (
    exp.TimeToStr, exp.StrToTime, exp.StrToDate, exp.StrToUnix, exp.TsOrDsToDate, exp.ToChar,
    exp.UnixToStr, exp.UnixToTime,
)  # fmt: skip
_OF_HOURS = re.compile("hour|minute|second|AM")
LACKING = "format of dates as that"


def marked(tree: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Put marks for the formats in calls of `source`, as the builder wrote them. Raises Refused."""
    if any(_MARKS.search(str(text.this)) for text in tree.find_all(exp.Literal, exp.Identifier)):
        raise Refused(Issue("name", "A name or a text in the query cannot be written."))
    for call in list(tree.find_all(exp.Anonymous)):
        if text := _found(call, source):
            meanings = _read(str(text.this), source, target)
            text.replace(exp.Literal.string("".join(map(_mark, meanings))))
    return tree


def _found(call: exp.Anonymous, source: Dialect) -> exp.Expr | None:
    """Return the format in a call, if it has one and that is written out."""
    place = source.format_calls.get(call.name.upper())
    if place is None:
        return None
    places = (place, 0) if source.formats_first else (place,)
    operands = [call.expressions[at] for at in places if at < len(call.expressions)]
    return next((operand for operand in operands if operand.is_string), None)


def as_formatted(node: exp.Expr) -> exp.Expr:
    """Return what sqlglot takes for a number's format, or the name of a month, as a date's."""
    if isinstance(node, exp.ToChar | exp.NumberToStr) and _MARKS.fullmatch(node.text("format")):
        return exp.TimeToStr(this=node.this, format=node.args["format"])
    plain = isinstance(node, exp.TimeToStr) and node.text("format") == "%B"  # of MONTHNAME
    if plain or (isinstance(node, exp.Monthname) and not node.args.get("abbreviated")):
        return _format("month name", node.this)
    if isinstance(node, exp.Dayname) and not node.args.get("abbreviated"):
        return _format("weekday name", node.this)
    return node


def _format(means: str, value: exp.Expr) -> exp.Expr:
    return exp.TimeToStr(this=value, format=exp.Literal.string(_mark((means, ""))))


def unclear_format(node: exp.Expr) -> str:
    """Return what is lacking if a format is not known, or has more than its date."""
    if not isinstance(node, _FORMATTED) or not node.args.get("format"):
        return ""
    text = node.text("format")
    if isinstance(node, exp.UnixToTime) or not _MARKS.fullmatch(text):
        return LACKING
    hours = isinstance(node, exp.StrToDate) and any(_OF_HOURS.search(m) for m, _ in meant(text))
    return "format of dates with hours" if hours else ""


def with_formats(sql: str, target: Dialect) -> str:
    """Return SQL with the codes of `target` for marks. Raises Refused for what it lacks."""
    return _MARKS.sub(lambda found: _written(list(meant(found[0])), target), sql)


# A format is a list of (meaning, letter): one of them is empty.
Meaning = tuple[str, str]


def _mark(meaning: Meaning) -> str:
    means, letter = meaning
    return chr(_CODE + MEANINGS.index(means)) if means else chr(_LETTER + ord(letter))


def meant(marks: str) -> Iterator[Meaning]:
    """Yield what the marks of a format mean."""
    for mark in map(ord, marks):
        yield (MEANINGS[mark - _CODE], "") if mark >= _CODE else ("", chr(mark - _LETTER))


def _read(text: str, source: Dialect, target: Dialect) -> list[Meaning]:
    """Return what a format of `source` means. Raises Refused for what is no code of a date."""
    meanings = list(_parts(text, source))
    if None in meanings or not any(part and part[0] for part in meanings):
        raise lacks(target, f"format of dates as {text[:40]!r}")
    return [part for part in meanings if part]


def _parts(text: str, source: Dialect) -> Iterator[Meaning | None]:
    """Yield the parts of a format; None for what is not known."""
    codes = sorted(source.formats, key=len, reverse=True)
    percents, quoted, at = "%Y" in source.formats, False, 0
    while at < len(text):
        letter = text[at]
        code = "" if quoted else next((code for code in codes if text.startswith(code, at)), "")
        if code:
            yield from _expanded(source.formats[code], source)
        elif percents and text.startswith("%%", at):
            code = "%%"
            yield "", "%"
        elif not percents and letter == '"':
            quoted = not quoted
        else:
            yield None if _is_unclear(letter, percents, quoted) else ("", letter)
        at += len(code) or 1
    if quoted:
        yield None


def _expanded(means: str, source: Dialect) -> Iterator[Meaning | None]:
    if means.startswith("%"):
        yield from _parts(means, source)
    else:
        yield (means, "") if means else None


def _is_unclear(letter: str, percents: bool, quoted: bool) -> bool:
    """Could it be a code, also of a number, or what ends a text?"""
    if letter in "\\'" or ord(letter) > 0xFFFF:
        return True
    return letter == "%" if percents else not quoted and (letter.isalpha() or letter in "09")


def _written(meanings: list[Meaning], target: Dialect) -> str:
    """Return the format in codes of `target`, if it reads them so."""
    codes = {means: code for code, means in reversed([*target.formats.items()])}
    percents = "%Y" in target.formats
    written, letters = "", ""
    for means, letter in [*meanings, ("", "")]:
        letters += letter
        if means or not letter:
            written += _between(letters, percents)
            letters = ""
        if means and means not in codes:
            raise lacks(target, f"{means} in a format of dates")
        written += codes[means] if means else ""
    if list(_parts(written, target)) != meanings:
        raise lacks(target, LACKING)
    return written


def _between(letters: str, percents: bool) -> str:
    """Return the text between codes: in quotes where its letters could be codes."""
    if percents:
        return letters.replace("%", "%%")
    return f'"{letters}"' if any(map(str.isalnum, letters)) else letters
