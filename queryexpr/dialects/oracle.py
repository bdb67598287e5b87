"""Oracle."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import ORACLE as CODES
from queryexpr.dialects.functions import (
    PAIRS,
    SPELLINGS,
    STATISTICS,
    SUBSTR,
    VALUES_OF_ROWS,
    positions,
    scalars,
)
from queryexpr.dialects.lengths import PADS
from queryexpr.dialects.operators import STANDARD_UNITS

_PARTS = ("year", "month", "day", "hour", "minute", "second")
_PART_CODES = {"quarter": "Q", "yearday": "DDD", "isoweek": "IW", "week": "IW"}
# TRUNC(…, 'DAY') is the first day of the week.
_CUT_CODES = {"year": "YYYY", "quarter": "Q", "month": "MM", "week": "IW", "hour": "HH24",
              "minute": "MI"}  # fmt: skip

ORACLE = Dialect(
    name="oracle",
    title="Oracle",
    stars="alone",
    text_numbers="rounded",
    folds="upper",
    spellings=SPELLINGS | SUBSTR | {"LENGTH": "length", "NVL": "coalesce", "LN": "ln"},
    pads_char="always",
    functions=scalars(
        "GROUPING GROUPING_ID GROUP_ID"
        " TO_CHAR TO_DATE TO_NUMBER TO_TIMESTAMP TRUNC ADD_MONTHS MONTHS_BETWEEN LAST_DAY"
        " NEXT_DAY NUMTODSINTERVAL NUMTOYMINTERVAL SYSDATE SYSTIMESTAMP EXTRACT NVL2 DECODE"
        " INSTR INITCAP CHR TRANSLATE REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR REGEXP_INSTR"
        " REGEXP_COUNT SOUNDEX REMAINDER NANVL WIDTH_BUCKET CURRENT_DATE"
    ),
    limited=PADS,
    wide_text="VARCHAR2(4000)",
    today="TRUNC(CURRENT_DATE)",
    dates_have_hours=True,
    interval_units=STANDARD_UNITS,
    date="TRUNC(CAST({value} AS DATE))",
    bare=frozenset({"CURRENT_DATE", "SYSDATE", "SYSTIMESTAMP"}),
    aggregates=STATISTICS | PAIRS,
    left="SUBSTR({text}, 1, {size})",
    right="SUBSTR({text}, -({size}))",
    extract=dict.fromkeys(_PARTS, "EXTRACT({UNIT} FROM {value})")
    | {unit: f"CAST(TO_CHAR({{value}}, '{code}') AS INT)" for unit, code in _PART_CODES.items()},
    trunc={"day": "TRUNC({value})"}
    | {unit: f"TRUNC({{value}}, '{code}')" for unit, code in _CUT_CODES.items()},
    add={
        "": "({value} + NUMTODSINTERVAL({number}, '{UNIT}'))",
        "month": "ADD_MONTHS({value}, {number})", "year": "ADD_MONTHS({value}, ({number}) * 12)"},
    trims="letter",
    replaces_all=True,
    negative_lengths="empty",
    log="",
    char_is_one=True,
    zero_is_first=True,
    exact_exponents=True,
    exact_averages=True,
    date_numbers="days",
    formats=CODES,
    format_calls=positions("", "TO_CHAR TO_DATE TO_TIMESTAMP"),
    loose_like="LOWER({value}) LIKE LOWER({pattern})",
    conditions_are_values=False,
    booleans=False,  # before version 23
    empty_is_null=True,
    converts_literals=False,
    same="DECODE({left}, {right}, 1, 0)",
    alias_in_group_by=False,
    positions_in_group_by=False,
    alias_in_having=False,
    reads_dual=True,
    needs_dual=True,  # before version 23
    recursive="none",
    recursion_text="VARCHAR2(4000)",
    recursion_names_columns=True,
    as_before_laterals=False,
    lateral="apply",
    ignores_nulls=VALUES_OF_ROWS,
    time_frames=True,
    pivots=True,
    values="",
)  # fmt: skip
