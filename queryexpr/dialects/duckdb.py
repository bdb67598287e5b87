"""DuckDB."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import DUCKDB as CODES
from queryexpr.dialects.functions import (
    BOOLEANS,
    ENDS,
    PAIRS,
    SPELLINGS,
    STATISTICS,
    SUBSTRINGS,
    VALUES_OF_ROWS,
    aggregates,
    positions,
    scalars,
)
from queryexpr.dialects.lengths import ESCAPED, REPEATS, SMALL
from queryexpr.dialects.months import whole_months

DUCKDB = Dialect(
    name="duckdb",
    title="DuckDB",
    text_numbers="rounded",
    main_schema="main",
    databases=True,
    qualify=True,
    aliases_in_select=True,
    no_aliases=frozenset({"EXPORT_STATE"}),
    reserved=frozenset({"AT", "LAMBDA", "PIVOT_LONGER", "UNPACK"}),
    spellings=SPELLINGS | SUBSTRINGS | ENDS | {
        "LENGTH": "length", "LEN": "length", "IFNULL": "coalesce", "POW": "power", "LN": "ln"},
    functions=scalars(
        "GROUPING GROUPING_ID"
        " DATE_PART DATEPART DATE_TRUNC DATETRUNC DATE_DIFF DATEDIFF DATE_SUB DATE_ADD AGE"
        " STRFTIME STRPTIME TRY_STRPTIME MAKE_DATE MAKE_TIMESTAMP TO_DAYS TO_MONTHS TO_YEARS"
        " TO_TIMESTAMP EPOCH EPOCH_MS YEAR MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR WEEK WEEKDAY"
        " WEEKOFYEAR ISODOW ISOYEAR QUARTER HOUR MINUTE SECOND MONTHNAME DAYNAME LAST_DAY NOW"
        " TODAY IF SPLIT_PART STRPOS INSTR POSITION CONCAT_WS CONTAINS STARTS_WITH ENDS_WITH"
        " PREFIX SUFFIX CHR MD5 REGEXP_MATCHES REGEXP_EXTRACT TRUNC TRANSLATE CBRT"
        " ROUND_EVEN GCD LCM LOG2 LEVENSHTEIN HAMMING JACCARD CARDINALITY STRLEN"
        " JSON_EXTRACT JSON_EXTRACT_STRING JSON_ARRAY_LENGTH STRING_SPLIT STR_SPLIT"
        " STRING_TO_ARRAY ARRAY_TO_STRING"
    ),
    limited=REPEATS | {"FACTORIAL": SMALL, "REGEXP_REPLACE": ESCAPED},
    any_values=True,
    aggregates=STATISTICS | PAIRS | BOOLEANS | aggregates(
        "ARRAY_AGG LIST MODE ANY_VALUE FIRST LAST COUNT_IF APPROX_COUNT_DISTINCT",
        "MAX_BY MIN_BY ARG_MAX ARG_MIN"),
    quantiles={"percentile_cont": "QUANTILE_CONT", "percentile_disc": "QUANTILE_DISC"},
    counts_rows="rows",
    sunday_is_0=True,
    add_literal={"": "({value} {sign} INTERVAL '{amount}' {UNIT})"},
    byte_length="STRLEN({value})",
    ends_leave_out=True,
    negative_lengths="before",
    divides_fractions_whole=False,
    regexp_call="REGEXP_MATCHES",
    whole_match=r"\0",
    separator=",",
    interval_type=True,
    weeks_are_iso=True,
    formats=CODES,
    format_calls=positions("", "STRFTIME STRPTIME TRY_STRPTIME"),
    formats_first=True,
    extract={
        "": "EXTRACT({UNIT} FROM {value})", "isoweek": "EXTRACT(WEEK FROM {value})",
        "weekday": "EXTRACT(DOW FROM {value})", "yearday": "EXTRACT(DOY FROM {value})"},
    days_of_week={"DAYOFWEEK": (0, 0), "WEEKDAY": (0, 0), "ISODOW": (6, 1)},
    iso_weeks=frozenset({"WEEK", "WEEKOFYEAR"}),
    cuts_medians=True,
    dates_become_times=True,
    date_numbers="days",
    zone_offsets=False,
    fractions={"second": "(EXTRACT(MICROSECOND FROM {value}) / 1000000.0)"},
    whole_units=dict.fromkeys(
        ("week", "day", "hour", "minute", "second"), "DATE_SUB('{unit}', {early}, {late})")
    | whole_months(
        "EXTRACT(YEAR FROM {value})", "EXTRACT(MONTH FROM {value})",
        "STRFTIME({value}, '%d %H:%M:%S.%f')", "CAST({value} AS TIMESTAMP)",
        "({months} // {size})"),
    infinite_by_zero=True,
    texts_are_conditions=False,
    odd_dates="error",
    whole_texts_only=True,
    boolean_words=frozenset("true t yes y 1 false f no n 0".split()),
    round_even="ROUND_EVEN({value}, 0)",
    greatest_skips_nulls=True,
    counts_if_by_sum=True,
    extremes_skip_nulls=True,
    casts_cut_texts=False,
    casts_round_even=True,
    decimal=(18, 3),
    wide_decimal=(38, 10),
    reads_rows=False,
    rows_are_values=True,
    distinct_on=True,
    mixed_columns=True,
    lateral="lateral",
    filter=True,
    dollar_quotes=True,
    stand_in=False,
    json="calls",  # how its arrows bind depends on its version
    json_calls={"JSON_EXTRACT": "json", "JSON_EXTRACT_STRING": "text"},
    arrays="typed",
    series="array",
    series_read={"GENERATE_SERIES": "any", "RANGE": "range"},
    nested_types="parentheses",
    ends=True,
    fields="dots",
    unnest="table",
    array_queries=True,
    contains=frozenset("@> <@".split()),
    bits=frozenset("& | ~ << >>".split()),
    ignores_nulls=VALUES_OF_ROWS,
    time_frames=True,
    excludes=True,
    sets_by_name=True,
    joins_asof=True,
    pivots=True,
    merged_columns="place",
    duplicate_columns="first",
    recursion_takes_limits=False,
    single=frozenset("real float float4".split()),
    values_named=("col", 0),
)  # fmt: skip
