"""BigQuery."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import C
from queryexpr.dialects.functions import (
    ENDS,
    SPELLINGS,
    STATISTICS,
    SUBSTRINGS,
    VALUES_OF_ROWS,
    aggregates,
    positions,
    scalars,
)
from queryexpr.dialects.lengths import NARROW, REPEATS

BIGQUERY = Dialect(
    name="bigquery",
    title="BigQuery",
    now_is_utc=True,
    aliases=("bq",),
    lexer="googlesql",
    spellings=SPELLINGS | SUBSTRINGS | ENDS | {
        "CHAR_LENGTH": "length", "LENGTH": "length", "IFNULL": "coalesce", "POW": "power",
        "LN": "ln"},
    functions=scalars(
        "GROUPING"
        " DATE DATETIME TIMESTAMP TIME DATE_ADD DATE_SUB DATE_DIFF DATE_TRUNC DATETIME_ADD"
        " DATETIME_SUB DATETIME_DIFF DATETIME_TRUNC TIMESTAMP_ADD TIMESTAMP_SUB TIMESTAMP_DIFF"
        " TIMESTAMP_TRUNC TIME_ADD TIME_SUB TIME_DIFF TIME_TRUNC LAST_DAY FORMAT_DATE"
        " FORMAT_DATETIME FORMAT_TIMESTAMP FORMAT_TIME PARSE_DATE PARSE_DATETIME PARSE_TIMESTAMP"
        " PARSE_TIME CURRENT_DATE CURRENT_DATETIME CURRENT_TIME CURRENT_TIMESTAMP"
        " TIMESTAMP_SECONDS TIMESTAMP_MILLIS TIMESTAMP_MICROS UNIX_SECONDS UNIX_MILLIS UNIX_MICROS"
        " UNIX_DATE"
        " DATE_FROM_UNIX_DATE EXTRACT IF SAFE_DIVIDE IEEE_DIVIDE DIV SAFE_MULTIPLY SAFE_SUBTRACT"
        " SAFE_ADD TRUNC STRPOS INSTR STARTS_WITH ENDS_WITH INITCAP CONTAINS_SUBSTR"
        " REGEXP_CONTAINS REGEXP_EXTRACT REGEXP_REPLACE REGEXP_INSTR BYTE_LENGTH"
        " CHARACTER_LENGTH CHR TRANSLATE TO_HEX COT CBRT IS_NAN IS_INF"
        " SPLIT ARRAY_LENGTH ARRAY_TO_STRING ARRAY_CONCAT ARRAY_REVERSE"
        " JSON_QUERY JSON_VALUE JSON_EXTRACT JSON_EXTRACT_SCALAR PARSE_JSON TO_JSON_STRING"
    ),
    limited=REPEATS | {"FORMAT": NARROW},
    unit_at=positions(
        "",
        "DATE_TRUNC DATETIME_TRUNC TIMESTAMP_TRUNC TIME_TRUNC LAST_DAY",
        "DATE_DIFF DATETIME_DIFF TIMESTAMP_DIFF TIME_DIFF"),
    any_values=True,
    aggregates=STATISTICS | aggregates(
        "COUNTIF ANY_VALUE ARRAY_AGG LOGICAL_OR LOGICAL_AND APPROX_COUNT_DISTINCT",
        "CORR MAX_BY MIN_BY APPROX_QUANTILES"),
    lacks=frozenset({"median", "percentile_cont", "percentile_disc"}),
    dates_become_times=True,
    days_of_week={"DAYOFWEEK": (0, 1)},
    computed_intervals=True,
    fractions={
        "second": "(EXTRACT(SECOND FROM {value}) + EXTRACT(MICROSECOND FROM {value}) / 1000000)"},
    extract={
        "": "EXTRACT({UNIT} FROM {value})",
        "week": "EXTRACT(ISOWEEK FROM {value})",
        "weekday": "(EXTRACT(DAYOFWEEK FROM {value}) - 1)",
        "yearday": "EXTRACT(DAYOFYEAR FROM {value})"},
    trunc={"": "DATE_TRUNC({value}, {UNIT})", "week": "DATE_TRUNC({value}, ISOWEEK)"},
    add={"": "DATE_ADD({value}, INTERVAL {number} {UNIT})"},
    days="DATE_DIFF(CAST({late} AS DATE), CAST({early} AS DATE), DAY)",
    whole_units=dict.fromkeys(
        ("day", "hour", "minute", "second"), "TIMESTAMP_DIFF({late}, {early}, {UNIT})"),
    truncs_to_monday=False,
    zero_is_first=True,
    strict_types=True,
    joins_texts_only=True,
    converts_literals=False,
    odd_dates="error",
    lacks_parts=frozenset({"epoch", "decade", "century"}),
    formats=C,
    format_calls=positions(
        "FORMAT_DATE FORMAT_DATETIME FORMAT_TIMESTAMP FORMAT_TIME"
        " PARSE_DATE PARSE_DATETIME PARSE_TIMESTAMP PARSE_TIME"),
    exact_numbers=False,
    decimal=(38, 9),
    casts_to_scale=False,  # sqlglot leaves the sizes out
    replaces_all=True,
    byte_length="BYTE_LENGTH({value})",
    log="natural",
    like_escapes=True,
    escape_clause=False,
    loose_like="LOWER({value}) LIKE LOWER({pattern})",
    writes_rows=False,  # nulls of its rows equal each other
    comma_binds_less=False,
    backslash_escapes=True,
    hash_comments=True,
    quoted_paths=True,
    databases=True,
    qualify=True,
    json="calls",
    json_calls={"JSON_QUERY": "json", "JSON_VALUE": "text"},
    arrays="typed",
    series="array",
    series_read={"GENERATE_ARRAY": "numbers", "GENERATE_DATE_ARRAY": "dates"},
    nested_types="angles",
    first_element=0,
    element="word",
    fields="dots",
    unnest="value",
    array_queries=True,
    bits=frozenset("& | ^ ~ << >>".split()),
    quantified=False,
    ignores_nulls=VALUES_OF_ROWS - {"lag", "lead"} | {"array_agg"},
    group_frames=False,
    wildcards=True,
    pivots=True,
    computed_limits=False,
    values="",
)  # fmt: skip
