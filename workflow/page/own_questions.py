"""Questions about the portal's own data: their SQL is prepared, so they need no model."""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from django.utils import timezone, translation
from django.utils.dates import MONTHS

from workflow.page.example import Prepared
from workflow.sources.portal import source as portal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.sources.source import Source

FILE = Path(portal.__file__).with_name("questions.yaml")
LAST = "SELECT year, month FROM usage_by_model ORDER BY year DESC, month DESC LIMIT 1"


def questions_of(source: Source) -> tuple[Prepared, ...]:
    """Return the questions about a copy of the portal's data, about its last month."""
    prepared = _questions().get(source.name, ()) if source.permissions else ()
    month = _last_month() if prepared else date.min
    return tuple(_filled(one, month) for one in prepared)


def questions_about(sources: Iterable[Source]) -> list[tuple[Source, tuple[Prepared, ...]]]:
    """Return the sources that have such questions, with them."""
    return [(source, questions) for source in sources if (questions := questions_of(source))]


@cache
def _questions() -> dict[str, tuple[Prepared, ...]]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, tuple[Prepared, ...]])


def _last_month() -> date:
    """Return the last month of the copy, or, while that has none, the one before this month."""
    try:
        path = f"file:{quote(str(portal.SUMS.path))}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as file:
            if row := file.execute(LAST).fetchone():
                return date(row[0], row[1], 1)
    except sqlite3.Error:  # it is not written yet
        pass
    this = timezone.localdate().replace(day=1)
    return this.replace(year=this.year - (this.month == 1), month=(this.month - 2) % 12 + 1)


def _filled(prepared: Prepared, month: date) -> Prepared:
    last = month.replace(day=monthrange(month.year, month.month)[1])
    asks = {
        language: text.format(month=_words(month, language))
        for language, text in prepared.asks.items()
    }
    sql = prepared.sql.format(y=month.year, m=month.month, first=month, last=last)
    return Prepared(asks, sql)


def _words(month: date, language: str) -> str:
    """Return the name of a month, with its year if that is over."""
    with translation.override(language):
        name = str(MONTHS[month.month])
    return name if month.year == timezone.localdate().year else f"{name} {month.year}"
