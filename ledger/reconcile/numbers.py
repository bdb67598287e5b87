"""
Numbers as tables have them: with a decimal point, or with a decimal comma where columns are
separated by semicolons. What can be read in two ways is refused. Pure.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

AMBIGUOUS = (
    "can be read in two ways. Write numbers without separators of thousands, and with a decimal"
    " point: 1234.5."
)
MAX_DIGITS = 20  # before the point: no count of a day has as many
_ONE_GROUP = r"[1-9]\d{0,2}[.,]\d{3}"  # 1,234: thousands, or three decimal places
_SEVERAL = r"\d{1,3}(%s\d{3}){2,}"
_BOTH = r"\d{1,3}(%s\d{3})+%s\d+"


class AmbiguousError(ValueError):
    """A number has two readings."""


def read_number(text: str, *, comma: bool) -> Decimal:
    """Return a number; with `comma`, that is its decimal mark. Units beside it are left out.

    Raises AmbiguousError, and InvalidOperation for what is no number, or has too many digits.
    """
    number = _read(_bare(text), comma=comma)
    if number and number.adjusted() > MAX_DIGITS:
        raise InvalidOperation
    return number


def _bare(text: str) -> str:
    """Return a number without units. A number in brackets is negative, as accountants write."""
    if bracketed := re.fullmatch(r"([^\d()]*)\(([^()]*)\)([^\d()]*)", text):
        text = "-" + "".join(bracketed.groups())
    text = re.sub(r"(?<![\d.,])[eE]|[eE](?![\d+-])", "", text.replace("\N{MINUS SIGN}", "-"))
    return re.sub(r"[^\d.,eE+-]", "", text)


def _read(text: str, *, comma: bool) -> Decimal:
    mark, group = (",", ".") if comma else (".", ",")
    unsigned = text.lstrip("+-")
    if comma and re.fullmatch(_ONE_GROUP, unsigned):
        raise AmbiguousError(text)
    if group not in unsigned:
        return Decimal(text.replace(mark, "."))
    if comma and re.fullmatch(r"\d*\.\d+", unsigned):
        return Decimal(text)  # 0.25: it can only be a decimal point
    forms = (_SEVERAL % re.escape(group), _BOTH % (re.escape(group), re.escape(mark)))
    if not any(re.fullmatch(form, unsigned) for form in forms):
        raise AmbiguousError(text)
    return Decimal(text.replace(group, "").replace(mark, "."))
