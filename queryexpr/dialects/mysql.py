"""MySQL."""

from __future__ import annotations

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.formats import MYSQL as CODES
from queryexpr.dialects.functions import (
    ENDS,
    SPELLINGS,
    STATISTICS,
    SUBSTRINGS,
    aggregates,
    positions,
    scalars,
)
from queryexpr.dialects.lengths import REPEATS

MYSQL = Dialect(
    name="mysql",
    title="MySQL",
    stars="first",
    aliases=("mariadb",),
    lexer="mysql",
    reserved=frozenset(
        "ACCESSIBLE ASENSITIVE CASCADE CHANGE CONDITION CONTINUE CONVERT CURSOR DATABASES DAY_HOUR"
        " DAY_MICROSECOND DAY_MINUTE DAY_SECOND DECLARE DELAYED DETERMINISTIC DUAL EACH ELSEIF"
        " ENCLOSED ESCAPED EXIT FULLTEXT GENERATED GET HIGH_PRIORITY HOUR_MICROSECOND HOUR_MINUTE"
        " HOUR_SECOND IF INFILE INOUT INSENSITIVE ITERATE JSON_TABLE KEYS LAST_VALUE LEAVE LINEAR"
        " LINES LOOP LOW_PRIORITY MATCH MAXVALUE MIDDLEINT MINUTE_MICROSECOND MINUTE_SECOND"
        " MODIFIES OF OPTION OPTIONALLY OUTFILE PRECISION PURGE READ READS RELEASE REPEAT REQUIRE"
        " RESIGNAL RESTRICT RETURN ROW_NUMBER SCHEMAS SECOND_MICROSECOND SENSITIVE SIGNAL SPATIAL"
        " SPECIFIC SQL SQLEXCEPTION SQLSTATE SQLWARNING SSL STARTING STORED SYSTEM TERMINATED UNDO"
        " UNLOCK USAGE UTC_DATE UTC_TIME UTC_TIMESTAMP VARYING VIRTUAL WHILE WRITE YEAR_MONTH"
        " ZEROFILL".split()
    ),
    spellings=SPELLINGS | SUBSTRINGS | ENDS | {
        "CHAR_LENGTH": "length", "CHARACTER_LENGTH": "length", "MID": "substring",
        "IFNULL": "coalesce", "POW": "power", "LCASE": "lower", "UCASE": "upper", "LN": "ln",
        "NOW": "current_timestamp", "CURDATE": "current_date"},
    functions=scalars(
        "GROUPING"
        " DATE TIME YEAR MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR WEEKDAY WEEK WEEKOFYEAR"
        " QUARTER HOUR MINUTE SECOND MICROSECOND MONTHNAME DAYNAME LAST_DAY DATE_FORMAT"
        " TIME_FORMAT STR_TO_DATE DATEDIFF TIMEDIFF TIMESTAMPDIFF TIMESTAMPADD DATE_ADD DATE_SUB"
        " ADDDATE SUBDATE ADDTIME SUBTIME UNIX_TIMESTAMP FROM_UNIXTIME TO_DAYS FROM_DAYS"
        " TO_SECONDS MAKEDATE MAKETIME PERIOD_DIFF PERIOD_ADD SEC_TO_TIME TIME_TO_SEC TIMESTAMP"
        " UTC_DATE UTC_TIMESTAMP CURTIME YEARWEEK SYSDATE EXTRACT CONVERT_TZ LENGTH OCTET_LENGTH"
        " CONCAT_WS SUBSTRING_INDEX INSTR LOCATE POSITION FIND_IN_SET FIELD ELT INSERT CHAR ORD"
        " HEX FORMAT STRCMP ISNULL IF TRUNCATE CRC32 MD5 LOG2 REGEXP_LIKE REGEXP_REPLACE"
        " REGEXP_SUBSTR REGEXP_INSTR JSON_EXTRACT JSON_UNQUOTE JSON_LENGTH"
    ),
    limited=REPEATS,
    unit_at=positions("TIMESTAMPDIFF TIMESTAMPADD"),
    aggregates=STATISTICS | aggregates("BIT_OR BIT_AND ANY_VALUE"),
    aggregates_read={"STDDEV": "stddev_pop", "STD": "stddev_pop", "VARIANCE": "var_pop"},
    aggregates_written={"stddev": "STDDEV_SAMP", "variance": "VAR_SAMP"},
    not_in_all={
        "ANY_VALUE": "MariaDB has no ANY_VALUE: write MIN.",
        "GROUPING": "MariaDB has no GROUPING: write UNION ALL with a query for each grouping."},
    counts_rows="list",
    grouping="rollup",
    lacks=frozenset({"median", "percentile_cont", "percentile_disc"}),
    computed_intervals=True,
    extract={
        "": "EXTRACT({UNIT} FROM {value})", "weekday": "(DAYOFWEEK({value}) - 1)",
        "week": "WEEK({value}, 3)", "isoweek": "WEEK({value}, 3)",
        "isoyear": "(YEARWEEK({value}, 3) DIV 100)",
        "yearday": "DAYOFYEAR({value})",
        "epoch": "TIMESTAMPDIFF(SECOND, '1970-01-01', {value})"},
    trunc={
        "year": "MAKEDATE(YEAR({value}), 1)",
        "quarter": "DATE_ADD(MAKEDATE(YEAR({value}), 1), INTERVAL QUARTER({value}) - 1 QUARTER)",
        "month": "DATE_SUB(DATE({value}), INTERVAL DAYOFMONTH({value}) - 1 DAY)",
        "week": "DATE_SUB(DATE({value}), INTERVAL WEEKDAY({value}) DAY)",
        "day": "DATE({value})",
        "hour": "DATE_ADD(TIMESTAMP(DATE({value})), INTERVAL HOUR({value}) HOUR)"},
    add={"": "DATE_ADD({value}, INTERVAL {number} {UNIT})"},
    days_of_week={"DAYOFWEEK": (0, 1), "WEEKDAY": (6, 0)},
    iso_weeks=frozenset({"WEEKOFYEAR"}),
    sunday_weeks=frozenset({"WEEK"}),
    numbers_are_dates=True,
    compares_hours=True,
    hours_pass_24=True,
    whole_seconds=True,
    fractions={
        "second": "(SECOND({value}) + MICROSECOND({value}) / 1000000)",
        "epoch": "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {value}) * 0.000001)"},
    from_epoch="DATE_ADD(TIMESTAMP('1970-01-01'), INTERVAL {value} SECOND)",
    days="DATEDIFF({late}, {early})",
    whole_units={"": "TIMESTAMPDIFF({UNIT}, {early}, {late})"},
    regexp="loose",
    replaces_all=True,
    negative_lengths="empty",
    trims="text",
    chr_joins=True,
    chr_of_bytes=True,
    ascii_of="byte",
    byte_length="LENGTH({value})",
    log="natural",
    separator=",",
    lacks_parts=frozenset({"decade", "century", "millisecond"}),
    formats=CODES,
    format_calls=positions("", "DATE_FORMAT TIME_FORMAT STR_TO_DATE FROM_UNIXTIME"),
    most_rows=2**63 - 1,
    pipes_join=False,
    rounds_half_up=False,
    round_even="ROUND({value})",
    clips_starts=False,
    casts_round_even=True,
    exact_averages=True,
    null_by_zero=True,
    text_numbers="prefix",
    mixed_choices="text",
    truncate="TRUNCATE({value}, 0)",
    decimal=(10, 0),
    wide_decimal=(65, 30),
    equals_minds_case=False,
    like_minds_case=False,
    like_escapes=True,
    exact_like="{value} LIKE {pattern} COLLATE utf8mb4_bin",
    groups_follow_joins=True,
    limited_lists=False,
    having_of_rows=True,
    having_sees_columns=False,
    reads_dual=True,
    backslash_escapes=True,
    hash_comments=True,
    runs_comments=True,
    tries_casts=False,
    booleans_are_words=False,
    mixed_columns=True,
    recursion_steps=1000,
    recursion_text="CHAR(4000)",
    lateral="lateral",
    full_joins=False,
    json="paths",
    json_calls={"JSON_EXTRACT": "json"},
    bits=frozenset("& | ^ ~ << >>".split()),
    bits_are_signed=False,
    group_frames=False,
    lacks_windows=frozenset("distinct string_agg".split()),
    merged_columns="first",
    single=frozenset("float".split()),
    computed_limits=False,
    values="rows",
    duplicate_columns="error",
    recursion_takes_limits=False,  # MariaDB
    with_in_sets=False,  # MariaDB
    offset_defaults=False,  # MariaDB
    nested_groups=False,
    derived_sees_outer=False,  # MariaDB
    values_named=("column_", 0),
)  # fmt: skip
