"""SQLite."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import PLAIN
from queryexpr.dialects.functions import SPELLINGS, SUBSTRINGS, aggregates, positions, scalars
from queryexpr.dialects.lengths import NARROW
from queryexpr.dialects.months import whole_months

_CODES = (
    ("year", "%Y"), ("month", "%m"), ("day", "%d"), ("weekday", "%w"),
    ("yearday", "%j"), ("hour", "%H"), ("minute", "%M"), ("second", "%S"), ("epoch", "%s"),
)  # fmt: skip


_WEEK = "((CAST(STRFTIME('%j', DATE({value}, '-3 days', 'weekday 4')) AS INTEGER) - 1) / 7 + 1)"


def _added(shift: str) -> dict[str, str]:
    """Return how a length of time is added. DATE makes a date, DATETIME a time.

    SQLite takes 31 January and a month for 2 March: the end of the month is the most that is meant.
    """
    last = f"DATE({{value}}, 'start of month', {shift}, '+1 months', '-1 days')"
    month, time = f"MIN(DATE({{value}}, {shift}), {last})", f"DATETIME({{value}}, {shift})"
    month_of_time = f"MIN({time}, {last} || ' ' || TIME({{value}}))"
    return {
        "": time, "day": f"DATE({{value}}, {shift})", "month": month, "year": month,
        "time month": month_of_time, "time year": month_of_time, "time day": time,
    }  # fmt: skip


_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_APART = "CAST(ROUND((JULIANDAY({late}) - JULIANDAY({early})) * 86400, 0) AS INTEGER)"

SQLITE = Dialect(
    name="sqlite",
    title="SQLite",
    aliases=("sqlite3",),
    main_schema="main",
    system_tables=("sqlite_",),
    reserved=frozenset({"IF", "NOTHING", "RAISE", "TRANSACTION"}),
    quoted_may_be_text=True,
    qualified_references=False,  # a key stays inside its own schema
    spellings=SPELLINGS | SUBSTRINGS | {
        "LENGTH": "length", "IFNULL": "coalesce", "POW": "power", "LN": "ln"},
    functions=scalars(
        "DATE TIME DATETIME JULIANDAY STRFTIME UNIXEPOCH TIMEDIFF IIF INSTR HEX UNICODE CHAR"
        " TYPEOF MAX MIN LIKELY UNLIKELY LOG2 TRUNC CONCAT_WS UNHEX QUOTE NULLIF GLOB LIKE"
        " JSON_EXTRACT JSON_TYPE JSON_VALID JSON_ARRAY_LENGTH"
    ),
    limited={"PRINTF": NARROW, "FORMAT": NARROW},
    aggregates=aggregates("TOTAL"),
    lacks=frozenset({"stddev", "variance", "median", "percentile_cont", "percentile_disc"}),
    left="SUBSTRING({text}, 1, {size})",
    right="SUBSTRING({text}, -({size}), {size})",
    negative_lengths="before",
    chr_joins=True,
    byte_length="CASE WHEN {value} IS NOT NULL THEN LENGTH(HEX({value})) / 2 END",
    intervals=False,
    fractions={
        "second": "CAST(STRFTIME('%f', {value}) AS REAL)",
        "epoch": "ROUND((JULIANDAY({value}) - 2440587.5) * 86400, 3)"},
    date="DATE({value})",
    extract={
        **{part: f"CAST(STRFTIME('{code}', {{value}}) AS INTEGER)" for part, code in _CODES},
        "week": _WEEK, "isoweek": _WEEK,
        "isoyear": "CAST(STRFTIME('%Y', DATE({value}, '-3 days', 'weekday 4')) AS INTEGER)",
        "quarter": "((CAST(STRFTIME('%m', {value}) AS INTEGER) + 2) / 3)"},
    trunc={
        "year": "DATE({value}, 'start of year')", "month": "DATE({value}, 'start of month')",
        "week": "DATE({value}, '-6 days', 'weekday 1')", "day": "DATE({value})",
        "quarter": "DATE({value}, 'start of month',"
        " '-' || ((CAST(STRFTIME('%m', {value}) AS INTEGER) - 1) % 3) || ' months')",
        "hour": "STRFTIME('%Y-%m-%d %H:00:00', {value})",
        "minute": "STRFTIME('%Y-%m-%d %H:%M:00', {value})"},
    add=_added("({number}) || ' {unit}s'"),
    last_day="DATE({value}, 'start of month', '+1 month', '-1 day')",
    add_literal=_added("'{sign}{amount} {unit}s'"),
    days="CAST(JULIANDAY(DATE({late})) - JULIANDAY(DATE({early})) AS INTEGER)",
    whole_units={unit: f"({_APART} / {size})" for unit, size in _SECONDS.items()} | whole_months(
        "CAST(STRFTIME('%Y', {value}) AS INTEGER)", "CAST(STRFTIME('%m', {value}) AS INTEGER)",
        "STRFTIME('%d %H:%M:%f', {value})", "DATETIME({value})", "({months} / {size})"),
    like_minds_case=False,
    ordered_texts=False,  # before version 3.44
    glob=True,
    regexp="",
    formats=PLAIN,
    format_calls=positions("STRFTIME"),
    tries_casts=False,
    concat=False,  # before version 3.44
    casts_round=False,
    rounds_to_tens=False,
    exact_numbers=False,
    casts_cut_texts=False,
    null_by_zero=True,
    odd_dates="",
    text_numbers="prefix",
    mixed_columns=True,
    mixed_choices="either",
    now_is_utc=True,
    cases_ascii=True,
    on_looks_ahead=True,
    cuts_remainders=True,
    casts_to_scale=False,
    affinities=True,
    excludes=True,
    collations=frozenset({"BINARY", "NOCASE", "RTRIM"}),
    groups_are_strict=False,
    grouping="",
    filter=True,
    cross_join_is_free=False,  # it forbids a better order of the tables
    comma_binds_less=False,
    nested_sets=False,
    duplicate_columns="first",
    brackets=True,
    engine="sqlite",
    stand_in=False,
    recursive="optional",
    results_in_order_by=False,
    booleans_are_words=False,
    unnest="json_each",
    json="paths",
    json_value="scalar",
    bits=frozenset("& | ~ << >>".split()),
    quantified=False,
    sets_order_computed=False,
    lacks_windows=frozenset({"distinct"}),
    negative_limits=True,
    merged_columns="place",
)  # fmt: skip
