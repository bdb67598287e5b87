"""
Value expressions in plain English: one function for each class, in VALUES.

Each returns its words and how loosely they hold together. What is looser than its place allows
stands in parentheses, so that a sentence can be read in one way only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from workflow.query.dialects import DIALECTS, grammar
from workflow.query.expression import (
    Aggregate,
    Case,
    Cast,
    Frame,
    Function,
    Interval,
    Native,
    Node,
    Op,
    Star,
    Subquery,
    Values,
    Window,
)
from workflow.query.natives import UNIT_AT
from workflow.query.operators import AGGREGATES, ARITHMETIC, OPERATORS

if TYPE_CHECKING:
    from workflow.query.explain import Writer

ATOM, PHRASE, SUM, TEST, CHAIN = range(5)  # how loosely words hold together
Words = tuple[str, int]


class Wording(NamedTuple):
    """`template` takes the operands; one that is looser than `operand` stands in parentheses."""

    template: str
    level: int
    operand: int


def shown(text: str) -> str:
    """Return `text` with what cannot be seen, or turns the text around, as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def name(text: str) -> str:
    """Return a name, in double quotes where it could be taken for words of the sentence."""
    if text.isidentifier() and text.lower() not in _OURS:
        return text
    return '"' + shown(text).replace('"', '""') + '"'


def listed(parts: list[str], apart: bool = False) -> str:
    """Return `parts` as a list in a sentence, with semicolons where commas would mislead."""
    *others, last = parts
    if apart or any("," in part for part in parts):
        return "; and ".join(["; ".join(others), last]) if others else last
    return f"{', '.join(others)} and {last}" if others else last


def _text(writer: Writer, node: str) -> Words:
    return "'" + shown(node).replace("'", "''") + "'", ATOM


def _called(writer: Writer, called: str, args: list[str]) -> Words:
    return f"{shown(called).upper()}({', '.join(args)})", ATOM


def _operands(writer: Writer, nodes: tuple[Any, ...], loosest: int = SUM) -> list[str]:
    return [writer.text(node, loosest) for node in nodes]


def _worded(writer: Writer, wording: Wording, args: tuple[Any, ...], **more: str) -> Words:
    operands = _operands(writer, args, wording.operand)
    return wording.template.format(*operands, **more), wording.level


# ── Operators ───────────────────────────────────────────────────────────────────────────────


def _op(writer: Writer, node: Op) -> Words:
    fewest, most = OPERATORS[node.op]
    if not fewest <= len(node.args) <= most:  # not valid, but it can be read
        return _called(writer, node.op, _operands(writer, node.args))
    words: Words = _SPECIAL_OPS.get(node.op, _plain_op)(writer, node)
    return words


def _plain_op(writer: Writer, node: Op) -> Words:
    return _worded(writer, _OPS[node.op], node.args)


def _ordered(writer: Writer, node: Op) -> Words:
    """Compare by size; days come before and after each other."""
    words = _EARLIER if any(_is_day(arg) for arg in node.args) else _OPS
    return _worded(writer, words[node.op], node.args)


def _is_day(node: Any) -> bool:
    text = node.cast if isinstance(node, Cast) else node
    return isinstance(text, str) and re.match(r"\d{4}-\d\d-\d\d", text) is not None


def _chain(writer: Writer, node: Op) -> Words:
    return f" {node.op} ".join(_operands(writer, node.args, TEST)), CHAIN


def _followed(writer: Writer, node: Op) -> Words:
    return " followed by ".join(_operands(writer, node.args, ATOM)), SUM


def _repeated(writer: Writer, node: Op) -> Words:
    """Add or multiply, without parentheses around what stands on the left of the same."""
    left, right = node.args
    same = isinstance(left, Op) and left.op == node.op and len(left.args) == 2
    first = writer.text(left, SUM if same else ATOM)
    return f"{first} {_REPEATED[node.op]} {writer.text(right, ATOM)}", SUM


def _native_division(writer: Writer, node: Op) -> Words:
    text, level = _worded(writer, _OPS["/"], node.args)
    dialect = DIALECTS.get(writer.dialect)
    cuts = dialect and grammar(dialect.name).TYPED_DIVISION
    if not dialect or not cuts or any(_has_fraction(arg) for arg in node.args):
        return text, level
    return f"{text} (as {dialect.title} divides: whole numbers lose the fraction)", level


def _has_fraction(node: Any) -> bool:
    if isinstance(node, Op):
        return node.op in ARITHMETIC and any(_has_fraction(arg) for arg in node.args)
    kind = node.type if isinstance(node, Cast) else ""
    return isinstance(node, float) or kind.startswith(_FRACTIONS)


def _like(writer: Writer, node: Op) -> Words:
    value, pattern, *escape = node.args
    words, known = _pattern(pattern, bool(escape)), _NOT_LIKE if "not" in node.op else _IS_LIKE
    given = pattern.strip("%") if words and isinstance(pattern, str) else pattern
    verb = known[words].format(writer.text(given, SUM))
    escaped = f", where {writer.text(escape[0])} takes their meaning away" if escape else ""
    means = "" if words else f" (% is any text, _ is any one character{escaped})"
    return f"{writer.text(value, SUM)} {verb}{means}{_case_of(writer, node.op, given)}", TEST


def _pattern(pattern: Any, escaped: bool) -> str:
    """Return which end of a text a pattern fixes, such as `%a`; empty if words do not tell."""
    if not isinstance(pattern, str) or escaped or re.search(r"[_\\\[]", pattern):
        return ""
    body, ends = pattern.strip("%"), (pattern.startswith("%"), pattern.endswith("%"))
    return "" if not body or "%" in body else "%" * ends[0] + "a" + "%" * ends[1]


def _case_of(writer: Writer, op: str, pattern: Any) -> str:
    if isinstance(pattern, str) and pattern.lower() == pattern.upper():
        return ""
    dialect = DIALECTS.get(writer.dialect)
    native = dialect is not None and dialect.like_minds_case
    minds = native if "native" in op else "ilike" not in op
    return " (capitals matter)" if minds else " (in letters of either case)"


def _in(writer: Writer, node: Op) -> Words:
    right = node.args[1]
    among = f"among {writer.rows(right)}" if isinstance(right, Subquery) else writer.text(right)
    negated = "not " if node.op == "not in" else ""
    return f"{writer.text(node.args[0], SUM)} is {negated}{among}", TEST


def _exists(writer: Writer, node: Op) -> Words:
    (query,) = node.args
    some = "no" if node.op == "not exists" else "a"
    rows = writer.row(query) if isinstance(query, Subquery) else writer.text(query, ATOM)
    return f"there is {some} row {rows}", TEST


def _values(writer: Writer, node: Values) -> Words:
    return f"one of ({', '.join(_operands(writer, node.values))})", ATOM


# ── Functions ───────────────────────────────────────────────────────────────────────────────


def _function(writer: Writer, node: Function) -> Words:
    wording = _FUNCTIONS.get((node.fn, len(node.args)))
    if wording and ("{unit}" in wording.template) == (node.unit is not None):
        return _worded(
            writer, wording, node.args, unit=_UNITS.get(node.unit or "", node.unit or "")
        )
    if node.fn == "coalesce" and node.args and not node.unit:
        return f"the first of ({', '.join(_operands(writer, node.args))}) that has a value", SUM
    unit = [node.unit] if node.unit else []
    return _called(writer, node.fn, [*unit, *_operands(writer, node.args)])


def _native(writer: Writer, node: Native) -> Words:
    args = _operands(writer, node.args)
    if node.unit:
        args.insert(UNIT_AT.get((writer.dialect, node.native.upper()), 0), shown(node.unit))
    return _called(writer, node.native, args)


def _case(writer: Writer, node: Case) -> Words:
    start, branch = "", "if {} then {}"
    if node.of is not None:  # said once: repeating it would make a nested query's text explode
        start, branch = f"depending on {writer.text(node.of, SUM)}: ", "{} gives {}"
    each = [
        branch.format(writer.text(one.when, TEST), writer.text(one.then, SUM)) for one in node.case
    ]
    return f"{start}{', '.join(each)}, otherwise {writer.text(node.otherwise, SUM)}", CHAIN


def _cast(writer: Writer, node: Cast) -> Words:
    to = shown(node.type)
    if isinstance(node.cast, str) and to.startswith(("date", "time", "interval")) and not node.safe:
        return f"the {to} {writer.text(node.cast)}", ATOM
    safe = " (no value where that fails)" if node.safe else ""
    return f"{writer.text(node.cast, ATOM)} converted to {to}{safe}", SUM


def _interval(writer: Writer, node: Interval) -> Words:
    plural = "" if node.interval == 1 else "s"
    return f"{writer.text(node.interval, ATOM)} {node.unit}{plural}", ATOM


def _star(writer: Writer, node: Star) -> Words:
    return (f"all columns of {writer.label(node.table)}" if node.table else "all columns"), PHRASE


# ── Aggregates and windows ──────────────────────────────────────────────────────────────────


def _aggregate(writer: Writer, node: Aggregate) -> Words:
    fewest, most = AGGREGATES.get(node.agg, (0, -1))
    known = fewest <= len(node.args) <= most
    text, level = (_AGGREGATES.get(node.agg, _plain_agg) if known else _other)(writer, node)
    if node.order_by and not node.agg.startswith("percentile"):
        text += f" (in the order of {writer.order(node.order_by)})"
    if node.filter is not None:
        text += f" (only of rows where {writer.text(node.filter)})"
    return text, level


def _other(writer: Writer, node: Aggregate) -> Words:
    args = _operands(writer, node.args)
    text, level = _called(writer, node.agg, args)
    return (f"{text} of different values", PHRASE) if node.distinct else (text, level)


def _plain_agg(writer: Writer, node: Aggregate) -> Words:
    template = _AGGS.get((node.agg, writer.family(node.args[0])), _AGGS[node.agg, ""])
    operand = writer.text(node.args[0], PHRASE if template.endswith("of {0}") else ATOM)
    each = f"(the different values of {operand})" if node.distinct else operand
    return template.format(each), PHRASE


def _count(writer: Writer, node: Aggregate) -> Words:
    different = "different " if node.distinct else ""
    if not node.args:
        return f"the number of {different}rows", PHRASE
    if not isinstance(node.args[0], Node) and not node.distinct and len(node.args) == 1:
        return f"the number of rows (each counted by {writer.text(node.args[0])})", PHRASE
    what = "values" if len(node.args) == 1 else "combinations"
    return f"the number of {different}{what} of {listed(_operands(writer, node.args, ATOM))}", (
        PHRASE if len(node.args) == 1 else SUM
    )


def _joined_text(writer: Writer, node: Aggregate) -> Words:
    first, *mark = _operands(writer, node.args, ATOM)
    different = "different " if node.distinct else ""
    between = f" with {mark[0]} between them" if mark else ""
    return f"the {different}values of {first} put together as one text{between}", SUM


def _percentile(writer: Writer, node: Aggregate) -> Words:
    how = "between two values if need be" if node.agg.endswith("cont") else "one that occurs"
    of = writer.order(node.order_by) if node.order_by else "the rows"
    different = "the different values of " if node.distinct else ""
    share = writer.text(node.args[0], ATOM)
    return f"the value at {share} of the way through {different}({of}; {how})", PHRASE


def _window(writer: Writer, node: Window) -> Words:
    parts = ["over all rows"]
    if node.partition_by:
        parts = [
            f"over the rows that agree in {listed(_operands(writer, node.partition_by, ATOM))}"
        ]
    if node.order_by:
        parts.append(f"in the order of {writer.order(node.order_by)}")
    if frame := node.frame or (_FRAME if node.order_by and _sees_rows(node.window) else None):
        parts.append(f"from {_bound(frame, frame.start)} to {_bound(frame, frame.end or _HERE)}")
    return f"{writer.text(node.window, SUM)} ({'; '.join(parts)})", PHRASE


def _sees_rows(node: Aggregate | Function) -> bool:
    return isinstance(node, Aggregate) or node.fn.endswith("_value")


def _bound(frame: Frame, bound: str) -> str:
    if words := _BOUNDS.get((frame.frame, bound)) or _BOUNDS.get(("", bound)):
        return words
    amount, _, side = shown(bound).partition(" ")
    where = {"preceding": "before", "following": "after"}.get(side, side)
    return f"{amount} {_STEPS[frame.frame]} {where}"


# ── Words ───────────────────────────────────────────────────────────────────────────────────

_OURS = frozenset(
    "all an and as at before by each equals first following from has if in is last not null of"
    " or otherwise result row rows same than that the then to value values where with".split()
)
_HERE = "current row"
_FRAME = Frame(frame="range", start="unbounded preceding")  # SQL's own, where there is an order
_BOUNDS = {
    ("", "unbounded preceding"): "the first row", ("", "unbounded following"): "the last row",
    ("rows", _HERE): "the current row", ("", _HERE): "the current row and its equals",
}  # fmt: skip
_STEPS = {"rows": "rows", "range": "in value", "groups": "groups of equals"}
_FRACTIONS = ("dec", "num", "float", "real", "double")
_UNITS = {"weekday": "day of the week (Sunday is 0)", "yearday": "day of the year",
          "epoch": "seconds since 1970"}  # fmt: skip


def _wording(template: str) -> Wording:
    """Read off a template how loose it is: `the a of the b of c` needs no parentheses."""
    if not (template.startswith("the ") and template.endswith("}")):
        return Wording(template, SUM, ATOM)
    return Wording(template, PHRASE, PHRASE if template.endswith("of {0}") else ATOM)


_OPS = {
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
        "native glob": "{0} matches the pattern {1} (* is any text, ? is any one character)",
    }.items()
} | {
    "not between": Wording("{0} is less than {1} or greater than {2}", CHAIN, SUM),
    "not": Wording("it is not so that {0}", TEST, ATOM),
    "-": Wording("{0} minus {1}", SUM, ATOM), "/": Wording("{0} divided by {1}", SUM, ATOM),
    "%": Wording("the remainder of {0} divided by {1}", SUM, ATOM),
    "native div": Wording("the whole part of {0} divided by {1}", SUM, ATOM),
    "neg": Wording("minus {0}", SUM, ATOM),
    "at time zone": Wording("{0} in the time zone {1}", SUM, ATOM),
    "collate": Wording("{0} compared by the rules of {1}", SUM, ATOM),
}  # fmt: skip
_EARLIER = {
    "<": Wording("{0} is before {1}", TEST, SUM), ">": Wording("{0} is after {1}", TEST, SUM),
    "<=": Wording("{0} is before or equal to {1}", TEST, SUM),
    ">=": Wording("{0} is after or equal to {1}", TEST, SUM),
}  # fmt: skip
_REPEATED = {"+": "plus", "*": "times"}
_SPECIAL_OPS: dict[str, Any] = {
    **dict.fromkeys(_EARLIER, _ordered), "and": _chain, "or": _chain, "||": _followed,
    **dict.fromkeys(_REPEATED, _repeated), "native /": _native_division,
    **dict.fromkeys((op for op in OPERATORS if op.endswith("like")), _like),
    "in": _in, "not in": _in, "exists": _exists, "not exists": _exists,
}  # fmt: skip
_IS_LIKE = {"": "matches the pattern {}", "a": "reads {}", "a%": "begins with {}",
            "%a": "ends with {}", "%a%": "contains {}"}  # fmt: skip
_NOT_LIKE = {"": "does not match the pattern {}", "a": "does not read {}",
             "a%": "does not begin with {}", "%a": "does not end with {}",
             "%a%": "does not contain {}"}  # fmt: skip
_FUNCTIONS = {
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
_AGGS = {
    ("sum", ""): "the sum of {0}", ("avg", ""): "the average of {0}",
    ("min", ""): "the smallest {0}", ("max", ""): "the largest {0}",
    ("min", "time"): "the earliest {0}", ("max", "time"): "the latest {0}",
    ("min", "text"): "the first in the alphabet of {0}",
    ("max", "text"): "the last in the alphabet of {0}",
    ("stddev", ""): "the standard deviation of {0}", ("variance", ""): "the variance of {0}",
    ("median", ""): "the median of {0}",
}  # fmt: skip
_AGGREGATES: dict[str, Any] = {
    "count": _count, "string_agg": _joined_text,
    "percentile_cont": _percentile, "percentile_disc": _percentile,
}  # fmt: skip
VALUES: dict[type, Any] = {
    str: _text, int: lambda w, n: (str(n), ATOM), float: lambda w, n: (repr(n), ATOM),
    bool: lambda w, n: (str(n).lower(), ATOM), type(None): lambda w, n: ("no value", ATOM),
    Op: _op, Values: _values, Function: _function, Native: _native, Case: _case, Cast: _cast,
    Interval: _interval, Star: _star, Aggregate: _aggregate, Window: _window,
}  # fmt: skip
