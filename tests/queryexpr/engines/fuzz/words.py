"""
What random SQL is made of: for each kind of value its templates, in the words of the dialects.

Kinds: n a whole number, r a double, d an exact number, t a text, D a date, T a time, b a condition.
`{n}` is replaced by a value of that kind. A line that begins with names of dialects is for these.
"""

from __future__ import annotations

from functools import cache

_NAMES = {"s": "sqlite", "p": "postgres", "d": "duckdb", "m": "mysql"}

LEAVES = {
    "n": ["id", "n", "m", "0", "1", "2", "-3", "10", "150", "NULL"],
    "r": ["r", "2.5e0", "r * -1"],
    "d": ["d", "2.5", "0.125", "-1.5", "d + 1.25"],
    "t": ["s", "'Eve'", "'b'", "''", "'a_%'"],
    "D": ["day", "pdm|CAST(seen AS DATE)", "pdm|DATE '2024-01-31'", "s|'2024-01-31'"],
    "T": ["seen", "pdm|TIMESTAMP '2024-03-31 10:00:00'", "s|'2024-03-31 10:00:00'"],
    "b": ["ok", "n > 2", "s = 'Eve'", "TRUE", "NULL"],
}
KINDS = "nrdtDTb"

NODES = {
    "n": """
        {n} + {n}
        {n} - {n}
        {n} * {n}
        -{n}
        {n} % {n}
        spd|{n} / {n}
        d|{n} // {n}
        m|{n} DIV {n}
        m|{n} / {n}
        ABS({n})
        SIGN({n})
        pdm|MOD({n}, {n})
        COALESCE({n}, {n})
        NULLIF({n}, {n})
        CASE WHEN {b} THEN {n} ELSE {n} END
        CASE {n} WHEN {n} THEN {n} END
        ROUND({n}, -1)
        ROUND({n}, -2)
        spd|LENGTH({t})
        m|CHAR_LENGTH({t})
        spd|CAST({r} AS INTEGER)
        spd|CAST({d} AS INTEGER)
        spd|CAST({b} AS INTEGER)
        spd|CAST('12' AS INTEGER)
        m|CAST({r} AS SIGNED)
        m|CAST({d} AS SIGNED)
        m|CAST('12' AS SIGNED)
        s|CAST('2.5x' AS INTEGER)
        pdm|POSITION({t} IN {t})
        s|INSTR({t}, {t})
        pdm|EXTRACT(YEAR FROM {D})
        pdm|EXTRACT(MONTH FROM {D})
        pdm|EXTRACT(DAY FROM {T})
        pdm|EXTRACT(QUARTER FROM {D})
        pdm|EXTRACT(WEEK FROM {D})
        pdm|EXTRACT(HOUR FROM {T})
        pdm|EXTRACT(MINUTE FROM {T})
        pd|EXTRACT(DOW FROM {D})
        pd|EXTRACT(ISODOW FROM {D})
        pd|EXTRACT(DOY FROM {D})
        pd|EXTRACT(ISOYEAR FROM {D})
        pd|EXTRACT(EPOCH FROM {T})
        dm|YEAR({D})
        dm|MONTH({D})
        dm|DAYOFWEEK({D})
        dm|DAYOFYEAR({D})
        dm|QUARTER({D})
        dm|WEEK({D})
        m|WEEKDAY({D})
        p|DATE_PART('month', {D})
        s|CAST(STRFTIME('%Y', {D}) AS INTEGER)
        s|CAST(STRFTIME('%m', {D}) AS INTEGER)
        s|CAST(STRFTIME('%w', {D}) AS INTEGER)
        s|CAST(STRFTIME('%j', {D}) AS INTEGER)
        s|CAST(STRFTIME('%W', {D}) AS INTEGER)
        s|CAST(JULIANDAY({D}) - JULIANDAY({D}) AS INTEGER)
        s|{D} - {D}
        pd|{D} - {D}
        m|DATEDIFF({D}, {D})
        m|TIMESTAMPDIFF(MONTH, {D}, {D})
        d|DATE_DIFF('day', {D}, {D})
        d|DATE_DIFF('month', {D}, {D})
        (SELECT MAX(k) FROM part WHERE item_id = id)
        (SELECT COUNT(*) FROM part WHERE k > {n})
        pd|GREATEST({n}, {n})
        m|GREATEST({n}, {n})
        s|MAX({n}, {n})
        m|IF({b}, {n}, {n})
        s|IIF({b}, {n}, {n})
    """,
    "r": """
        {r} + {n}
        {r} - {r}
        {r} * {d}
        {r} / {n}
        {d} / {r}
        ROUND({r})
        sdm|ROUND({r}, 1)
        sdm|ROUND({r}, 2)
        FLOOR({r})
        CEIL({r})
        ABS({r})
        SQRT(ABS({r}))
        POWER({r}, 2)
        LN(ABS({r}) + 1)
        EXP({n} / 100)
        COALESCE({r}, {r})
        COALESCE({r}, {n})
        CASE WHEN {b} THEN {r} ELSE {n} END
        sdm|{r} % {n}
        pd|CAST({n} AS DOUBLE PRECISION)
        m|CAST({n} AS DOUBLE)
        s|CAST({n} AS REAL)
        pd|CAST('1.5' AS DOUBLE PRECISION)
        s|CAST({t} AS REAL)
        pd|TRUNC({r})
        m|TRUNCATE({r}, 0)
        s|TRUNC({r})
        s|JULIANDAY({T}) - JULIANDAY({D})
    """,
    "d": """
        {d} + {d}
        {d} - {n}
        {d} * {n}
        {d} / {n}
        {n} / {d}
        ROUND({d})
        ROUND({d}, 1)
        ROUND({d}, 2)
        ABS({d})
        CEIL({d})
        FLOOR({d})
        {d} % {n}
        COALESCE({d}, {n})
        1.0 * {n} / {n}
        spdm|CAST({n} AS DECIMAL(10, 2))
        spdm|CAST({d} AS DECIMAL(10, 1))
        spdm|CAST({r} AS DECIMAL(10, 1))
        spdm|CAST({d} AS DECIMAL)
        spdm|CAST({r} AS NUMERIC)
        CASE WHEN {b} THEN {d} ELSE {n} END
        NULLIF({d}, {d})
    """,
    "t": """
        UPPER({t})
        LOWER({t})
        TRIM({t})
        LTRIM({t})
        RTRIM({t})
        REPLACE({t}, 'e', 'o')
        REPLACE({t}, {t}, 'z')
        SUBSTR({t}, 2)
        SUBSTR({t}, 1, 2)
        SUBSTR({t}, {n}, 2)
        SUBSTR({t}, -2)
        spd|{t} || {t}
        spd|{t} || {n}
        pdm|CONCAT({t}, {t})
        pdm|CONCAT({t}, {n})
        pdm|CONCAT_WS('-', {t}, {t})
        COALESCE({t}, {t})
        NULLIF({t}, {t})
        spd|CAST({n} AS TEXT)
        spd|CAST({d} AS TEXT)
        spd|CAST({D} AS TEXT)
        pd|CAST({b} AS TEXT)
        m|CAST({n} AS CHAR)
        m|CAST({D} AS CHAR)
        m|CAST({b} AS CHAR)
        pd|CAST({t} AS VARCHAR(2))
        m|CAST({t} AS CHAR(2))
        CASE WHEN {b} THEN {t} ELSE {t} END
        pdm|LEFT({t}, 2)
        pdm|RIGHT({t}, 2)
        pdm|LPAD({t}, 4, '.')
        pdm|REVERSE({t})
        p|TO_CHAR({D}, 'YYYY-MM')
        m|DATE_FORMAT({D}, '%Y-%m')
        s|STRFTIME('%Y-%m', {D})
        d|STRFTIME({D}, '%Y-%m')
        p|SPLIT_PART({t}, 'v', 1)
        d|SPLIT_PART({t}, 'v', 1)
        m|SUBSTRING_INDEX({t}, 'v', 1)
        p|INITCAP({t})
    """,
    "D": """
        COALESCE({D}, {D})
        CASE WHEN {b} THEN {D} END
        pd|{D} + 7
        pd|{D} - 1
        pd|CAST({D} + INTERVAL '1 month' AS DATE)
        pd|CAST({D} - INTERVAL '1 year' AS DATE)
        pd|CAST(DATE_TRUNC('month', {D}) AS DATE)
        pd|CAST(DATE_TRUNC('week', {D}) AS DATE)
        m|{D} + INTERVAL 1 MONTH
        m|DATE_ADD({D}, INTERVAL 7 DAY)
        m|DATE_SUB({D}, INTERVAL 1 MONTH)
        m|LAST_DAY({D})
        s|DATE({D}, '+1 month')
        s|DATE({D}, 'start of month')
        s|DATE({T})
        pdm|CAST({T} AS DATE)
        dm|LAST_DAY({D})
    """,
    "T": """
        COALESCE({T}, {T})
        pd|{T} + INTERVAL '1 month'
        pd|{T} - INTERVAL '1 day'
        pd|{T} + INTERVAL '2 hours'
        pd|{D} + INTERVAL '1 day'
        pd|DATE_TRUNC('hour', {T})
        pd|DATE_TRUNC('day', {T})
        pd|DATE_TRUNC('quarter', {T})
        pd|CAST({D} AS TIMESTAMP)
        m|{T} + INTERVAL 1 MONTH
        m|{T} - INTERVAL 90 MINUTE
        m|CAST({D} AS DATETIME)
        s|DATETIME({T}, '+1 day')
    """,
    "b": """
        {n} = {n}
        {n} <> {r}
        {n} < {d}
        {r} >= {n}
        {d} = {n}
        {t} = {t}
        {t} < {t}
        {t} <> {t}
        {D} < {D}
        {D} = {D}
        {T} > {D}
        NOT {b}
        {b} AND {b}
        {b} OR {b}
        {n} IS NULL
        {t} IS NOT NULL
        {b} IS NULL
        {b} IS TRUE
        {b} IS NOT FALSE
        {n} BETWEEN {n} AND {n}
        {n} NOT BETWEEN {n} AND {n}
        {n} IN ({n}, {n})
        {n} NOT IN (1, {n})
        {t} IN ({t}, 'eve')
        {t} LIKE 'e%'
        {t} LIKE '%E_'
        {t} NOT LIKE {t}
        {n} IN (SELECT item_id FROM part)
        {n} NOT IN (SELECT k FROM part WHERE k > {n})
        EXISTS (SELECT 1 FROM part WHERE item_id = id AND k > {n})
        spd|{n} IS DISTINCT FROM {n}
        spd|{t} IS NOT DISTINCT FROM {t}
        m|{n} <=> {n}
        pd|{t} ILIKE 'e%'
        s|{t} GLOB 'E*'
        m|{t} REGEXP '^e'
        p|{t} ~ '^e'
        p|{t} ~* '^e'
        d|REGEXP_MATCHES({t}, '^e')
        sdm|{n}
        ({b}) = ({b})
        spdm|{D} BETWEEN '2020-01-01' AND '2023-12-31'
        {T} > '2023-01-01'
    """,
}  # fmt: skip
AGGREGATES = """
    n COUNT(*)
    n COUNT({n})
    n COUNT({b})
    n COUNT(DISTINCT {n})
    n COUNT(DISTINCT {t})
    n SUM({n})
    r SUM({r})
    d SUM({d})
    r AVG({n})
    r AVG({r})
    d AVG({d})
    n MIN({n})
    d MAX({d})
    t MIN({t})
    t MAX({t})
    D MAX({D})
    T MIN({T})
    b sdm|MAX({b})
    n sdm|SUM({b})
    b pd|BOOL_OR({b})
    n spd|COUNT(*) FILTER (WHERE {b})
    r pdm|STDDEV({n})
    r pdm|VARIANCE({r})
    r pdm|STDDEV_POP({n})
    r pd|MEDIAN({n})
    r pd|PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {n})
    t pd|STRING_AGG({t}, ',' ORDER BY id)
    t m|GROUP_CONCAT({t} ORDER BY id)
    n ROUND(AVG({n}))
    n d|COUNT_IF({b})
"""
WINDOWS = """
    n ROW_NUMBER() OVER (ORDER BY {n}, id)
    n RANK() OVER (ORDER BY {n})
    n DENSE_RANK() OVER (ORDER BY {t} DESC)
    n RANK() OVER (PARTITION BY {b} ORDER BY {r} DESC)
    n SUM({n}) OVER (ORDER BY id)
    n COUNT(*) OVER (PARTITION BY {t})
    r AVG({n}) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    n LAG({n}) OVER (ORDER BY {D}, id)
    t LEAD({t}, 2) OVER (ORDER BY id)
    n NTILE(2) OVER (ORDER BY {n} DESC, id)
    t FIRST_VALUE({t}) OVER (ORDER BY {n}, id)
    n SUM({n}) OVER (ORDER BY {n})
"""


def _of(line: str, dialect: str) -> str:
    """Return the template in a line, empty where the dialect does not have it."""
    names, bar, template = line.partition("|")
    if not bar or not set(names) <= set(_NAMES):
        return line
    return template if dialect in [_NAMES[name] for name in names] else ""


@cache
def leaves(kind: str, dialect: str) -> list[str]:
    return [text for line in LEAVES[kind] if (text := _of(line, dialect))]


@cache
def nodes(kind: str, dialect: str) -> list[str]:
    lines = map(str.strip, NODES[kind].strip().splitlines())
    return [text for line in lines if (text := _of(line, dialect))]


@cache
def listed(words: str, dialect: str) -> list[str]:
    """Return the templates of aggregates, or of windows, without their kinds."""
    lines = (line.strip().partition(" ")[2] for line in words.strip().splitlines())
    return [text for line in lines if (text := _of(line, dialect))]
