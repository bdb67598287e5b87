"""Two readings of a question on the page: the example that tells them apart, and the choice."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, needs_chromium, page, shot
from tests.support.fake_provider import FakeProvider
from tests.workflow.portal import COUNT, _workflow, says, works
from tests.workflow.tab import ask, asked, put, tab

__all__ = ["_workflow", "browser", "expected", "page", "tab", "works"]
pytestmark = needs_chromium
FROM_2014 = "SELECT COUNT(*) AS n FROM concert WHERE year >= 2014"
SPELLED = "SELECT COUNT(id) AS n FROM concert WHERE NOT (year < 2014 OR year > 2014)"
FIRST, SECOND = "Keep the first", "Keep the second"


def differ(tab: Page, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT}, FROM_2014)
    ask(tab)
    expect(tab.get_by_role("heading", name="Which do you mean?")).to_be_visible()


def is_kept(tab: Page, name: str) -> None:
    button = tab.get_by_role("button", name=name)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(tab.locator("[data-reading][aria-pressed=true]")).to_have_count(1)


def test_two_readings_are_shown_with_an_example(tab: Page, fake: FakeProvider) -> None:
    differ(tab, fake)
    panel = tab.get_by_role("region", name="Which do you mean?")
    expect(panel).to_contain_text("The first returns 0, the second 1.")
    expect(panel.get_by_role("table", name="concert")).to_contain_text("2015")
    expect(panel.get_by_role("heading", name="The first: thinker")).to_be_visible()
    expect(panel.get_by_role("heading", name="The second: scribe")).to_be_visible()
    expect(panel.locator(".unmatched")).to_have_count(2)
    expect(panel.locator(".unmatched").first).to_contain_text("only in this result: 0")
    is_kept(tab, SECOND)
    assert flaws(tab) == []
    shot(tab, "readings")
    for width in (320, 1440):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_a_reading_is_kept_by_key_and_the_other_is_one_click_away(
    tab: Page, fake: FakeProvider
) -> None:
    differ(tab, fake)
    asked_before = len(fake.posts)
    tab.get_by_role("button", name=FIRST).focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#sql")).to_contain_text("year = 2014")
    is_kept(tab, FIRST)
    expect(tab.get_by_role("button", name=FIRST)).to_be_focused()
    tab.reload()
    expect(tab.locator("#sql")).to_contain_text("year = 2014")
    is_kept(tab, FIRST)
    tab.get_by_role("button", name=SECOND).click()
    expect(tab.locator("#sql")).to_contain_text("year >= 2014")
    is_kept(tab, SECOND)
    tab.get_by_role("button", name=FIRST).click()
    is_kept(tab, FIRST)
    put(tab, "Filter rows", "year = 1900")
    expect(tab.locator("#sql")).to_contain_text("1900")
    expect(tab.locator("[data-reading][aria-pressed=true]")).to_have_count(0)
    assert len(fake.posts) == asked_before, "no model was asked"
    assert flaws(tab) == []


def test_two_models_that_no_example_tells_apart_are_compared(tab: Page, fake: FakeProvider) -> None:
    says(fake, {"query": COUNT}, SPELLED)
    ask(tab)
    expect(tab.get_by_text(re.compile(r"did not differ in [\d,]+ small worlds"))).to_be_visible()
    expect(tab.locator(".readings")).to_have_count(0)
    tab.reload()
    expect(tab.get_by_text("They may still be wrong.")).to_be_visible()


def test_an_edit_shows_what_it_changes(tab: Page, fake: FakeProvider) -> None:
    asked(tab, fake)
    put(tab, "Filter rows", "year > 2014")
    box = tab.locator("#change-box")
    expect(box.locator("table").first).to_be_hidden()
    box.get_by_text("What your edit changes").click()
    expect(box).to_contain_text("The first returns")
    expect(box.get_by_role("heading", name="The second: after your edit")).to_be_visible()
    assert flaws(tab) == []
    shot(tab, "edit-changes")
    put(tab, "Filter rows", "yaer > 2014")
    expect(tab.locator(".card.wrong")).to_be_visible()
    expect(tab.locator("#change-box")).to_have_count(0)
    put(tab, "Filter rows", "NOT year <= 2014")
    expect(tab.locator("#change")).to_contain_text("No difference was found in")
    tab.locator("#target").select_option("postgres")
    expect(tab.locator("#sql")).to_contain_text("2014")
    expect(tab.locator("#change")).to_be_empty()


def test_a_query_of_ones_own_has_nothing_to_be_compared_with(tab: Page) -> None:
    tab.get_by_role("button", name="Write SQL yourself").click()
    tab.get_by_label("Write a query").fill("SELECT title FROM concert")
    tab.get_by_role("button", name="Check", exact=True).click()
    expect(tab.locator("#sql")).to_contain_text("title")
    expect(tab.locator("#change")).to_be_empty()
    put(tab, "Show", "title, year")
    expect(tab.locator("#change")).to_contain_text("What your edit changes")
