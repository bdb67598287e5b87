"""Formats of dates: codes are translated by what they mean, and other letters stay letters."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.translate.dates.formats import LACKING
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

CALLS = {
    "sqlite": "STRFTIME('{}', seen)",
    "duckdb": "STRFTIME(seen, '{}')",
    "mysql": "DATE_FORMAT(seen, '{}')",
    "postgres": "TO_CHAR(seen, '{}')",
}
SAME = {
    "sqlite": ["Year %Y", "Q%m", "%d%j", 'T"%H"', "%H:%M:%S", "100%% %w", "%m é"],
    "duckdb": ["%B %Y", "%A %a, %b", "%y %-d.%-m.", "%-I:%M %p", "%G-W%V", "%u", "%j", "%f"],
    "mysql": ["Day %d", "%M %W %a %b", "%e.%c.", "%l %p", "%T", "%r", "%x-%v", "%k:%i", "%s"],
    "postgres": ["Mon", "FMMonth", "FMDay", "HH:MI", "HH12:MI AM", '"year" YYYY', "MS", "IYYY-IW",
                 "ID", "FMDD", 'YYYY "at" HH24', "yyyymmdd", "DDD"],
}  # fmt: skip
LACKED = {  # by the one that is not SQLite, too
    ("%d%j", "postgres"), ('T"%H"', "postgres"), ("100%% %w", "postgres"), ("%u", "mysql"),
    ("MS", "mysql"), ("ID", "mysql"),
}  # fmt: skip
NOWHERE = {
    "sqlite": ["%s", "%f", "%J", "%W", "%B", "%e", "plain", "%"],
    "duckdb": ["%U", "%W", "%x", "%c", "%Z", "%n", "%q"],
    "mysql": ["%D", "%u", "%U", "%V", "%X", "%E", "Day"],
    "postgres": ["Month", "Day", "TMMonth", "DDth", "WW", "D", "J", "SSSS", "am", "MON", "999",
                 "FM", 'YYYY"', "YYYY year"],
}  # fmt: skip
# What SQLite has not, or has since 2024 only.
NAMES = {
    "mysql": "%M %W %a %b %e %c %k %l %h %p %r %x %y".split(),
    "duckdb": "%B %A %b %a %y %-d %I %p %u %V %G".split(),
    "postgres": "Mon FMMonth FMDay HH12 AM YY FMDD IYYY IW ID US".split(),
}


def pairs(table):
    return [
        (source, text, target)
        for source, texts in table.items()
        for text in texts
        for target in ENGINES
        if target != source
    ]


def query(source, text):
    value = CALLS[source].format(text)
    return f"SELECT id, {value} FROM item ORDER BY id"


@pytest.mark.parametrize(("source", "text", "target"), pairs(SAME))
def test_a_format_gives_the_same_texts_or_is_refused(engines, source, text, target):
    may_lack = target == "sqlite" or (text, target) in LACKED
    if not may_lack or not refused(query(source, text), source, target):
        assert_same(engines, query(source, text), source, target)


@pytest.mark.parametrize(("source", "text", "target"), pairs(NOWHERE))
def test_what_is_no_known_code_is_refused(source, text, target):
    assert refused(query(source, text), source, target) == {"dialect"}


@pytest.mark.parametrize("source", NAMES)
def test_sqlite_gets_no_codes_that_it_lacks(source):
    for text in NAMES[source]:
        assert refused(query(source, text), source, "sqlite") == {"dialect"}, text


@pytest.mark.parametrize("call", ["MONTHNAME(day)", "DAYNAME(day)"])
@pytest.mark.parametrize("source", ["mysql", "duckdb"])
@pytest.mark.parametrize("target", ENGINES)
def test_names_of_months_and_days_are_formats(engines, call, source, target):
    sql = f"SELECT id, {call} FROM item"
    if target == "sqlite":
        assert refused(sql, source, target) == {"dialect"}
    elif target != source:
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("target", ["sqlite", "mysql", "duckdb"])
@pytest.mark.parametrize("format_", ["'999'", "'FM990.00'", "'9D9'", "s"])
def test_a_format_of_numbers_is_refused(format_, target):
    assert refused(f"SELECT TO_CHAR(n, {format_}) FROM item", "postgres", target) == {"dialect"}


def test_a_format_that_is_not_written_out_is_refused():
    issues = judged("SELECT TO_CHAR(day, s) FROM item", "postgres", "mysql").issues
    assert LACKING in issues[0].message


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_texts_are_read_by_translated_formats(engines, target):
    sql = "SELECT STR_TO_DATE('2. January 2024', '%e. %M %Y')"
    assert_same(engines, sql, "mysql", target)
    sql = "SELECT STR_TO_DATE('2024-01-02 10:11', '%Y-%m-%d %H:%i'), FROM_UNIXTIME(9, '%Y')"
    assert refused(sql, "mysql", target) == {"dialect"}


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("oracle", "TO_CHAR(day, 'YYYY-MM-DD')"),
        ("snowflake", "TO_CHAR(day, 'YYYY-MM-DD')"),
        ("tsql", "FORMAT(day, 'yyyy-MM-dd')"),
        ("bigquery", "FORMAT_DATE('%Y-%m-%d', day)"),
    ],
)
def test_formats_of_other_databases_are_translated_too(source, value, target):
    assert judged(f"SELECT {value} FROM item", source, target).valid


def test_private_letters_are_no_formats():
    sql = "SELECT TO_CHAR(day, 'YYYY'), '\U000f0041' FROM item"
    assert refused(sql, "postgres", "mysql") == {"name"}
