"""
What random SQL is made of: for each kind of value its templates, in the words of the dialects.

Kinds: n a whole number, r a double, d an exact number, t a text, D a date, T a time, b a condition.
`{n}` is replaced by a value of that kind. A line that begins with names of dialects is for these.
nodes.txt has, for each kind, the templates that have values inside.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

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
    section[0]: section[2:].strip()
    for section in Path(__file__).with_name("nodes.txt").read_text().strip("[\n").split("\n\n[")
}
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
