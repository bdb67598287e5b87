"""
Tables with a header → lines: the generic form, and what consoles of providers export.

Names of columns are compared without case, spaces and punctuation. Where `input` is missing, it is
the sum of its parts: what was not cached, what was, and what went into the cache. Pure.
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import TYPE_CHECKING

from ledger.reconcile.figures import Export, Figures, Line, UnreadableError
from ledger.reconcile.numbers import AMBIGUOUS, AmbiguousError, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

NAMES = {
    "day": "day date usage_date usage_date_utc start_time_iso start_time timestamp",
    "model": "model model_version snapshot_id line_item sku",
    "key": "api_key_id api_key key project_id project workspace",
    "requests": "requests num_model_requests n_requests num_requests calls",
    "input": "input input_tokens prompt_tokens n_context_tokens_total",
    "plain": "usage_input_tokens_no_cache uncached_input_tokens",
    "cached": "cached cached_tokens input_cached_tokens cached_input_tokens "
    "cache_read_input_tokens usage_input_tokens_cache_read",
    "written": "written cache_creation_input_tokens",
    "written_5m": "usage_input_tokens_cache_write_5m",
    "written_1h": "usage_input_tokens_cache_write_1h",
    "output": "output output_tokens completion_tokens n_generated_tokens_total usage_output_tokens",
    "cost": "cost cost_usd amount amount_usd amount_value billed_cost",
    "currency": "currency amount_currency",
}
OPENAI, ANTHROPIC = "num_model_requests", "usage_input_tokens_no_cache"  # only their forms have it
MIN_YEAR, MAX_YEAR = 2000, 2199
Row = dict[str, str]


def read_table(text: str, zone: ZoneInfo | None = None) -> Export:
    """Return a table's lines. `zone`: of times that say none. Raises UnreadableError."""
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = _rows(text, mark)
    header = [_plain(name) for name in next(rows, [])]
    places = _places(header)
    if twice := next((name for name, at in places.items() if header.count(header[at]) > 1), ""):
        raise UnreadableError(f"line 1: there are several columns '{twice}'.")
    for name in ("day", "model"):
        if name not in places and not (name == "model" and "cost" in places):
            raise UnreadableError(f"line 1: there is no column '{name}'.")
    lines = tuple(_lines(rows, places, zone, comma=mark == ";"))
    provider = "openai" if OPENAI in header else "anthropic" if ANTHROPIC in header else ""
    return Export(lines, provider, frozenset({"chat", "sql"}) if OPENAI in header else frozenset())


def _rows(text: str, mark: str) -> Iterator[list[str]]:
    """Yield the cells of each line. Raises UnreadableError, as for quotes that do not end."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        yield from rows
    except csv.Error as error:
        raise UnreadableError(f"line {rows.line_num} cannot be read: {error}.") from None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower().removeprefix("\ufeff")).strip("_")


def _places(header: list[str]) -> dict[str, int]:
    """Return where each column is, by its first name that the header has."""
    found = {}
    for field, names in NAMES.items():
        for name in names.split():
            if name in header:
                found[field] = header.index(name)
                break
    return found


def _lines(
    rows: Iterator[list[str]], places: Mapping[str, int], zone: ZoneInfo | None, *, comma: bool
) -> Iterator[Line]:
    for number, cells in enumerate(rows, 2):
        row = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
        counts = {**row, "day": "", "model": "", "key": "", "currency": ""}
        if not any(counts.values()):
            continue  # a day without usage
        try:
            figures, day = _figures(row, comma=comma), read_day(row["day"], zone)
        except AmbiguousError as error:
            raise UnreadableError(f"line {number}, {error}") from None
        except (ValueError, OverflowError, InvalidOperation):
            raise UnreadableError(f"line {number}: a day or a number cannot be read.") from None
        yield Line(day, model_of(row.get("model", "")), figures, row.get("key", ""))


def model_of(text: str) -> str:
    """Return the model of a line item, such as `name, cached input`."""
    return text.partition(", ")[0]


def _figures(row: Row, *, comma: bool) -> Figures:
    def number(name: str) -> Decimal:
        try:
            return read_number(row[name], comma=comma)
        except AmbiguousError:
            raise AmbiguousError(f"column '{name}': {row[name]!r} {AMBIGUOUS}") from None

    def whole(name: str) -> int:
        if (value := number(name)) != int(value):
            raise AmbiguousError(f"column '{name}': {row[name]!r} {AMBIGUOUS}")
        return int(value)

    def count(*names: str) -> int | None:
        numbers = [whole(name) for name in names if row.get(name)]
        return sum(numbers) if numbers else None

    cached, written = count("cached"), count("written", "written_5m", "written_1h")
    given = count("input")
    if given is None and (plain := count("plain")) is not None:
        given = plain + (cached or 0) + (written or 0)
    cost = number("cost") if row.get("cost") else None
    return Figures(
        count("requests"), given, cached, count("output"), written, cost,
        row.get("currency", "").upper(),
    )  # fmt: skip


def read_day(text: str, zone: ZoneInfo | None = None) -> date:
    """Return the day of a date, a time or seconds since 1970: in UTC, or in `zone`.

    Raises ValueError, also for years that no provider had calls in.
    """
    if not MIN_YEAR <= (day := _day(text, zone)).year <= MAX_YEAR:
        raise ValueError(text)
    return day


def _day(text: str, zone: ZoneInfo | None) -> date:
    if re.fullmatch(r"\d{9,11}(\.0)?", text):
        return datetime.fromtimestamp(int(float(text)), zone or UTC).date()
    text = text.replace("/", "-")
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        return date(*map(int, text.split("-")))
    at = datetime.fromisoformat(text)
    return at.astimezone(zone or UTC).date() if at.tzinfo else at.date()
