"""Snowflake."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import SNOWFLAKE as CODES
from queryexpr.dialects.functions import (
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
from queryexpr.dialects.lengths import REPEATS, SMALL

_FORMATTED = (
    "TO_CHAR TO_VARCHAR TO_DATE TO_TIMESTAMP TO_TIMESTAMP_NTZ TO_TIMESTAMP_LTZ TO_TIMESTAMP_TZ"
    " TRY_TO_DATE TRY_TO_TIMESTAMP"
)

SNOWFLAKE = Dialect(
    name="snowflake",
    title="Snowflake",
    text_numbers="rounded",
    main_schema="public",
    databases=True,
    qualify=True,
    aliases_in_select=True,
    char_is_one=True,
    zero_is_first=True,
    tries_texts_only=True,
    folds="upper",
    spellings=SPELLINGS | SUBSTRINGS | ENDS | {
        "LENGTH": "length", "LEN": "length", "POW": "power", "IFNULL": "coalesce",
        "NVL": "coalesce", "LN": "ln"},
    functions=scalars(
        "GROUPING GROUPING_ID OCTET_LENGTH"
        " DATEADD DATEDIFF DATE_PART DATE_TRUNC DATE_FROM_PARTS TIMESTAMP_FROM_PARTS TIMEADD"
        " TIMEDIFF TIMESTAMPADD TIMESTAMPDIFF TO_DATE TO_TIME TO_TIMESTAMP TO_TIMESTAMP_NTZ"
        " TO_TIMESTAMP_LTZ TO_TIMESTAMP_TZ TO_CHAR TO_VARCHAR TO_NUMBER TO_DECIMAL TO_DOUBLE"
        " TO_BOOLEAN TRY_TO_DATE TRY_TO_NUMBER TRY_TO_TIMESTAMP TRY_TO_DECIMAL TRY_TO_DOUBLE"
        " DATE TIMESTAMP YEAR MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFWEEKISO DAYOFYEAR WEEK WEEKISO"
        " WEEKOFYEAR QUARTER HOUR MINUTE SECOND YEAROFWEEK MONTHNAME DAYNAME LAST_DAY NEXT_DAY"
        " PREVIOUS_DAY ADD_MONTHS MONTHS_BETWEEN CONVERT_TIMEZONE GETDATE SYSDATE TIME_SLICE"
        " TRUNC TRUNCATE IFF NVL2 ZEROIFNULL NULLIFZERO DECODE EQUAL_NULL DIV0 DIV0NULL"
        " CHARINDEX POSITION SPLIT_PART CONCAT_WS INITCAP STARTSWITH ENDSWITH CONTAINS CHR"
        " TRANSLATE MD5 REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR REGEXP_COUNT RLIKE SQUARE CBRT"
        " HAVERSINE WIDTH_BUCKET"
        " PARSE_JSON TRY_PARSE_JSON TYPEOF IS_NULL_VALUE SPLIT ARRAY_SIZE ARRAY_TO_STRING"
        " ARRAY_CONTAINS ARRAY_CAT ARRAY_DISTINCT ARRAY_SORT TO_VARIANT"
        " OBJECT_CONSTRUCT TRY_TO_TIMESTAMP_NTZ"
    ),
    limited=REPEATS | {"FACTORIAL": SMALL},
    unit_at=positions("DATEADD DATEDIFF TIMEADD TIMEDIFF TIMESTAMPADD TIMESTAMPDIFF DATE_PART"),
    aggregates_read={"VARIANCE_POP": "var_pop", "VARIANCE_SAMP": "var_samp"},
    any_values=True,
    aggregates=STATISTICS | PAIRS | aggregates(
        "ARRAY_AGG MODE COUNT_IF ANY_VALUE BOOLOR_AGG BOOLAND_AGG APPROX_COUNT_DISTINCT",
        "MAX_BY MIN_BY"),
    counts_rows="list",
    sunday_is_0=True,
    days_of_week={"DAYOFWEEK": (0, 0), "DAYOFWEEKISO": (6, 1)},
    fractions={
        part: f"(EXTRACT({part.upper()} FROM {{value}})"
        " + EXTRACT(NANOSECOND FROM {value}) / 1000000000)" for part in ("second", "epoch")},
    add={"": "DATEADD({UNIT}, {number}, {value})"},
    formats=CODES,
    format_calls=positions("", _FORMATTED),
    days="DATEDIFF(DAY, {early}, {late})",
    regexp="whole",
    replaces_all=True,
    negative_lengths="empty",
    byte_length="OCTET_LENGTH({value})",
    log="",
    decimal=(38, 0),
    wide_decimal=(38, 10),
    is_true="COALESCE({value}, FALSE)",
    is_false="NOT COALESCE({value}, TRUE)",
    reads_dual=True,
    lateral="lateral",
    backslash_escapes=True,
    dollar_quotes=True,
    recursive="optional",
    arrays="variant",
    first_element=0,
    fields="brackets",
    unnest="flatten",
    ignores_nulls=VALUES_OF_ROWS,
    group_frames=False,
    time_frames=True,
    pivots=True,
    computed_limits=False,
)  # fmt: skip
