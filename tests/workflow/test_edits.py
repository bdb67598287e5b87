"""Edits of an answer on the page: nothing typed is lost, nothing old is shown as new."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import (
    browser,
    expected,
    flaws,
    link,
    needs_chromium,
    page,
    shot,
    sign_in,
)
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import SCHEMA, _workflow, says, works
from tests.workflow.tab import ask, asked, hold, put, tab

__all__ = ["_workflow", "browser", "expected", "page", "tab", "works"]
pytestmark = needs_chromium
WHERE = "Filter rows"
PER_YEAR: dict[str, Any] = {
    "from": {"table": "concert"}, "group_by": [{"column": "year"}],
    "select": [{"expr": {"column": "year"}}, {"expr": {"agg": "count"}, "as": "n"}],
}  # fmt: skip


def open_sql(tab: Page, text: str) -> None:
    tab.get_by_role("button", name="Edit", exact=True).click()
    tab.get_by_label("Edit the SQL").fill(text)


def apply_sql(tab: Page) -> None:
    tab.locator("#apply-sql").click()


def test_run_and_copy_wait_for_the_edit_before_them(tab: Page, fake: FakeProvider) -> None:
    tab.get_by_label("Tables", exact=True).select_option(label="Our concerts")
    expect(tab.locator("#ddl-says")).to_contain_text("stadium (3 columns), concert (4 columns)")
    asked(tab, fake)
    tab.get_by_role("button", name="Run on Our concerts").click()
    expect(tab.locator("#rows td")).to_have_text("2")
    tab.get_by_label(WHERE).fill("year = 1900")
    tab.get_by_role("button", name="Run on Our concerts").hover()
    tab.mouse.down()  # the answer to the edit comes while the button is pressed
    tab.wait_for_timeout(700)
    tab.mouse.up()
    expect(tab.locator("#rows td")).to_have_text("0")
    hold(tab, "/workflow/edit")
    tab.get_by_label(WHERE).fill("year = 2015")
    tab.get_by_role("button", name="Run on Our concerts").click()
    expect(tab.locator("#rows td")).to_have_text("1")
    hold(tab, "/workflow/run")
    tab.get_by_role("button", name="Run on Our concerts").click()
    put(tab, WHERE, "year = 1900")
    expect(tab.locator("#sql")).to_contain_text("1900")
    tab.wait_for_timeout(800)  # by now the rows of the query before have come
    expect(tab.locator("#rows td")).to_have_count(0)
    tab.reload()
    expect(tab.locator("#schema option:checked")).to_have_text("Our concerts")
    expect(tab.get_by_role("button", name="Run on Our concerts")).to_be_visible()


def test_a_session_that_was_renewed_or_ended_costs_no_text(
    page: Page, works: Portal, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["401", "403"]
    sign_in(page, works, "ann", fresh=True)
    page.goto(f"{works.url}/workflow")
    page.get_by_label("CREATE TABLE statements").fill(SCHEMA)
    asked(page, fake)
    other = page.context.new_page()
    other.goto(link(works, "ann"))
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(f"{works.url}/")
    put(page, WHERE, "year = 2015")
    expect(page.locator("#sql")).to_contain_text("2015")
    page.context.clear_cookies()
    put(page, WHERE, "year = 2016")
    expect(page.get_by_role("alert")).to_contain_text("Sign in in another tab")
    expect(page.locator("#unchecked")).to_contain_text("of the query before your edit")
    page.get_by_label("Save these tables as").fill("Concerts")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(
        "You are signed out. Sign in in another tab, then do this again: your text stays here."
    )
    other.goto(link(works, "ann"))
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(f"{works.url}/")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#sql")).to_contain_text("2016")
    other.goto(link(works, "olga"))
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(f"{works.url}/")
    put(page, WHERE, "year = 2017")
    expect(page.get_by_role("alert")).to_contain_text("Someone else is signed in now.")


def test_text_that_is_typed_meanwhile_stays(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    open_sql(tab, "SELECT title FROM concert")
    hold(tab, "/workflow/edit")
    put(tab, WHERE, "year = 2015")
    tab.get_by_label("Edit the SQL").press_sequentially(" LIMIT 3")
    expect(tab.locator("#sql")).to_contain_text("2015")
    expect(tab.get_by_label("Edit the SQL")).to_have_value("SELECT title FROM concert LIMIT 3")
    expect(tab.get_by_label("Edit the SQL")).to_be_focused()
    put(tab, WHERE, "year = 2016")
    tab.get_by_label("Show", exact=True).fill("title")
    expect(tab.locator("#sql")).to_contain_text("2016")
    expect(tab.get_by_label("Show", exact=True)).to_have_value("title")
    tab.get_by_label("Show", exact=True).press("Control+Enter")
    expect(tab.locator("#sql")).to_contain_text("title")


def test_what_cannot_be_read_stays_with_the_reason_beside_it(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    open_sql(tab, " ")
    apply_sql(tab)
    expect(tab.locator("#sql-box .issues")).to_contain_text("Write a query")
    expect(tab.get_by_label("Edit the SQL")).to_be_visible()
    tab.get_by_label("Edit the SQL").fill("DELETE FROM concert")
    apply_sql(tab)
    expect(tab.locator("#sql-box .issues")).to_contain_text("Only a query is allowed here")
    expect(tab.get_by_label(WHERE)).to_have_value("year = 2014")
    assert flaws(tab) == []
    shot(tab, "workflow-refused")
    tab.get_by_text("The query expression").click()
    tab.get_by_label("JSON").fill("{query")
    tab.locator("#apply-ir").click()
    expect(tab.locator("#json .issues")).to_contain_text("This is not JSON: fix it at line 1")
    expect(tab.get_by_label("JSON")).to_have_value("{query")
    expect(tab.get_by_label("Edit the SQL")).to_have_value("DELETE FROM concert")
    tab.get_by_label("Edit the SQL").fill(
        "SELECT title FROM concert UNION SELECT name FROM stadium"
    )
    apply_sql(tab)
    expect(tab.get_by_text("has no cards. Edit its SQL.")).to_be_visible()


def test_an_edit_without_a_network_says_so_and_can_be_checked_again(
    tab: Page, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["ERR_"]
    asked(tab, fake)
    tab.context.set_offline(True)
    put(tab, WHERE, "year = 2015")
    expect(tab.locator("#unchecked")).to_contain_text("The portal cannot be reached")
    expect(tab.get_by_role("alert")).to_be_in_viewport()
    tab.locator("#target").select_option("tsql")
    expect(tab.get_by_role("alert")).to_contain_text("Fix the query first")
    expect(tab.locator("#target")).to_have_value("sqlite")
    expect(tab.get_by_label(WHERE)).to_have_value("year = 2015")
    tab.context.set_offline(False)
    tab.locator("#target").select_option("tsql")
    expect(tab.locator("#sql")).to_contain_text("2015")
    expect(tab.locator("#target")).to_have_value("tsql")
    expect(tab.locator("#unchecked")).to_be_hidden()


def test_an_emptied_clause_comes_back_and_group_by_is_mended_by_a_button(
    tab: Page, fake: FakeProvider
) -> None:
    says(fake, {"query": PER_YEAR}, "I do not know.")
    ask(tab)
    expect(tab.locator("#query > .issues")).to_contain_text(
        "The model answered that it does not know"
    )
    expect(tab.get_by_label("Group by")).to_have_value("year")
    put(tab, "Group by", "")
    expect(tab.locator("#result .issues button")).to_have_text("Add to GROUP BY")
    shot(tab, "workflow-group-by")
    tab.get_by_role("button", name="Add to GROUP BY").click()
    expect(tab.get_by_label("Group by")).to_have_value("year")
    expect(tab.locator("#sql")).to_contain_text("GROUP BY")
    tab.get_by_text("Other clauses").click()
    put(tab, "Filter groups", "COUNT(*) > 1")
    expect(tab.locator("#sql")).to_contain_text("HAVING")
    tab.get_by_text("What the models wrote").click()
    expect(tab.get_by_text("SQL, attempt 1")).to_be_visible()


def test_a_card_edited_right_after_a_dialect_was_chosen_is_written_in_it(
    tab: Page, fake: FakeProvider
) -> None:
    asked(tab, fake)
    hold(tab, "/workflow/edit")
    tab.locator("#target").select_option("tsql")
    put(tab, "At most this many rows", "5")
    expect(tab.locator("#sql")).to_contain_text("TOP 5")
    expect(tab.locator("#target")).to_have_value("tsql")
