"""Random queries of a dialect, as text: small ones first, so that Hypothesis shrinks well."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import strategies as st

from tests.queryexpr.engines.fuzz.words import AGGREGATES, KINDS, WINDOWS, leaves, listed, nodes
from tests.queryexpr.engines.servers import ENGINES

MAX_DEPTH = 3
_HOLE = re.compile(r"\{(\w)\}")
_WORD = re.compile(r"\w+|'[^']*'|\w+\([^()]*\)")
_JOINS = ("JOIN part ON item_id = id", "LEFT JOIN part ON item_id = id", "CROSS JOIN part")


class Case(NamedTuple):
    """A query of `source`, to be written for `target`. `ordered`: the order of its rows counts."""

    source: str
    target: str
    sql: str
    ordered: bool = False


@st.composite
def values(draw: st.DrawFn, kind: str, dialect: str, depth: int = MAX_DEPTH) -> str:
    """A value of a kind."""
    words = leaves(kind, dialect) + (nodes(kind, dialect) if depth else [])
    return draw(filled(draw(st.sampled_from(words)), dialect, depth - 1))


@st.composite
def filled(draw: st.DrawFn, template: str, dialect: str, depth: int) -> str:
    """A template with values in it, which stand in parentheses unless they are one word."""

    def value(hole: re.Match[str]) -> str:
        text = draw(values(hole[1], dialect, depth))
        return text if _WORD.fullmatch(text) else f"({text})"

    return _HOLE.sub(value, template)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    source, target = draw(st.sampled_from(ENGINES)), draw(st.sampled_from(ENGINES))
    make = draw(st.sampled_from([_plain, _plain, _joined, _grouped, _windowed, _ordered, _set]))
    return Case(source, target, draw(make(source)), make is _ordered)


def _value(draw: st.DrawFn, dialect: str, kinds: str = KINDS, depth: int = MAX_DEPTH) -> str:
    return draw(values(draw(st.sampled_from(kinds)), dialect, depth))


def _where(draw: st.DrawFn, dialect: str) -> str:
    return f" WHERE {draw(values('b', dialect))}" if draw(st.booleans()) else ""


@st.composite
def _plain(draw: st.DrawFn, dialect: str) -> str:
    return f"SELECT id, {_value(draw, dialect)} FROM item{_where(draw, dialect)}"


@st.composite
def _joined(draw: st.DrawFn, dialect: str) -> str:
    join = draw(st.sampled_from(_JOINS))
    return f"SELECT id, pid, w, {_value(draw, dialect)} FROM item {join}{_where(draw, dialect)}"


@st.composite
def _grouped(draw: st.DrawFn, dialect: str) -> str:
    key = draw(st.sampled_from(["n", "ok", "day", "n > 2"]))
    call = draw(st.sampled_from(listed(AGGREGATES, dialect)))
    whole = draw(filled(call, dialect, 1))
    if draw(st.booleans()):
        return f"SELECT {whole} FROM item{_where(draw, dialect)}"
    return f"SELECT {key}, {whole} FROM item{_where(draw, dialect)} GROUP BY {key}"


@st.composite
def _windowed(draw: st.DrawFn, dialect: str) -> str:
    call = draw(st.sampled_from(listed(WINDOWS, dialect)))
    return f"SELECT id, {draw(filled(call, dialect, 1))} FROM item{_where(draw, dialect)}"


@st.composite
def _ordered(draw: st.DrawFn, dialect: str) -> str:
    way = draw(st.sampled_from(["", " DESC"]))
    by = _value(draw, dialect, "nrdDTb", 1)
    order = f"COALESCE({by}, {by}){way}, id"  # a number alone is a column of the result
    limit = draw(st.sampled_from(["", " LIMIT 3", " LIMIT 2 OFFSET 1"]))
    return f"SELECT id, n FROM item{_where(draw, dialect)} ORDER BY {order}{limit}"


@st.composite
def _set(draw: st.DrawFn, dialect: str) -> str:
    kind, way = (
        draw(st.sampled_from("nrd")),
        draw(st.sampled_from(["UNION ALL", "UNION", "EXCEPT"])),
    )
    one, other = (draw(values(kind, dialect, 1)) for _ in range(2))
    return f"SELECT {one} FROM item {way} SELECT {other} FROM item{_where(draw, dialect)}"
