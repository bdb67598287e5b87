"""What becomes of edits: they are stored with their question, and can be undone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import COUNT, QUESTION, _workflow, says, works
from tests.workflow.tab import ask, asked, put, tab

__all__ = ["_workflow", "browser", "expected", "page", "tab", "works"]
pytestmark = needs_chromium
WHERE = "Filter rows"
TOP = "document.getElementById('sql-part').getBoundingClientRect().top + scrollY"
DEMO = "toy is a demonstration model: it rarely gets queries right."


def test_the_last_valid_edit_survives_a_reload_and_can_be_undone(
    tab: Page, fake: FakeProvider
) -> None:
    asked(tab, fake)
    put(tab, WHERE, "year = 2015")
    expect(tab.locator("#sql")).to_contain_text("2015")
    put(tab, "At most this many rows", "5")
    expect(tab.locator("#sql")).to_contain_text("LIMIT 5")
    tab.locator("#target").select_option("tsql")
    expect(tab.locator("#sql")).to_contain_text("TOP 5")
    put(tab, WHERE, "yaer = 2016")
    expect(tab.locator(".card.wrong")).to_be_visible()
    tab.goto(tab.url.rsplit("/", 1)[0])
    tab.locator("#inquiries").get_by_role("link", name=QUESTION).first.click()
    expect(tab.get_by_label(WHERE)).to_have_value("year = 2015")
    expect(tab.locator("#target")).to_have_value("tsql")
    expect(tab.get_by_text("Two models wrote the same query.")).to_have_count(0)
    assert flaws(tab) == []
    shot(tab, "workflow-edited")
    tab.get_by_role("button", name="Back to the models' query").click()
    expect(tab.locator("#sql")).to_contain_text("2014")
    expect(tab.get_by_text("Two models wrote the same query.")).to_be_visible()
    tab.reload()
    expect(tab.get_by_label(WHERE)).to_have_value("year = 2014")


def test_a_misspelt_name_is_corrected_by_a_button_and_the_sql_stays_meanwhile(
    tab: Page, fake: FakeProvider
) -> None:
    asked(tab, fake)
    before = tab.evaluate(TOP)
    put(tab, WHERE, "yaer = 2015")
    expect(tab.locator("#sql-part.stale")).to_contain_text("year = 2014")
    assert abs(tab.evaluate(TOP) - before) < 40, "the page jumped"
    assert flaws(tab) == []
    shot(tab, "workflow-stale")
    tab.get_by_role("button", name="Use year").click()
    expect(tab.get_by_label(WHERE)).to_have_value("year = 2015")
    expect(tab.locator("#sql")).to_contain_text("2015")
    expect(tab.locator(".stale")).to_have_count(0)
    tab.get_by_role("button", name="Edit", exact=True).click()
    tab.get_by_label("Edit the SQL").fill("SELECT titel FROM concert")
    tab.locator("#apply-sql").click()
    tab.locator("#sql-box").get_by_role("button", name="Use title").click()
    expect(tab.locator("#sql")).to_contain_text("title")


def test_how_two_models_differ_is_not_shown_beside_an_edited_query(
    tab: Page, fake: FakeProvider
) -> None:
    says(fake, {"query": COUNT}, "SELECT COUNT(*) FROM concert WHERE year > 2014")
    ask(tab)
    expect(tab.locator(".diff")).to_have_count(1)
    put(tab, WHERE, "year > 2015")
    expect(tab.locator("#sql")).to_contain_text("2015")
    expect(tab.locator(".diff")).to_have_count(0)


def test_edits_are_kept_with_the_callers_own_questions_only(works: Portal) -> None:
    ir: dict[str, Any] = {"query": COUNT}
    edit = {"what": "dialect", "schema": {"source": "concerts"}, "dialect": "sqlite", "ir": ir,
            "target": "duckdb", "inquiry": 999_999}  # fmt: skip
    answer = works.post("/workflow/edit", edit).json()
    assert answer["valid"]
    assert answer["warning"].startswith("This edit is not stored")
    assert works.post("/workflow/restore", {"id": 999_999}).status_code == 404


def test_a_demonstration_model_is_announced_at_its_picker_and_above_its_answer(
    tab: Page, fake: FakeProvider
) -> None:
    tab.locator("#model-chat-search").click()
    tab.locator("#model-chat-list").get_by_role("option", name="toy").click()
    expect(tab.locator("#about-chat")).to_contain_text(DEMO)
    says(fake, "SELECT COUNT(*) FROM stadium", "I do not know.")
    ask(tab)
    expect(tab.locator("#query .doubtful").first).to_contain_text(DEMO)
    expect(tab.locator("#query .doubtful").last).to_contain_text("the number 2014")
    expect(tab.locator("#query .doubtful").last).to_contain_text("“concert”, which is a table")
