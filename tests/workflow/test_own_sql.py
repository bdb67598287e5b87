"""A reader's own SQL on the page: it is checked, explained and run as a model's query is."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.workflow.portal import _workflow, works

__all__ = ["_workflow", "browser", "expected", "page", "works"]
pytestmark = needs_chromium
OVERFLOWS = "SELECT SUM(id - id + 9007199254740000 * 1000) AS n FROM stadium"


def begin(page: Page, works: Portal) -> None:
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/workflow")
    page.get_by_label("Tables", exact=True).select_option(label="Our concerts")
    page.get_by_role("button", name="Write SQL yourself").click()
    expect(page.locator("#sql-text")).to_be_focused()


def write(page: Page, sql: str) -> None:
    if not page.locator("#sql-text").is_visible():
        page.get_by_role("button", name="Edit").click()
    page.locator("#sql-text").fill(sql)
    page.locator("#sql-text").press("Control+Enter")


def run(page: Page, sql: str) -> None:
    write(page, sql)
    expect(page.locator("#sql")).to_contain_text(sql.split()[-1])
    page.get_by_role("button", name="Run on Our concerts").click()


def test_own_sql_is_checked_explained_and_run_without_a_model(
    page: Page, works: Portal, fake: FakeProvider
) -> None:
    begin(page, works)
    expect(page.get_by_text("No model is asked, and it is not stored.")).to_be_visible()
    assert flaws(page) == []
    shot(page, "workflow-own-sql")
    write(page, "SELECT nam FROM stadium")
    expect(page.locator("#sql-box .issues")).to_contain_text("Did you mean 'name'?")
    expect(page.get_by_text("of the query before")).to_be_hidden()
    write(page, "DELETE FROM stadium")
    expect(page.locator("#sql-box .issues")).to_contain_text("Only a query is allowed here")
    run(page, "SELECT name FROM stadium WHERE capacity > 900")
    expect(page.locator(".explanation")).to_contain_text("capacity is greater than 900")
    expect(page.locator("#rows td")).to_have_text("=Park")
    assert not fake.posts
    expect(page.locator("#inquiries a", has_text="stadium")).to_have_count(0)


def test_the_columns_of_a_source_are_listed(page: Page, works: Portal) -> None:
    begin(page, works)
    page.locator("#columns summary").click()
    expect(page.locator("#columns dt")).to_contain_text(["stadium"])
    expect(page.locator("#columns dd").last).to_contain_text("title TEXT")
    assert flaws(page) == []
    page.get_by_label("Tables", exact=True).select_option(value="")
    expect(page.locator("#columns")).to_be_hidden()


def test_own_sql_needs_tables_first(page: Page, works: Portal) -> None:
    sign_in(page, works, "ann")
    page.goto(f"{works.url}/workflow")
    page.get_by_role("button", name="Write SQL yourself").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Paste CREATE TABLE statements, or choose tables."
    )


def test_a_failed_run_is_beside_its_button_and_says_what_to_do(
    page: Page, works: Portal, expected: list[str]
) -> None:
    expected += ["400"]
    begin(page, works)
    run(page, OVERFLOWS)
    failure = page.locator("#run-part").get_by_role("alert")
    expect(failure).to_contain_text("concerts refused to run it: ", timeout=30_000)
    expect(failure).to_contain_text("Change the query below, and run it again.")
    expect(failure).to_be_in_viewport()
    assert flaws(page) == []
    run(page, "SELECT name FROM stadium")
    expect(page.locator("#rows td")).to_have_count(2)
    expect(failure).to_be_hidden()


def test_a_csv_that_was_cut_says_so(page: Page, works: Portal) -> None:
    begin(page, works)
    others = ", ".join(f"concert AS {name}" for name in "bcdefg")
    write(page, f"SELECT a.id FROM concert AS a, {others}")
    with page.expect_response("**/workflow/run") as response:
        page.get_by_role("button", name="Run on Our concerts").click()
    assert response.value.headers["x-first-rows"] == "1000"
    expect(page.locator("#csv-says")).to_contain_text("have only the first 1000 rows")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "rows-first-1000.csv"
