"""PostgreSQL."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import POSTGRES as CODES
from queryexpr.dialects.functions import (
    BOOLEANS,
    ENDS,
    PAIRS,
    SPELLINGS,
    STATISTICS,
    SUBSTR,
    aggregates,
    positions,
    scalars,
)
from queryexpr.dialects.lengths import LETTER, NARROW, REPEATS, SMALL
from queryexpr.dialects.months import whole_months
from queryexpr.dialects.operators import STANDARD_UNITS

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_APART = "CAST({late} AS TIMESTAMP) - CAST({early} AS TIMESTAMP)"

POSTGRES = Dialect(
    name="postgres",
    title="PostgreSQL",
    aliases=("postgresql", "pg"),
    lexer="postgres",
    main_schema="public",
    databases=True,
    system_tables=("pg_", "information_schema."),
    folds="lower",
    spellings=SPELLINGS | SUBSTR | ENDS | {
        "LENGTH": "length", "CHAR_LENGTH": "length", "LN": "ln", "NOW": "current_timestamp"},
    functions=scalars(
        "GROUPING"
        " AGE DATE_PART DATE_TRUNC DATE_BIN TO_CHAR TO_DATE TO_TIMESTAMP TO_NUMBER MAKE_DATE"
        " MAKE_TIME MAKE_TIMESTAMP MAKE_INTERVAL JUSTIFY_DAYS JUSTIFY_HOURS JUSTIFY_INTERVAL"
        " ISFINITE DATE CLOCK_TIMESTAMP STATEMENT_TIMESTAMP TIMEZONE SPLIT_PART STRPOS CONCAT_WS"
        " INITCAP BTRIM STARTS_WITH MD5 REGEXP_REPLACE REGEXP_MATCH REGEXP_LIKE"
        " REGEXP_SUBSTR REGEXP_COUNT OVERLAY POSITION TRANSLATE QUOTE_LITERAL OCTET_LENGTH"
        " BIT_LENGTH CHARACTER_LENGTH SUBSTRING TRUNC DIV CBRT WIDTH_BUCKET SCALE GCD LCM SIND"
        " COSD TAND SINH COSH TANH ARRAY_LENGTH CARDINALITY ARRAY_POSITION"
        " JSON_EXTRACT_PATH_TEXT JSONB_EXTRACT_PATH_TEXT JSONB_ARRAY_LENGTH JSON_ARRAY_LENGTH"
        " JSONB_TYPEOF NUM_NULLS NUM_NONNULLS STRING_TO_ARRAY ARRAY_TO_STRING"
        " JSON_BUILD_OBJECT JSONB_BUILD_OBJECT JSON_BUILD_ARRAY JSONB_BUILD_ARRAY TO_JSON TO_JSONB"
    ),
    limited=REPEATS | {"CHR": LETTER, "FORMAT": NARROW, "FACTORIAL": SMALL},
    aggregates=STATISTICS | PAIRS | BOOLEANS | aggregates(
        "ARRAY_AGG JSON_AGG JSONB_AGG", "JSON_OBJECT_AGG JSONB_OBJECT_AGG") | {"MODE": (0, 0)},
    counts_rows="rows",
    sunday_is_0=True,
    add_literal={"": "({value} {sign} INTERVAL '{amount}' {UNIT})"},
    interval_type=True,
    interval_units=STANDARD_UNITS,
    formats=CODES,
    format_calls=positions("", "TO_CHAR TO_DATE TO_TIMESTAMP"),
    whole_units={
        unit: f"CAST(TRUNC(EXTRACT(EPOCH FROM {_APART}) / {size}) AS BIGINT)"
        for unit, size in _SECONDS.items()}
    | whole_months(
        "EXTRACT(YEAR FROM {value})", "EXTRACT(MONTH FROM {value})",
        "TO_CHAR({value}, 'DD HH24:MI:SS.US')", "CAST({value} AS TIMESTAMP)",
        "CAST(TRUNC({months} / {size}) AS BIGINT)"),
    weeks_are_iso=True,
    days_of_week={"ISODOW": (6, 1)},
    extract={
        "": "EXTRACT({UNIT} FROM {value})", "isoweek": "EXTRACT(WEEK FROM {value})",
        "weekday": "EXTRACT(DOW FROM {value})", "yearday": "EXTRACT(DOY FROM {value})"},
    byte_length="OCTET_LENGTH({value})",
    ends_leave_out=True,
    joins_letters=True,
    whole_match=r"\&",
    rounds_decimals=True,
    rounds_half_up=False,
    round_even="ROUND({value})",
    casts_round_even=True,
    exact_exponents=True,
    exact_averages=True,
    floors_are_whole=False,
    greatest_skips_nulls=True,
    char_is_one=True,
    pads_char="shown",
    strict_types=True,
    whole_texts_only=True,
    boolean_words=frozenset(
        "t tr tru true y ye yes on 1 f fa fal fals false n no of off 0".split()
    ),
    odd_dates="error",
    literals_have_types=False,
    booleans_have_extremes=False,
    dates_become_times=True,
    date_numbers="days",
    quoted_collations=True,  # a bare name is folded
    alias_in_having=False,
    distinct_on=True,
    recursion_text="TEXT",
    recursion_is_plain=True,
    lateral="lateral",
    like_escapes=True,
    distinct_on_leads_order=True,
    filter=True,
    pairwise_types=True,
    dollar_quotes=True,
    tries_casts=False,
    starts_from_end=False,
    json="keys",
    arrays="typed",
    calls_need_parentheses=True,
    joins_null_arrays=True,
    series="table",
    series_read={"GENERATE_SERIES": "any"},
    nested_types="squares",
    unnest="table",
    row_calls={
        **dict.fromkeys(
            ("JSON_ARRAY_ELEMENTS", "JSONB_ARRAY_ELEMENTS", "JSON_ARRAY_ELEMENTS_TEXT",
             "JSONB_ARRAY_ELEMENTS_TEXT"), "value"),
        **dict.fromkeys(
            ("JSON_OBJECT_KEYS", "JSONB_OBJECT_KEYS", "REGEXP_SPLIT_TO_TABLE", "STRING_TO_TABLE"),
            "")},
    array_queries=True,
    contains=frozenset("@> <@ ? ?| ?&".split()),
    bits=frozenset("& | ^ ~ << >>".split()),
    time_frames=True,
    excludes=True,
    results_in_computed_order=False,
    distinct_orders_all=False,
    sets_order_computed=False,
    lacks_windows=frozenset("distinct median mode percentile_cont percentile_disc".split()),
    single=frozenset("real float4".split()),
    calls_columns="function",
)  # fmt: skip
