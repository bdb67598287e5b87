"""SQL Server."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import NET
from queryexpr.dialects.functions import (
    ENDS,
    SPELLINGS,
    STATISTICS,
    VALUES_OF_ROWS,
    positions,
    scalars,
)
from queryexpr.dialects.lengths import PLAIN

TSQL = Dialect(
    name="tsql",
    title="SQL Server",
    aliases=("mssql", "sqlserver"),
    lexer="tsql",
    main_schema="dbo",
    databases=True,
    spellings=SPELLINGS | ENDS | {"LEN": "length"},
    pads_char="always",
    functions=scalars(
        "GROUPING GROUPING_ID"
        " DATEADD DATEDIFF DATEDIFF_BIG DATEPART DATENAME DATEFROMPARTS DATETIMEFROMPARTS"
        " DATETIME2FROMPARTS EOMONTH YEAR MONTH DAY GETDATE GETUTCDATE SYSDATETIME"
        " SYSUTCDATETIME DATETRUNC DATE_BUCKET ISDATE SWITCHOFFSET TODATETIMEOFFSET ISNULL IIF"
        " CHOOSE CHARINDEX PATINDEX SUBSTRING STUFF CONCAT_WS TRANSLATE STR CHAR NCHAR UNICODE"
        " DATALENGTH QUOTENAME SOUNDEX DIFFERENCE ISNUMERIC SQUARE LOG ATN2"
    ),
    limited={"FORMAT": PLAIN},
    unit_at=positions("DATEADD DATEDIFF DATEDIFF_BIG DATEPART DATENAME DATETRUNC DATE_BUCKET"),
    aggregates=STATISTICS,
    aggregates_read={"STDEV": "stddev", "VAR": "variance", "STDEVP": "stddev_pop",
                     "VARP": "var_pop", "COUNT_BIG": "count"},
    aggregates_written={"stddev": "STDEV", "variance": "VAR", "stddev_samp": "STDEV",
                        "var_samp": "VAR", "stddev_pop": "STDEVP", "var_pop": "VARP"},
    lacks=frozenset({"median", "percentile_cont", "percentile_disc"}),
    rest="SUBSTRING({text}, {start}, LEN({text}))",
    intervals=False,
    today="CAST(GETDATE() AS DATE)",
    fractions={
        "second": "(DATEPART(SECOND, {value}) + DATEPART(NANOSECOND, {value}) / 1000000000.0)"},
    extract={
        "": "DATEPART({UNIT}, {value})",
        # DATEPART(WEEKDAY, …) depends on the session's first day of the week.
        "weekday": "(DATEDIFF(DAY, '1900-01-07', {value}) % 7)",
        "yearday": "DATEPART(DAYOFYEAR, {value})", "isoweek": "DATEPART(ISO_WEEK, {value})",
        "week": "DATEPART(ISO_WEEK, {value})"},
    truncs_to_monday=False,
    trunc={"": "DATETRUNC({UNIT}, {value})", "week": "DATETRUNC(ISO_WEEK, {value})"},
    add={"": "DATEADD({UNIT}, {number}, {value})"},
    formats=NET,
    format_calls=positions("", "FORMAT"),
    zero_date="1900-01-01",
    days="DATEDIFF(DAY, {early}, {late})",
    regexp="",
    log="natural",
    plus_joins=True,
    joins_texts_only=True,
    wide_text="VARCHAR(MAX)",
    text_size=30,
    length_leaves_spaces=True,
    greatest_skips_nulls=True,
    casts_round=False,
    lacks_parts=frozenset({"epoch", "isoyear", "decade", "century", "millisecond"}),
    decimal=(18, 0),
    wide_decimal=(38, 10),
    equals_minds_case=False,
    like_minds_case=False,
    exact_like="{value} LIKE {pattern} COLLATE Latin1_General_CS_AS",
    sets_in_patterns=True,
    conditions_are_values=False,
    booleans_have_extremes=False,
    is_true="COALESCE({value}, 0) <> 0",  # a bit is a number; any number but 0 is true elsewhere
    is_false="COALESCE({value}, 1) = 0",
    writes_rows=False,
    alias_in_group_by=False,
    positions_in_group_by=False,
    alias_in_having=False,
    brackets=True,
    batches=True,
    recursive="none",
    recursion_steps=100,
    recursion_text="VARCHAR(MAX)",
    starts_from_end=False,
    booleans_are_words=False,
    lateral="apply",
    bits=frozenset("& | ^ ~".split()),
    ignores_nulls=VALUES_OF_ROWS - {"nth_value"},
    group_frames=False,
    results_in_computed_order=False,
    distinct_orders_all=False,
    sets_order_computed=False,
    lacks_windows=frozenset("distinct string_agg".split()),
    values="",
    duplicate_columns="error",
)  # fmt: skip
