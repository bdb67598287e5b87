"""
What `op`, `agg`, `fn` and `window` may be: names and numbers of operands. Nothing else is allowed.

`native /` and `native like` are the operators of the dialect that a query was lifted from: there
`/` may cut fractions off, and LIKE may ignore case. `/` always divides truly, `like` always
minds case, `ilike` never does. The query of `in` follows as many values as its rows have. `< all`
and its like compare a value with those of a query, and `array` is
the array of them. Distinct values of `row` may be counted. `@>` is of arrays and JSON that contain
others, and `?` of JSON that has a key. `^` is the exclusive or of bits.
"""

from __future__ import annotations

from typing import Literal, get_args

MANY = 500  # operands of one operator

Operator = Literal[
    "=", "<>", "<", "<=", ">", ">=", "is distinct from", "is not distinct from",
    "and", "or", "not", "+", "-", "*", "/", "%", "neg", "||", "native /", "native div",
    "like", "not like", "ilike", "not ilike", "native like", "not native like",
    "between", "not between", "in", "not in", "exists", "not exists",
    "is null", "is not null", "is true", "is not true", "is false", "is not false",
    "at time zone", "collate", "native regexp", "native iregexp", "native glob",
    "= all", "<> any", "< all", "< any", "<= all", "<= any", "> all", "> any", ">= all", ">= any",
    "&", "|", "^", "~", "<<", ">>", "array", "row", "@>", "<@", "?", "?|", "?&",
]  # fmt: skip
_ARITY = {
    "not": (1, 1), "neg": (1, 1), "~": (1, 1), "array": (1, 1),
    "row": (2, MANY), "exists": (1, 1), "not exists": (1, 1),
    "and": (2, MANY), "or": (2, MANY), "||": (2, MANY),
    "between": (3, 3), "not between": (3, 3), "in": (2, MANY), "not in": (2, MANY),
    "like": (2, 3), "not like": (2, 3), "ilike": (2, 3), "not ilike": (2, 3),
    "native like": (2, 3), "not native like": (2, 3),
    "is null": (1, 1), "is not null": (1, 1), "is true": (1, 1), "is not true": (1, 1),
    "is false": (1, 1), "is not false": (1, 1),
}  # fmt: skip
OPERATORS: dict[str, tuple[int, int]] = {
    name: _ARITY.get(name, (2, 2)) for name in get_args(Operator)
}
COMPARISONS = {"=", "<>", "<", "<=", ">", ">=", "is distinct from", "is not distinct from"}
PATTERNS = {name for name in OPERATORS if name.endswith("like")}
REGEXPS = {"native regexp", "native iregexp"}
QUANTIFIED = {name for name in OPERATORS if name.endswith((" all", " any"))}
CONTAINS = {"@>", "<@", "?", "?|", "?&"}
BITS = {"&", "|", "^", "~", "<<", ">>"}
ARITHMETIC = {"+", "-", "*", "/", "%", "neg", "native /", "native div"} | BITS

Unit = Literal[
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "weekday", "yearday",
    "isoyear", "isoweek", "millisecond", "microsecond", "epoch", "decade", "century",
]  # fmt: skip
UNITS = frozenset(get_args(Unit))
STANDARD_UNITS = frozenset("year month day hour minute second".split())  # of SQL's INTERVAL

# Scalar functions that mean the same in every dialect.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "lower": (1, 1), "upper": (1, 1), "length": (1, 1), "trim": (1, 2), "ltrim": (1, 2),
    "rtrim": (1, 2), "substring": (2, 3), "replace": (3, 3), "position": (2, 2),
    "left": (2, 2), "right": (2, 2),
    "abs": (1, 1), "round": (1, 2), "ceil": (1, 1), "floor": (1, 1), "sqrt": (1, 1),
    "power": (2, 2), "ln": (1, 1), "exp": (1, 1), "sign": (1, 1),
    "coalesce": (1, MANY), "nullif": (2, 2),
    "current_date": (0, 0), "current_timestamp": (0, 0), "date": (1, 1),
    "extract": (1, 1), "date_trunc": (1, 1), "date_add": (2, 2), "date_diff": (2, 2),
}  # fmt: skip
WITH_UNIT = {"extract", "date_trunc", "date_add", "date_diff"}

AGGREGATES: dict[str, tuple[int, int]] = {  # `count` without operands counts rows
    "count": (0, MANY), "sum": (1, 1), "avg": (1, 1), "min": (1, 1), "max": (1, 1),
    "stddev": (1, 1), "variance": (1, 1), "median": (1, 1), "string_agg": (1, 2),
    "percentile_cont": (1, 1), "percentile_disc": (1, 1),
}  # fmt: skip
RANKINGS: dict[str, tuple[int, int]] = {  # functions that only a window gives a meaning
    "row_number": (0, 0), "rank": (0, 0), "dense_rank": (0, 0), "percent_rank": (0, 0),
    "cume_dist": (0, 0), "ntile": (1, 1), "lag": (1, 3), "lead": (1, 3),
    "first_value": (1, 1), "last_value": (1, 1), "nth_value": (2, 2),
}  # fmt: skip

_VALUES_OF = ARITHMETIC | {"||", "at time zone", "collate", "array", "row"}


def is_condition(node: object) -> bool:
    """Is the value expression one that is true or false?"""
    name = getattr(node, "op", None)
    return name is not None and name not in _VALUES_OF
