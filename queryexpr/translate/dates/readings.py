"""
Texts that are read as dates by a format, which databases follow more or less strictly.

Postgres reads '2024' for YY, any mark for '-', and no more than the format has; MySQL reads '24'
for %Y as 2024. So a text that is written out has to have exactly the format, and a year of two
digits is read from no other text.
"""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.check.odd_dates import is_impossible
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.dates.formats import meant

_READ = (exp.StrToTime, exp.StrToDate, exp.TsOrDsToDate)
_SHORT_YEAR = "year of two digits"
_SPLIT_YEAR = 69  # 1969 in some databases, and 2069 in others
_FORMS = {"year": r"(?P<year>\d{4})", "month 01": r"(?P<month>\d\d?)",
          "day 01": r"(?P<day>\d\d?)", _SHORT_YEAR: r"(?P<short>\d\d)", "ISO year": r"\d{4}",
          "microsecond": r"\d{6}", "millisecond": r"\d{3}",
          "day of year 001": r"\d{3}"}  # fmt: skip


def misread_text(node: exp.Expr, source: Dialect, target: Dialect) -> str:
    """Return what the target may read otherwise; empty if it reads the same date."""
    if not isinstance(node, _READ) or not node.args.get("format") or source is target:
        return ""
    meanings = list(meant(node.text("format")))
    if not node.this.is_string:
        short = any(means == _SHORT_YEAR for means, _ in meanings)
        return f"{_SHORT_YEAR} of a text as {source.title} reads it" if short else ""
    if len(meanings) > len({*meanings}) + sum(not means for means, _ in meanings):
        return "format of dates that names a part twice"
    match = re.fullmatch("".join(map(_form, meanings)), node.this.name.strip())
    odd = match is None or _is_odd(match.groupdict())
    return f"date that is read from {node.this.name[:40]!r} by that format" if odd else ""


def _is_odd(parts: dict[str, str]) -> bool:
    """Is it a year of two centuries, or no day at all?"""
    if {"year", "month", "day"} <= parts.keys():
        return is_impossible(f"{parts['year']}-{parts['month']:0>2}-{parts['day']:0>2}")
    return parts.get("short") == str(_SPLIT_YEAR)


def _form(meaning: tuple[str, str]) -> str:
    means, letter = meaning
    if not means:
        return re.escape(letter)
    if "name" in means.lower():
        return r"[^\W\d_]+"
    if means.lower().startswith("am or"):
        return r"[AaPp][Mm]"
    return _FORMS.get(means, r"\d\d?")
