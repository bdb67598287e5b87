"""
Functions that several dialects have: their rows add what is only theirs.

The lists name what may be called, never what may not. None of these functions reads files, other
sessions, settings or the catalogue, waits, writes, or makes a value much larger than its operands,
unless `lengths` limits it. A function that is missing is refused by name; add it to the row.
"""

from __future__ import annotations

Bounds = tuple[int, int]  # how many operands, at least and at most

# Name in SQL → portable function with the same operands in the same order.
SPELLINGS = {
    "LOWER": "lower", "UPPER": "upper", "ABS": "abs", "ROUND": "round", "COALESCE": "coalesce",
    "NULLIF": "nullif", "REPLACE": "replace", "TRIM": "trim", "LTRIM": "ltrim", "RTRIM": "rtrim",
    "FLOOR": "floor", "CEILING": "ceil", "CEIL": "ceil", "SQRT": "sqrt", "POWER": "power",
    "EXP": "exp", "SIGN": "sign", "CURRENT_TIMESTAMP": "current_timestamp",
    "CURRENT_DATE": "current_date",
}  # fmt: skip
SUBSTR = {"SUBSTR": "substring"}
SUBSTRINGS = SUBSTR | {"SUBSTRING": "substring"}
ENDS = {"LEFT": "left", "RIGHT": "right"}

_SCALARS = (
    "ACOS ASIN ATAN ATAN2 COS COT DEGREES LOG LOG10 MOD PI RADIANS SIN TAN CONCAT REVERSE"
    " GREATEST LEAST ASCII"
)

_ONE, _TWO = (1, 1), (2, 2)


def scalars(names: str) -> frozenset[str]:
    """Return the functions that nearly every dialect has, and those in `names`."""
    return frozenset(f"{_SCALARS} {names}".split())


def aggregates(one: str = "", two: str = "") -> dict[str, Bounds]:
    """Return aggregates of one operand and of two."""
    return dict.fromkeys(one.split(), _ONE) | dict.fromkeys(two.split(), _TWO)


def positions(*names: str) -> dict[str, int]:
    """Return the functions whose first operand is meant, then those with the second …"""
    return {name: at for at, group in enumerate(names) for name in group.split()}


STATISTICS = aggregates("STDDEV_POP STDDEV_SAMP VAR_POP VAR_SAMP")
PAIRS = aggregates(two="CORR COVAR_POP COVAR_SAMP REGR_SLOPE REGR_INTERCEPT REGR_R2 REGR_COUNT")
VALUES_OF_ROWS = frozenset("lag lead first_value last_value nth_value".split())
BOOLEANS = aggregates("BOOL_AND BOOL_OR EVERY")
