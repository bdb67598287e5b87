"""What a query of one dialect has, and the other lacks, or has with another meaning."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.values import SAFE_CAST
from queryexpr.dialects.dialect import Dialect
from queryexpr.lift.bits import OPERATORS as BITS
from queryexpr.lift.containing import OPERATORS as CONTAINING
from queryexpr.translate.arithmetic.quotients import CHOICES, choices
from queryexpr.translate.dates.formats import unclear_format
from queryexpr.translate.dates.now import special_word
from queryexpr.translate.dates.parts import is_counted
from queryexpr.translate.dates.readings import misread_text
from queryexpr.translate.texts.patterns import has_pattern, is_regexp_call

# sqlglot would put the filter around a value, and its null would be taken for one.
_ANY_ROW = (exp.ArrayAgg, exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.First, exp.Last)


_MEDIANS = (exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc)
# Types of one dialect, or of two that mean something else by the word.
_OWN_TYPES = (
    exp.DType.VARIANT, exp.DType.OBJECT, exp.DType.YEAR, exp.DType.JSON, exp.DType.JSONB,
)  # fmt: skip


def check_clauses(tree: exp.Expr, source: Dialect, target: Dialect) -> None:
    """Raise Refused for what sqlglot would write otherwise, with another meaning."""
    differs = source.having_of_rows != target.having_of_rows
    if differs and any(map(_has_one_group, tree.find_all(exp.Select))):
        raise lacks(target, f"HAVING without groups as that of {source.title}: write WHERE")
    ons = any(distinct.args.get("on") for distinct in tree.find_all(exp.Distinct))
    if ons and not target.distinct_on:  # sqlglot would lose the order of the rows
        raise lacks(target, "DISTINCT ON")
    full = any(join.side == "FULL" for join in tree.find_all(exp.Join))
    if full and not target.full_joins:  # sqlglot would write two whole queries
        raise lacks(target, "FULL JOIN")
    if not target.qualify and tree.find(exp.Qualify):  # its query shows a column more
        raise lacks(target, "QUALIFY")


def check_words(tree: exp.Expr, source: Dialect, target: Dialect) -> None:
    """Raise Refused for what the target has not, before anything is put into its words."""
    for node in tree.walk():
        if what := _lacking(node, source, target):
            raise lacks(target, what)


def _lacking(node: exp.Expr, source: Dialect, target: Dialect) -> str:
    """Return what the target has not, or not with the same meaning; empty if it has."""
    if isinstance(node, exp.JSONExtract | exp.JSONExtractScalar):
        return f"paths of JSON as those of {source.title}"
    if contains := CONTAINING.get(type(node)):
        return "" if source is target else f"{contains} as {source.title} has it"
    if bits := BITS.get(type(node)):
        return _bits(bits, source, target)
    if isinstance(node, exp.Any | exp.All) and not target.quantified:
        return f"{type(node).__name__.upper()} with a query"
    if isinstance(node, exp.Filter) and isinstance(node.this, _ANY_ROW) and not target.filter:
        return f"FILTER of {node.this.sql_name()}"
    if isinstance(node, exp.WithinGroup) and _is_mode(node) and not _has_mode(target):
        return "MODE() WITHIN GROUP"
    if isinstance(node, _MEDIANS) and "percentile_cont" in target.lacks:
        return node.sql_name()
    if isinstance(node, exp.IgnoreNulls) and not _ignores(node, target):
        return "IGNORE NULLS there"
    if isinstance(node, exp.WindowSpec):
        return _frame(node, target)
    if isinstance(node, exp.Glob) and not target.glob:
        return "GLOB"
    if type(node) is exp.TryCast and not target.tries_casts:
        return SAFE_CAST
    if isinstance(node, exp.Collate):
        return f"collation of {source.title}"
    if isinstance(node, exp.ArrayAgg) and "ARRAY_AGG" not in target.aggregates:
        return "arrays"
    return _named_otherwise(node, source) or _of_texts_and_dates(node, source, target)


def _of_texts_and_dates(node: exp.Expr, source: Dialect, target: Dialect) -> str:
    """Return what the target has not of dates, patterns and formats; empty if it has."""
    called = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if called in ("DATE", "TIME", "DATETIME") and len(node.expressions) > 1:
        return f"DATE with the modifiers of {source.title}"
    days = isinstance(node, exp.DayOfWeek | exp.Week) or node.name.upper() == "WEEKDAY"
    if days and not is_counted(node, source) and not is_counted(node.parent or node, source):
        return f"number of a day or a week as {source.title} counts it"
    if isinstance(node, exp.Cast) and node.to.is_type("interval") and not target.interval_type:
        return "type INTERVAL"
    if isinstance(node, exp.Cast) and node.to.this in _OWN_TYPES:
        return f"type {node.to.this.value} as {source.title} has it"
    if isinstance(node, exp.Extract) and "_" in node.name:
        return f"part {node.name.lower()!r} of a date"
    if word := special_word(node):
        return word
    if isinstance(node, exp.Substring) and has_pattern(node):
        return "SUBSTRING with a text for its start, which may be a pattern"
    if source.regexp != target.regexp and is_regexp_call(node):
        return f"regular expressions as those of {source.title}"
    if isinstance(node, exp.Substring) and _starts_otherwise(node, source, target):
        return f"SUBSTRING with a start below 1 as {source.title}"
    return unclear_format(node) or misread_text(node, source, target)


def _named_otherwise(node: exp.Expr, source: Dialect) -> str:
    """Return what is another thing in every other dialect that has the name."""
    if isinstance(node, exp.ToDays) and source.interval_type:
        return "TO_DAYS, which makes an interval"
    if isinstance(node, exp.UnixToTime) and source.may_call("EPOCH_MS"):
        return f"number of milliseconds as {source.title} has it"
    called = node.name.upper() if isinstance(node, exp.Anonymous) else type(node).__name__.upper()
    return f"{called} as that of {source.title}" if called in ("FORMAT", "TIMEDIFF") else ""


def _has_one_group(select: exp.Select) -> bool:
    """Has it a HAVING, and nothing that says whether the rows are one group?"""
    values = (select.args.get("having"), *select.expressions)
    grouped = select.args.get("group") or any(v and v.find(exp.AggFunc) for v in values)
    return bool(select.args.get("having")) and not grouped


def _is_mode(node: exp.WithinGroup) -> bool:
    return isinstance(node.this, exp.Mode) or node.this.name.upper() == "MODE"


def _has_mode(target: Dialect) -> bool:
    return target.aggregates.get("MODE") == (0, 0)  # else it has an operand, or is not there


def _ignores(node: exp.IgnoreNulls, target: Dialect) -> bool:
    call = node.this
    return isinstance(call, exp.Func) and call.sql_name().lower() in target.ignores_nulls


def _frame(node: exp.WindowSpec, target: Dialect) -> str:
    if node.args["kind"] == "GROUPS" and not target.group_frames:
        return "frames of GROUPS"
    if node.args.get("exclude") and not target.excludes:
        return "EXCLUDE in a frame"
    lengths = any(isinstance(node.args.get(key), exp.Interval) for key in ("start", "end"))
    return "frames of a length of time" if lengths and not target.time_frames else ""


def _bits(name: str, source: Dialect, target: Dialect) -> str:
    if name in ("<<", ">>"):  # of how many bits a number has depends on its type
        return f"{name} of bits as {source.title} has it"
    signed = source.bits_are_signed == target.bits_are_signed
    return "" if name in target.bits and signed else f"{name} of bits as {source.title} has it"


def _starts_otherwise(node: exp.Substring, source: Dialect, target: Dialect) -> bool:
    """May it begin at no letter, where the dialects differ in what that means?"""
    if (source.starts_from_end, source.clips_starts) == (
        target.starts_from_end, target.clips_starts
    ):  # fmt: skip
        return False
    return _may_be_below_1(node.args.get("start"))


def _may_be_below_1(start: exp.Expr | None) -> bool:
    """Is it such a number, or may it be? Sums of calls are not suspected: INSTR(…) + 1."""
    value = start.unnest() if start else None
    if isinstance(value, exp.Literal):
        return value.name == "0"
    if isinstance(value, CHOICES):
        return any(map(_may_be_below_1, choices(value)))
    if isinstance(value, exp.Binary) and not value.find(exp.Func):
        return value.find(exp.Column) is not None
    return isinstance(value, exp.Neg | exp.Column | exp.Null | exp.Mod)
