"""Edited queries that another version of the portal stored."""

from __future__ import annotations

from typing import Any

from workflow.answers import IRAnswer, Preview
from workflow.models import Inquiry
from workflow.page.inquiry import InquiryAnswer, to_stored
from workflow.page.kept import KeptQuery, stored_view, to_edited
from workflow.personal_data import _markdown

IR = {"query": {"from": {"table": "ship"}, "select": [{"expr": {"agg": "count"}}]}}
KEPT = KeptQuery(dialect="sqlite", ir=IR, sql="SELECT 'edited'", clauses={})
NEWER = "Your edits are not shown: a newer version of the portal stored them."


def row(edited: dict[str, Any]) -> Inquiry:
    preview = Preview("sqlite", "SELECT 'of the models'")
    built = IRAnswer(ir=IR, valid=True, outcome="ok", sql_preview=preview)
    answer = to_stored(InquiryAnswer(dialect="sqlite", built=built))
    return Inquiry(pk=1, dialect="sqlite", schema="CREATE TABLE ship (id INT)", outcome="ok",
                   answer=answer, edited=edited)  # fmt: skip


def test_an_edit_has_a_version_and_one_without_is_read() -> None:
    edited = to_edited(KEPT)
    assert edited.pop("version") == 1
    for stored in (edited, to_edited(KEPT)):
        view = stored_view(row(stored), None)
        assert (view.sql, view.is_edited, view.message) == (KEPT.sql, True, "")


def test_an_edit_of_an_unknown_version_is_not_shown_and_the_page_says_so() -> None:
    view = stored_view(row({"version": 2, "other": "fields"}), None)
    assert (view.sql, view.is_edited, view.message) == ("SELECT 'of the models'", False, NEWER)
    assert "newer version" in "".join(_markdown(row({"version": 2})))
