"""
What a dialect is: a row of data, in a file of the same name.

A field says what a database does. The default is what most databases do, so a row has only what
differs. Nothing here imports a parser: the portal's own process lists dialects and has none.

Some fields are templates, written in the SQL of the dialect. `{value}` and the other names in
braces are replaced by SQL; `({value})` keeps its parentheses only around an operator. `{unit}` and
`{UNIT}` are a part of a date, in small letters and in capitals. `Templates` are keyed by the part
of a date. The key "" is for every other part; without it the dialect lacks the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from queryexpr.dialects.allowed import is_collation
from queryexpr.dialects.formats import Codes
from queryexpr.dialects.functions import Bounds
from queryexpr.dialects.lengths import Limit

Templates = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """One SQL dialect. The module explains templates; `all` lists the dialects."""

    name: str  # sqlglot's name for it, and ours
    title: str  # for people
    aliases: tuple[str, ...] = ()  # other names that callers may use
    lexer: str = "sql"  # pygments' name for it

    # ── Names ───────────────────────────────────────────────────────────────────────────────
    main_schema: str = ""  # has the tables whose names are not qualified
    system_tables: tuple[str, ...] = ()  # how the names of the database's own tables begin
    folds: Literal["", "lower", "upper"] = ""  # what happens to the letters of an unquoted name
    reserved: frozenset[str] = frozenset()  # words that sqlglot does not know to need quotes
    no_aliases: frozenset[str] = frozenset()  # words that mean something else after a call
    quoted_may_be_text: bool = False  # "a" is a text where no column has this name
    databases: bool = False  # a name may have three parts, the first a database
    wildcards: bool = False  # `t_*` means all tables whose names begin so
    qualified_references: bool = True  # REFERENCES may name a table's schema

    # ── Functions ───────────────────────────────────────────────────────────────────────────
    spellings: Mapping[str, str]  # name in SQL → portable function with the same operands
    functions: frozenset[str]  # other scalar functions that may be called
    limited: Mapping[str, Limit] = field(default_factory=dict)  # … with such operands only
    bare: frozenset[str] = frozenset()  # functions that are called without parentheses
    unit_at: Mapping[str, int] = field(default_factory=dict)  # which operand is a part of a date
    aggregates: Mapping[str, Bounds] = field(default_factory=dict)  # besides the portable ones
    # Aggregate in SQL, where it is another one elsewhere: MySQL's STDDEV is of the population.
    aggregates_read: Mapping[str, str] = field(default_factory=dict)
    aggregates_written: Mapping[str, str] = field(default_factory=dict)  # … and back
    # COUNT(DISTINCT a, b), without rows that have a null, or COUNT(DISTINCT (a, b)), with them.
    counts_rows: Literal["", "list", "rows"] = ""
    counts_if_by_sum: bool = False  # COUNT_IF of nulls only is null
    # Functions that not each database of the dialect has → what is written in their place.
    not_in_all: Mapping[str, str] = field(default_factory=dict)
    any_values: bool = False  # ANY_VALUE, in each database of the dialect
    extremes_skip_nulls: bool = False  # MAX_BY(x, y) leaves out rows where x is null
    lacks: frozenset[str] = frozenset()  # portable aggregates that it does not have
    cuts_medians: bool = False  # the median of a DECIMAL(10, 2) has two places
    quantiles: Mapping[str, str] = field(default_factory=dict)  # percentile_… → its plain function
    left: str = ""  # template of {text}, {size}, where there is no LEFT
    right: str = ""
    # What TRIM(x, 'ab') removes: the letters a and b, the whole text ab, or one letter only.
    trims: Literal["set", "text", "letter"] = "set"
    chr_joins: bool = False  # CHAR(65, 66) is 'AB'
    chr_of_bytes: bool = False  # CHAR(233) is a byte, and not é
    # ASCII('é') is the number of a letter, or of its first byte.
    ascii_of: Literal["letter", "byte"] = "letter"
    byte_length: str = ""  # template of {value}
    log: Literal["10", "natural", ""] = "10"  # the base of LOG(x); empty if it needs one
    ends_leave_out: bool = False  # LEFT('abc', -1) is 'ab'
    # SUBSTRING('abc', 3, -1): the letter before the third, an empty text, or an error.
    negative_lengths: Literal["before", "empty", "error"] = "error"
    starts_from_end: bool = True  # SUBSTRING(x, -2) is the last two letters
    zero_is_first: bool = False  # SUBSTRING(x, 0, 2) begins with the first letter
    clips_starts: bool = True  # SUBSTRING('b', -2) is 'b', and SUBSTRING('b', 0) too
    rest: str = ""  # template of {text}, {start}, where SUBSTRING needs a length

    # ── Dates ───────────────────────────────────────────────────────────────────────────────
    sunday_is_0: bool = False  # for EXTRACT(DAYOFWEEK …): portable weekdays begin there
    # What a name of the day of a week counts: the days after Sunday and a shift, modulo 7, and the
    # number of the first.
    days_of_week: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    iso_weeks: frozenset[str] = frozenset()  # functions that count weeks as ISO does
    sunday_weeks: frozenset[str] = frozenset()  # … from a year's first Sunday, at 1
    intervals: bool = True  # `+ INTERVAL …` is understood
    interval_type: bool = False  # CAST('1 day' AS INTERVAL)
    interval_units: frozenset[str] = frozenset()  # INTERVAL '1' DAY, with these only; empty: any
    weeks_are_iso: bool = False  # EXTRACT(WEEK …): portable weeks are
    truncs_to_monday: bool = True  # DATE_TRUNC('week', …)
    lacks_parts: frozenset[str] = frozenset()  # of dates
    formats: Codes = field(default_factory=dict)  # codes in formats of dates: what each means
    format_calls: Mapping[str, int] = field(default_factory=dict)  # which operand is a format
    formats_first: bool = False  # … though it may be the first operand as well
    computed_intervals: bool = False  # the number of an interval may be any value
    # What `date - date` and `date + 1` count: "days", or nothing of use.
    date_numbers: Literal["days", ""] = ""
    zero_date: str = ""  # the day that the number 0 is, where DATEADD takes a number for a date
    numbers_are_dates: bool = False  # 20201231 is compared as 2020-12-31
    # DATE has hours, as CURRENT_DATE; a date is written as DATE '…', since a setting of the session
    # says how other texts are read.
    dates_have_hours: bool = False
    dates_become_times: bool = False  # DATE plus INTERVAL '1 day'
    compares_hours: bool = False  # a DATE beside '2024-01-31 10:00' is a time
    hours_pass_24: bool = False  # TIME '23:00' and 2 hours is 25:00
    whole_seconds: bool = False  # DATETIME and TIME, unless they name how many digits they keep
    # Seconds, and epochs, with their fraction, where EXTRACT cuts it off.
    fractions: Templates = field(default_factory=dict)
    from_epoch: str = ""  # template of {value}, where the function takes no negative number
    now_is_utc: bool = False  # CURRENT_DATE, whatever the time zone of the session
    zone_offsets: bool = True  # AT TIME ZONE '+2'
    today: str = ""  # template, where there is no CURRENT_DATE, or one with hours
    date: str = "CAST({value} AS DATE)"
    extract: Templates = field(
        default_factory=lambda: {
            "": "EXTRACT({UNIT} FROM {value})",
            "weekday": "EXTRACT(DOW FROM {value})",
            "yearday": "EXTRACT(DOY FROM {value})",
        }
    )
    trunc: Templates | None = None  # None: as sqlglot writes it
    # A key such as "time month" is for values that have hours.
    add: Templates = field(
        default_factory=lambda: {"": "({value} + ({number}) * INTERVAL '1' {UNIT})"}
    )
    # How a known number is added, where `add` is not used for it: {sign} is + or -, and {amount}
    # goes into a text.
    last_day: str = ""  # template of {value}, where there is no LAST_DAY
    add_literal: Templates = field(default_factory=dict)
    days: str = "(CAST({late} AS DATE) - CAST({early} AS DATE))"
    # How many whole units lie between two times, by the unit; "" is any other.
    whole_units: Templates = field(default_factory=dict)

    # ── Values ──────────────────────────────────────────────────────────────────────────────
    equals_minds_case: bool = True  # 'a' = 'A' is false, by the default collation
    cases_ascii: bool = False  # UPPER('é') is 'é'
    like_minds_case: bool = True
    exact_like: str = ""  # template of {value}, {pattern}, where LIKE ignores case
    loose_like: str = ""  # … where there is no ILIKE
    # Regular expressions: they mind case, ignore it, or have to match the whole text.
    regexp: Literal["exact", "loose", "whole", ""] = "exact"
    replaces_all: bool = False  # REGEXP_REPLACE replaces all matches, without a flag
    whole_match: str = ""  # what it means in a replacement; empty if there is no such word
    regexp_call: str = ""  # the function that `~` is written as
    ordered_texts: bool = True  # STRING_AGG(x, ',' ORDER BY y)
    separator: str = ""  # sqlglot writes it where STRING_AGG names none
    glob: bool = False  # GLOB is there for an exact LIKE
    like_escapes: bool = False  # LIKE '50\%' is about %, without ESCAPE
    escape_clause: bool = True  # LIKE … ESCAPE '!'
    sets_in_patterns: bool = False  # [ ] in a pattern of LIKE is a set of letters
    conditions_are_values: bool = True  # a condition may be a value in SELECT
    is_true: str = ""  # template of {value}, where there is no IS TRUE
    is_false: str = ""
    reads_rows: bool = True  # `(a, b) = (c, d)` compares nulls as SQL does, where it is read
    # … or its nulls equal each other, as values do, but in `(a, b) IN (SELECT …)`.
    rows_are_values: bool = False
    writes_rows: bool = True  # `(a, b) IN (SELECT …)` is as SQL has it
    rounds_decimals: bool = False  # ROUND(x, 2) and x % 2 take no double
    rounds_half_up: bool = True  # ROUND of a double 2.5 is 3, and not the even 2
    rounds_to_tens: bool = True  # ROUND(150, -2) is 200
    # Template of {value}: ROUND of a double to the even number.
    round_even: str = (
        "CASE WHEN {value} - FLOOR({value}) = 0.5 THEN 2 * ROUND(({value}) / 2, 0)"
        " ELSE ROUND({value}, 0) END"
    )
    exact_numbers: bool = True  # 1.5 is a decimal
    single: frozenset[str] = frozenset()  # types of numbers with 4 bytes, in small letters
    exact_exponents: bool = False  # … and 1.5e0
    exact_averages: bool = False  # AVG of whole numbers is a decimal
    null_by_zero: bool = False  # 1 / 0 is null, and LN(0)
    infinite_by_zero: bool = False  # … or infinite
    bits: frozenset[str] = frozenset()  # which of & | ^ ~ << >> there are, for bits of numbers
    bits_are_signed: bool = True  # ~5 is -6, and not a number of 20 digits
    floors_are_whole: bool = True  # FLOOR(7), SIGN(7) and EXTRACT(…): 1 / FLOOR(7) may be cut
    divides_fractions_whole: bool = True  # 7.5 DIV 2 is 3, where there is DIV or //
    cuts_remainders: bool = False  # 7.5 % 2 is 7 % 2
    pipes_join: bool = True  # 'a' || 'b' is 'ab', and not OR
    plus_joins: bool = False  # 'a' + 'b' is 'ab'
    concat: bool = True  # CONCAT and CONCAT_WS
    joins_texts_only: bool = False  # 'a' || 1 is an error, or a sum
    empty_is_null: bool = False  # '', which || takes for an empty text all the same
    length_leaves_spaces: bool = False  # the length of 'a ' is 1
    wide_text: str = ""  # the type of any text, where TEXT and VARCHAR are others
    text_size: int = 0  # letters of a VARCHAR that names no size; 0 is any number
    strict_types: bool = False  # a text is compared with no number, and has no average
    texts_are_conditions: bool = True  # WHERE 'a', as WHERE 0
    odd_dates: Literal["error", "warning", ""] = "warning"  # what a date beside '2020' or 'x' is
    greatest_skips_nulls: bool = False  # GREATEST(1, NULL) is 1
    literals_have_types: bool = True  # SUM(NULL) is null, and no error
    booleans: bool = True  # TRUE, and columns that are true
    # Texts that are read as booleans, in small letters; empty where texts are not read so.
    boolean_words: frozenset[str] = frozenset()
    booleans_have_extremes: bool = True  # MAX of a condition
    booleans_are_words: bool = True  # CAST(TRUE AS TEXT) is 'true', and not '1'
    joins_letters: bool = False  # … but CONCAT('', TRUE) is 't'
    casts_cut_texts: bool = True  # CAST('abc' AS VARCHAR(2)) is 'ab'
    # CAST('a' AS CHAR(2)) is 'a ', or only where it is neither joined nor counted.
    pads_char: Literal["", "shown", "always"] = ""
    char_is_one: bool = False  # CAST('abc' AS CHAR) is 'a'
    tries_casts: bool = True  # TRY_CAST, or SAFE_CAST, gives null for what cannot be converted
    tries_texts_only: bool = False  # … but takes only texts
    # CAST('12.5x' AS INTEGER) is 12, an error, or an error where CAST('12.5' …) is 13.
    text_numbers: Literal["prefix", "error", "rounded"] = "error"
    whole_texts_only: bool = False  # an INTEGER beside '1.5' is an error, or beside 2
    # COALESCE(1, 'a') is an error, a text, or of either type.
    mixed_choices: Literal["error", "text", "either"] = "error"
    mixed_columns: bool = False  # UNION of a number and a text is taken
    converts_literals: bool = True  # … or of a number and '1'
    # Template of {left}, {right}, 1 if both are equal or null, where there is no IS DISTINCT FROM.
    same: str = ""
    casts_round: bool = True  # CAST(2.5 AS INTEGER) is 3, and not 2
    casts_round_even: bool = False  # … but a double 2.5 is 2
    truncate: str = "TRUNC({value})"
    decimal: tuple[int, ...] = ()  # the sizes of a DECIMAL that names none; empty: any digits
    wide_decimal: tuple[int, ...] = ()  # … of one for any digits
    casts_to_scale: bool = True  # CAST(2.567 AS DECIMAL(10, 2)) is 2.57
    affinities: bool = False  # CAST takes any word, and looks for a few letters in it
    collations: frozenset[str] = frozenset()  # empty: any name that looks like a collation
    quoted_collations: bool = False

    # ── Values inside values ────────────────────────────────────────────────────────────────
    # Arrays have elements of one type, or of any, as JSON has.
    arrays: Literal["", "typed", "variant"] = ""
    # How types of arrays and records are written: ARRAY<STRUCT<f INT>>, STRUCT(f INT)[], or INT[]
    # where there are no records.
    nested_types: Literal["", "angles", "parentheses", "squares"] = ""
    joins_null_arrays: bool = False  # ARRAY[1] || NULL is ARRAY[1]
    first_element: Literal[0, 1] = 1  # the number of the first, in a[…]
    calls_need_parentheses: bool = False  # (f(a))[1]
    ends: bool = False  # a[-1] is the last element
    element: Literal["number", "word"] = "number"  # a[1], or a[OFFSET(0)] and a[SAFE_OFFSET(0)]
    fields: Literal["", "dots", "brackets"] = ""  # of records: s.f, or s['f']
    # Paths of JSON: j -> 'a' -> 0, j -> '$.a[0]', or F(j, '$.a[0]').
    json: Literal["", "keys", "paths", "calls"] = ""
    json_value: Literal["text", "scalar"] = "text"  # what ->> gives: a text, or of its own type
    json_calls: Mapping[str, Literal["json", "text"]] = field(default_factory=dict)
    # Functions that count from a first to a last number, or date. They are called in FROM only,
    # or make arrays; RANGE leaves out the last.
    series: Literal["", "table", "array"] = ""
    series_read: Mapping[str, Literal["numbers", "dates", "any", "range"]] = field(
        default_factory=dict
    )
    contains: frozenset[str] = frozenset()  # which of @> <@ ? ?| ?& there are
    array_queries: bool = False  # ARRAY(SELECT …)
    # Functions that make rows, in FROM, and the name of their column; empty: that of the alias.
    row_calls: Mapping[str, str] = field(default_factory=dict)
    # The elements of an array as rows: UNNEST(a) AS t (x), UNNEST(a) AS x, FLATTEN, json_each.
    unnest: Literal["", "table", "value", "flatten", "json_each"] = ""

    # ── Clauses ─────────────────────────────────────────────────────────────────────────────
    groups_are_strict: bool = True  # a column outside of GROUP BY is an error
    groups_follow_joins: bool = False  # … but one that joins determine, as `a.x = b.x` does b.x
    aliases_in_select: bool = False  # SELECT a + 1 AS b, b * 2, where no column is named b
    alias_in_group_by: bool = True
    positions_in_group_by: bool = True  # GROUP BY 1
    alias_in_having: bool = True
    having_of_rows: bool = False  # … and without groups it is WHERE, of results
    having_sees_columns: bool = True  # GROUP BY DATE(a) HAVING DATE(a) > …
    grouping: Literal["", "rollup", "sets"] = "sets"  # several groupings at once: which it has
    qualify: bool = False  # a condition on windows
    ignores_nulls: frozenset[str] = frozenset()  # functions that take IGNORE NULLS
    lacks_windows: frozenset[str] = frozenset()  # aggregates that take no OVER; "distinct": of any
    offset_defaults: bool = True  # LAG(x, 1, 0)
    nested_groups: bool = True  # SELECT UPPER(a) || 'x' … GROUP BY UPPER(a)
    group_frames: bool = True  # GROUPS BETWEEN … in a window
    excludes: bool = False  # a frame may EXCLUDE TIES
    time_frames: bool = False  # RANGE BETWEEN INTERVAL …
    pivots: bool = False  # t PIVOT (SUM(a) FOR m IN ('x', 'y')), where texts are the values
    quantified: bool = True  # `x >= ALL (SELECT …)`, and ANY
    limited_lists: bool = True  # `x IN (SELECT … LIMIT 3)`
    results_in_order_by: bool = True  # a name there is a column of the result before others
    results_in_computed_order: bool = True  # … and in what is computed: ORDER BY -total
    distinct_orders_all: bool = True  # SELECT DISTINCT a … ORDER BY b
    sets_order_computed: bool = True  # … UNION … ORDER BY LOWER(a)
    stars: Literal["anywhere", "first", "alone"] = "anywhere"  # where SELECT may have a plain *
    distinct_on: bool = False
    distinct_on_leads_order: bool = False  # ORDER BY has to begin with what DISTINCT ON names
    filter: bool = False  # aggregates have FILTER
    calls_columns: Literal["", "function"] = ""  # the name of `SELECT COUNT(*)` is `count`
    negative_limits: bool = False  # LIMIT -1 is no limit
    computed_limits: bool = True  # LIMIT 2 + 1
    values: Literal["", "plain", "rows"] = "plain"  # VALUES (1) is a query, or VALUES ROW(1)
    values_named: tuple[str, int] = ("column", 1)  # its columns are column1, column2 and so on
    most_rows: int = 0  # the LIMIT that OFFSET needs
    reads_dual: bool = False  # FROM DUAL means no table
    needs_dual: bool = False  # … and has to be written where there is none
    cross_join_is_free: bool = True  # CROSS JOIN leaves the order of the tables to the database
    # A query in FROM sees the tables before it: LATERAL (SELECT …), or CROSS APPLY (SELECT …).
    lateral: Literal["", "lateral", "apply"] = ""
    derived_sees_outer: bool = True  # a query in FROM sees the query around its own
    full_joins: bool = True
    # Where `*` has the columns that USING merges: first, as USING has them, or as the first table
    # has them; or in their place among the first table's.
    merged_columns: Literal["using", "first", "place"] = "using"
    on_looks_ahead: bool = False  # ON may name tables that are joined later
    comma_binds_less: bool = True  # `a, b JOIN c` is `a CROSS JOIN (b JOIN c)`
    recursive: Literal["needed", "optional", "none"] = "needed"  # the word after WITH
    recursion_names_columns: bool = False  # WITH r (n) AS, where r names itself
    recursion_is_plain: bool = False  # it has one step, and neither ORDER BY nor LIMIT
    recursion_steps: int = 0  # after how many a recursion ends, unless a setting says otherwise
    recursion_text: str = ""  # the type that texts of a recursion need, where the first sets it
    recursion_takes_limits: bool = True  # in each version of the database
    # Two columns of one name in a query in FROM: an error, an error where the name is used, or the
    # first of them.
    duplicate_columns: Literal["error", "ambiguous", "first"] = "ambiguous"
    as_before_laterals: bool = True  # LATERAL (…) AS t
    joins_asof: bool = False  # ASOF JOIN
    sets_by_name: bool = False  # UNION BY NAME
    nested_sets: bool = True  # a side of UNION may be in parentheses
    with_in_sets: bool = True  # … and begin with WITH
    pairwise_types: bool = False  # UNION ALL takes the type of its first two rows

    # ── Texts of schemas ────────────────────────────────────────────────────────────────────
    backslash_escapes: bool = False
    dollar_quotes: bool = False
    hash_comments: bool = False
    runs_comments: bool = False  # what is in /*! … */ is SQL
    brackets: bool = False  # [a name]
    batches: bool = False  # GO ends a batch, and a procedure
    quoted_paths: bool = False  # `project.dataset.table`

    # ── The last check ──────────────────────────────────────────────────────────────────────
    engine: str = "duckdb"  # the dialect whose database prepares the query: see gate.bind
    stand_in: bool = True  # the engine is another database: its errors are warnings

    def folded(self, name: str) -> str:
        """Return the name that an unquoted one is; without folding, in small letters."""
        return name.upper() if self.folds == "upper" else name.lower()

    def may_call(self, name: str) -> bool:
        """Is it a scalar function, besides the portable ones, that may be called?"""
        return name in self.functions or name in self.limited

    def may_aggregate(self, name: str) -> bool:
        """Is it an aggregate, besides the portable ones, that may be called?"""
        return name in self.aggregates

    def scalars(self) -> list[str]:
        """Return the scalar functions, besides the portable ones, that may be called."""
        return sorted({*self.functions, *self.limited})

    def fault(self, name: str, args: tuple[Any, ...]) -> str:
        """Return what is wrong with the operands of a limited function; empty if nothing is."""
        limit = self.limited.get(name)
        return "" if limit is None or limit.fits(args) else limit.message.format(name)

    def may_collate(self, name: str) -> bool:
        """May texts be compared by this collation?"""
        return name.upper() in self.collations if self.collations else is_collation(name)
