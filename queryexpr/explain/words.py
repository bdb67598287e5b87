"""
The words for the parts of queries: names, lists, and a template for each operator and function.

Each template has a level: how loosely its words hold together. An operand that is looser than its
place allows is put in parentheses, so that a sentence can be read in one way only.
"""

from __future__ import annotations

from typing import NamedTuple

ATOM, PHRASE, SUM, TEST, CHAIN = range(5)  # how loosely words hold together
Words = tuple[str, int]


class Wording(NamedTuple):
    """`template` takes the operands; those looser than `operand` are put in parentheses."""

    template: str
    level: int
    operand: int


def escaped(text: str) -> str:
    """Return `text` with invisible characters, and those that reverse text, as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def name(text: str) -> str:
    """Return a name, in double quotes if it could be taken for words of the sentence."""
    if text.isidentifier() and text.lower() not in _WORDS_OF_SENTENCES:
        return text
    return '"' + escaped(text).replace('"', '""') + '"'


def listed(parts: list[str], apart: bool = False) -> str:
    """Return `parts` as a list in a sentence, with semicolons where commas would mislead."""
    *others, last = parts
    if apart or any("," in part for part in parts):
        return "; and ".join(["; ".join(others), last]) if others else last
    return f"{', '.join(others)} and {last}" if others else last


def as_call(function: str, args: list[str]) -> Words:
    """Return a call, as SQL writes it."""
    return f"{escaped(function).upper()}({', '.join(args)})", ATOM


_WORDS_OF_SENTENCES = frozenset(
    "all an and as at before by each equals first following from has if in is last not null of"
    " or otherwise result row rows same than that the then to value values where with".split()
)


# ── Templates ───────────────────────────────────────────────────────────────────────────────


def _wording(template: str) -> Wording:
    """Return a template with its level: `the a of the b of c` needs no parentheses."""
    if not (template.startswith("the ") and template.endswith("}")):
        return Wording(template, SUM, ATOM)
    return Wording(template, PHRASE, PHRASE if template.endswith("of {0}") else ATOM)


OPS = {
    op: Wording(template, TEST, SUM)
    for op, template in {
        "=": "{0} equals {1}", "<>": "{0} differs from {1}",
        "<": "{0} is less than {1}", "<=": "{0} is at most {1}",
        ">": "{0} is greater than {1}", ">=": "{0} is at least {1}",
        "is distinct from": "{0} differs from {1} (no value equals no value)",
        "is not distinct from": "{0} equals {1} (no value equals no value)",
        "between": "{0} is between {1} and {2} (both included)",
        "is null": "{0} has no value", "is not null": "{0} has a value",
        "is true": "{0} is true", "is not true": "{0} is not true (false or no value)",
        "is false": "{0} is false", "is not false": "{0} is not false (true or no value)",
        "native regexp": "{0} matches the regular expression {1}",
        "native iregexp": "{0} matches the regular expression {1} (in letters of either case)",
        "@>": "{0} contains all of {1}", "<@": "all of {0} is in {1}",
        "?": "{0} has the key {1}", "?|": "{0} has one of the keys {1}",
        "?&": "{0} has all keys {1}",
        "native glob": "{0} matches the pattern {1} (* is any text, ? is any one character)",
    }.items()
} | {
    "not between": Wording("{0} is less than {1} or greater than {2}", CHAIN, SUM),
    "not": Wording("it is not so that {0}", TEST, ATOM),
    "-": Wording("{0} minus {1}", SUM, ATOM), "/": Wording("{0} divided by {1}", SUM, ATOM),
    "%": Wording("the remainder of {0} divided by {1}", SUM, ATOM),
    "native div": Wording("the whole part of {0} divided by {1}", SUM, ATOM),
    **{op: Wording(f"the bits of {{0}} {words} those of {{1}}", SUM, ATOM)
       for op, words in {"&": "and", "|": "or", "^": "exclusive or"}.items()},
    "~": Wording("the opposite bits of {0}", SUM, ATOM),
    "<<": Wording("the bits of {0} moved left by {1}", SUM, ATOM),
    ">>": Wording("the bits of {0} moved right by {1}", SUM, ATOM),
    "neg": Wording("minus {0}", SUM, ATOM),
    "at time zone": Wording("{0} in the time zone {1}", SUM, ATOM),
    "array": Wording("the array of {0}", SUM, ATOM),
    "collate": Wording("{0} compared by the rules of {1}", SUM, ATOM),
}  # fmt: skip
EARLIER = {
    "<": Wording("{0} is before {1}", TEST, SUM), ">": Wording("{0} is after {1}", TEST, SUM),
    "<=": Wording("{0} is before or equal to {1}", TEST, SUM),
    ">=": Wording("{0} is after or equal to {1}", TEST, SUM),
}  # fmt: skip
IS_LIKE = {"": "matches the pattern {}", "a": "reads {}", "a%": "begins with {}",
           "%a": "ends with {}", "%a%": "contains {}"}  # fmt: skip
NOT_LIKE = {"": "does not match the pattern {}", "a": "does not read {}",
            "a%": "does not begin with {}", "%a": "does not end with {}",
            "%a%": "does not contain {}"}  # fmt: skip
UNITS = {"weekday": "day of the week (Sunday is 0)", "yearday": "day of the year",
         "epoch": "seconds since 1970"}  # fmt: skip
FUNCTIONS = {
    (function, template.count("{") - template.count("{unit}")): _wording(template)
    for function, templates in {
        "lower": ["{0} in small letters"], "upper": ["{0} in capitals"],
        "length": ["the length of {0}"],
        "trim": ["{0} without spaces around it", "{0} without {1} around it"],
        "ltrim": ["{0} without spaces before it", "{0} without {1} before it"],
        "rtrim": ["{0} without spaces after it", "{0} without {1} after it"],
        "substring": ["{0} from character {1} on", "{0} from character {1} on for {2} characters"],
        "replace": ["{0} with {2} instead of every {1}"],
        "position": ["the position of {0} in {1}"],
        "left": ["the first {1} characters of {0}"], "right": ["the last {1} characters of {0}"],
        "round": ["{0} rounded to a whole number", "{0} rounded to {1} decimal places"],
        "ceil": ["{0} rounded up"], "floor": ["{0} rounded down"],
        "abs": ["the absolute value of {0}"], "sign": ["the sign (-1, 0 or 1) of {0}"],
        "sqrt": ["the square root of {0}"], "power": ["{0} to the power of {1}"],
        "ln": ["the natural logarithm of {0}"], "exp": ["e to the power of {0}"],
        "coalesce": ["{0} (or {1} where it has no value)"],
        "nullif": ["{0} (no value where it equals {1})"],
        "current_date": ["the current date"], "date": ["the date of {0}"],
        "current_timestamp": ["the current date and time"],
        "extract": ["the {unit} of {0}"], "date_trunc": ["the beginning of the {unit} of {0}"],
        "date_add": ["{0} plus {1} times one {unit}"],
        "date_diff": ["the number of times that the {unit} changes from {1} to {0}"],
        "row_number": ["the row's number"], "rank": ["the rank, with gaps after equals"],
        "dense_rank": ["the rank, without gaps"],
        "percent_rank": ["the rank as a share from 0 to 1"],
        "cume_dist": ["the share of rows up to this one"],
        "ntile": ["the number of the part, of {0} parts"],
        "lag": ["{0} of the row before", "{0} of the row that is {1} before",
                "{0} of the row that is {1} before ({2} without one)"],
        "lead": ["{0} of the row after", "{0} of the row that is {1} after",
                 "{0} of the row that is {1} after ({2} without one)"],
        "first_value": ["{0} of the first row"], "last_value": ["{0} of the last row"],
        "nth_value": ["{0} of row number {1}"],
    }.items() for template in templates
}  # fmt: skip
AGGS = {
    ("sum", ""): "the sum of {0}", ("avg", ""): "the average of {0}",
    ("min", ""): "the smallest {0}", ("max", ""): "the largest {0}",
    ("min", "time"): "the earliest {0}", ("max", "time"): "the latest {0}",
    ("min", "text"): "the first in the alphabet of {0}",
    ("max", "text"): "the last in the alphabet of {0}",
    ("stddev", ""): "the standard deviation of {0}", ("variance", ""): "the variance of {0}",
    ("median", ""): "the median of {0}",
}  # fmt: skip
