"""Files of providers, as their consoles and APIs write them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ledger.reconcile.figures import Figures, Line, UnreadableError
from ledger.reconcile.numbers import read_number
from ledger.reconcile.pages import read_pages
from ledger.reconcile.reading import read_files
from ledger.reconcile.tables import read_day, read_table

# The dashboard of OpenAI: a line for each project, key and model; days without usage are empty.
DASHBOARD = """\
start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens,input_uncached_tokens,input_text_tokens
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,proj_4,10.0,user-d,key_O,slate-4-2024-08-06,FALSE,default,59200.0,10646.0,5760.0,53440.0,53440.0
1759708800,1759795200,2025-10-06T00:00:00+00:00,2025-10-07T00:00:00+00:00,,,,,,,,,,,,
"""
COSTS = """\
start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,0.8958740000000000,usd,,,org-H,Personal
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,0.1,usd,"slate-4-2024-08-06, cached input",,org-H,Personal
"""
CONSOLE = """\
usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed
2026-08-05,basalt-5,Portal,Default,standard,≤ 200k,46981,15969,0,100,16932,0,global,
"""
GENERIC = """\
Day;Model;Requests;Input;Cached;Output;Cost;Currency
2026-05-01;slate;3;1000;10;50;1.234,5 €;EUR
2026/5/2;slate;1;7;;2;0,25;eur
"""
USAGE = {
    "object": "page", "has_more": True, "next_page": "AAAA",
    "data": [{"object": "bucket", "start_time": 1730419200, "end_time": 1730505600, "results": [
        {"object": "organization.usage.completions.result", "input_tokens": 1000,
         "output_tokens": 500, "input_cached_tokens": 800, "num_model_requests": 5,
         "project_id": None, "user_id": None, "api_key_id": None, "model": "slate-4", "batch": None}]}],
}  # fmt: skip
SPENT = {
    "object": "page", "has_more": False, "next_page": None,
    "data": [{"object": "bucket", "start_time": 1730419200, "end_time": 1730505600, "results": [
        {"object": "organization.costs.result", "amount": {"value": 0.06, "currency": "usd"},
         "line_item": "slate-4, output", "project_id": None}]}],
}  # fmt: skip
REPORT = {
    "has_more": False, "next_page": None,
    "data": [{"starting_at": "2026-08-05T00:00:00Z", "ending_at": "2026-08-06T00:00:00Z", "results": [
        {"uncached_input_tokens": 1500, "cache_creation": {"ephemeral_1h_input_tokens": 1000,
         "ephemeral_5m_input_tokens": 500}, "cache_read_input_tokens": 200, "output_tokens": 500,
         "server_tool_use": {"web_search_requests": 10}, "api_key_id": "apikey_01", "model": "basalt-5"}]}],
}  # fmt: skip
CENTS = {
    "data": [{"starting_at": "2026-08-05T00:00:00Z", "ending_at": "2026-08-06T00:00:00Z", "results": [
        {"currency": "USD", "amount": "123.78912", "model": "basalt-5", "cost_type": "tokens"}]}],
}  # fmt: skip


def test_the_dashboard_of_openai_is_read() -> None:
    export = read_table(DASHBOARD)
    figures = Figures(10, 59200, 5760, 10646)
    assert export.lines == (Line(date(2025, 10, 5), "slate-4-2024-08-06", figures, "key_O"),)
    assert (export.provider, set(export.covers)) == ("openai", {"chat", "sql"})


def test_its_costs_are_read_with_and_without_a_model() -> None:
    whole, item = read_table(COSTS).lines
    assert (whole.model, whole.figures.cost, whole.figures.currency) == (
        "", Decimal("0.895874"), "USD")  # fmt: skip
    assert (item.model, item.figures.cost) == ("slate-4-2024-08-06", Decimal("0.1"))


def test_the_console_of_anthropic_is_read() -> None:
    (line,) = read_table(CONSOLE).lines
    assert line.figures == Figures(None, 46981 + 15969 + 100, 100, 16932, 15969)
    assert (line.day, line.model, line.key) == (date(2026, 8, 5), "basalt-5", "Portal")


def test_the_generic_form_is_read_as_spreadsheets_write_it() -> None:
    first, second = read_table(GENERIC).lines
    assert (first.figures.cost, first.figures.input) == (Decimal("1234.5"), 1000)
    assert second == Line(
        date(2026, 5, 2), "slate", Figures(1, 7, None, 2, cost=Decimal("0.25"), currency="EUR")
    )


def test_pages_of_openai_are_read() -> None:
    export = read_pages(json.dumps([USAGE, SPENT]))
    usage, costs = export.lines
    assert usage == Line(date(2024, 11, 1), "slate-4", Figures(5, 1000, 800, 500))
    assert costs.figures == Figures(cost=Decimal("0.06"), currency="USD")
    assert (costs.model, export.covers) == ("slate-4", frozenset())
    assert read_pages(json.dumps(USAGE)).covers == {"chat", "sql"}


def test_pages_of_anthropic_are_read_one_on_a_line() -> None:
    usage, costs = read_pages(f"{json.dumps(REPORT)}\n{json.dumps(CENTS)}\n").lines
    assert usage.figures == Figures(None, 3200, 200, 500, 1500)
    assert costs.figures == Figures(cost=Decimal("1.2378912"), currency="USD")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "x.csv: line 1: there is no column 'day'."),
        ("day,input\n2026-01-01,2\n", "there is no column 'model'"),
        ("day,model,input\n2026-01-01,a,1\n2026-01-01,a,many\n", "line 3: a day or a number"),
        ("day,model,input\nyesterday,a,1\n", "line 2: a day or a number"),
        ('{"error": {}}', "no page with `data`"),
        ('{"data": [{"start_time": 1, "results": [{"amount": 3}]}]}', "no page with `data`"),
        ("{", "no page with `data`"),
        ("", "there is no column 'day'"),
        *(
            (
                f'day{mark}model{mark}{column}\n2026-01-01{mark}a{mark}"{number}"\n',
                f"line 2, column '{column}': '{number}' can be read in two ways. Write numbers without",
            )
            for mark, column, number in (
                (",", "input", "1,234"),
                (",", "cost", "1.234,5"),
                (",", "cost", "1,5"),
                (",", "output", "1.5"),
                (";", "input", "1.000"),
                (";", "cost", "1,234"),
            )
        ),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(text)
    with pytest.raises(UnreadableError) as caught:
        read_files([file])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [("1,234.5", False, "1234.5"), ("$1,234,567", False, "1234567"), ("0.25", True, "0.25"),
     ("1.234.567,8", True, "1234567.8"), ("12,5", True, "12.5"), ("12.5", True, "12.5"),
     ("-0,125 €", True, "-0.125"), ("1.234", False, "1.234"), ("2e-05", False, "0.00002")],
)  # fmt: skip
def test_a_number_with_one_reading_is_read(text: str, comma: bool, number: str) -> None:
    assert read_number(text, comma=comma) == Decimal(number)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes("day;model;café".encode("latin-1"))
    with pytest.raises(UnreadableError, match="not in UTF-8"):
        read_files([file])


def test_a_time_is_of_the_day_in_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read_day("2026-05-01T23:30:00Z") == date(2026, 5, 1)
    assert read_day("2026-05-01T23:30:00Z", berlin) == date(2026, 5, 2)
    assert read_day("2026-05-01 23:30", berlin) == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(5.00)", "-5.00"), ("$(1,234.50)", "-1234.50"), ("\N{MINUS SIGN}5", "-5"), ("5 EUR", "5"),
        ("5EUR", "5"), ("EUR 5", "5"), ("1e3", "1e3"), ("2.5E-3 USD", "2.5e-3"),
    ],
)  # fmt: skip
def test_a_number_has_its_sign_and_no_unit(text: str, number: str) -> None:
    assert read_number(text, comma=False) == Decimal(number)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("2026-11-01,a,1e999999999", "line 2: a day or a number cannot be read."),
        ("2026-11-01,a," + "9" * 5000, "line 2: a day or a number cannot be read."),
        ("9999-12-31,a,5", "line 2: a day or a number cannot be read."),
        ("0001-01-01T00:00:00-05:00,a,5", "line 2: a day or a number cannot be read."),
        ('2026-11-01,"a,5\n2026-11-02,b,5', "line 3 cannot be read: unexpected end of data."),
        (f"2026-11-01,{'a' * 200_000},5", "line 2 cannot be read: field larger than field limit"),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error(lines: str, error: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_table(f"day,model,input\n{lines}\n")
    assert str(raised.value).startswith(error)


def test_a_column_that_is_there_twice_is_an_error() -> None:
    with pytest.raises(UnreadableError, match="there are several columns 'input'"):
        read_table("day,model,input,Input\n2026-11-01,a,5,6\n")


@pytest.mark.parametrize("count", ['"many"', "1.5", "true", "[]", "[" * 5000])
def test_a_page_whose_counts_are_no_numbers_is_an_error(count: str) -> None:
    text = json.dumps(USAGE).replace('"input_tokens": 1000', f'"input_tokens": {count}')
    with pytest.raises(UnreadableError):
        read_pages(text)


@pytest.mark.parametrize("amount", ['"1e999999999"', '"NaN"', '"-Infinity"', '"much"', "null"])
def test_a_page_whose_amounts_are_no_numbers_is_an_error(amount: str) -> None:
    with pytest.raises(UnreadableError):
        read_pages(json.dumps(SPENT).replace("0.06", amount))
