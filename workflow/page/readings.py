"""Two readings of a question on a small world, as the page shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from queryexpr.gate.operations import Document, Row, Rows
from workflow.page.failure import title_of
from workflow.page.sql_html import highlighted
from workflow.readings.readings import Readings

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from workflow.page.inquiry import InquiryAnswer


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One reading: its title, its SQL, and its rows, each with whether only this result has it."""

    title: str
    sql: SafeString | str
    ir: str
    columns: tuple[str, ...]
    rows: tuple[tuple[bool, Row], ...]


@dataclass(frozen=True, slots=True)
class ReadingsView:
    """What `_readings.html` shows; `readings` are none if no small world tells them apart."""

    sentence: str
    was_searched: bool
    tables: tuple[Rows, ...] = ()
    readings: tuple[ReadingView, ...] = ()


def readings_view(answer: InquiryAnswer) -> ReadingsView | None:
    """Return what tells the models' queries apart; None where there are not two, or a sentence
    about the basis says that they are alike.
    """
    written = answer.written
    if written is None or written.readings is None or written.basis == "compared":
        return None
    titles = (title_of(answer.built.resolution), title_of(written.resolution))
    return view_of(written.readings, titles, (answer.built.ir, written.ir), answer.dialect)


def view_of(
    readings: Readings,
    titles: tuple[str, str],
    irs: tuple[Document | None, Document | None],
    dialect: str,
) -> ReadingsView:
    """Return what the page shows of two readings, with their titles and query expressions."""
    was_searched = readings.outcome != "not_searched"
    if readings.outcome != "different":
        return ReadingsView(readings.sentence, was_searched)
    views = (
        ReadingView(
            title,
            highlighted(reading.sql, dialect) if reading.sql else "",
            json.dumps(ir),
            reading.columns,
            tuple((n in reading.unmatched, row) for n, row in enumerate(reading.rows)),
        )
        for title, reading, ir in zip(titles, readings.queries, irs, strict=True)
    )
    return ReadingsView(readings.sentence, was_searched, readings.tables, tuple(views))
