"""The example, which works without any model."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from queryexpr.dialects.all import NAMES
from queryexpr.gate.engine import answer
from queryexpr.gate.operations import check_sql
from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import _workflow, works
from workflow.page.example import Prepared, example

__all__ = ["_workflow", "browser", "expected", "page", "works"]


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("prepared", example().questions, ids=lambda prepared: prepared.ask)
def test_each_question_is_valid_in_each_dialect(prepared: Prepared, dialect: str) -> None:
    judgement = answer(check_sql(prepared.sql, example().dialect, dialect, example().ddl))
    assert judgement.valid, judgement.issues
    assert dialect != example().dialect or not judgement.issues
    assert judgement.explanation


@needs_chromium
def test_an_example_is_answered_without_a_model_and_is_not_stored(
    page: Page, works: Portal, fake: FakeProvider
) -> None:
    sign_in(page, works, "olga")
    page.goto(f"{works.url}/workflow")
    page.get_by_role("button", name="Which five customers spent the most?").click()
    expect(page.locator("#sql")).to_contain_text("LIMIT 5")
    expect(page.get_by_text("people prepared its SQL, no model wrote it")).to_be_visible()
    expect(page.get_by_label("CREATE TABLE statements")).to_have_value(example().ddl)
    assert flaws(page) == []
    shot(page, "workflow-example")
    page.locator("#target").select_option("tsql")
    expect(page.locator("#sql")).to_contain_text("TOP 5")
    assert not fake.posts
    expect(page.locator("#inquiries li")).to_have_count(0)


def test_a_question_that_the_example_does_not_have_is_not_found(works: Portal) -> None:
    assert works.post("/workflow/example", {"number": 99}).status_code == 404
