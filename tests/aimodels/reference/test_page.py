"""The page of the reference in a browser: it can be read, searched and linked, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium
FIND = "Search the reference"


@pytest.fixture
def reference(page: Page, portal: Portal) -> Page:
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/docs")
    return page


def open_details(page: Page, where: str) -> None:
    page.locator(f"{where} details").evaluate_all(
        "all => all.forEach(each => { each.open = true })"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_can_be_read_in_light_and_dark(reference: Page, scheme: str, width: int) -> None:
    reference.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    reference.set_viewport_size({"width": width, "height": 800})
    open_details(reference, "#op-write_sql")  # one of each kind: axe takes minutes for all
    open_details(reference, "#op-list_models")
    assert flaws(reference) == []
    shot(reference, f"reference-{scheme}-{width}", whole=False)  # it has 60 screens


@pytest.mark.parametrize("width", [320, 768, 1280, 1440])
def test_no_screen_scrolls_sideways(reference: Page, width: int) -> None:
    reference.set_viewport_size({"width": width, "height": 800})
    open_details(reference, "main")
    assert reference.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_whole_page_is_there(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    key = portal.session_key("ann")
    context.add_cookies([{"name": "sessionid", "value": key, "url": portal.url}])
    page.goto(f"{portal.url}/docs")
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_role("heading", name="POST /v1/sql", exact=True)).to_be_visible()
    page.locator("#op-write_sql").get_by_text("9 fields of WriteSQL").click()
    expect(page.get_by_role("rowheader", name="written_by")).to_be_visible()
    context.close()


def test_the_search_is_used_by_keyboard(reference: Page) -> None:
    page = reference
    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label(FIND)).to_be_focused()
    page.keyboard.type("rerank documents")
    expect(page.get_by_role("status").first).to_have_text("2 addresses found.")
    expect(page.locator(".operation:visible")).to_have_count(2)
    expect(page.get_by_role("heading", name="Chat", exact=True)).to_be_hidden()
    expect(page.locator(".contents ul ul a:visible")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="POST /v1/rerank").last).to_be_focused()
    assert page.url.endswith("#op-rerank")
    page.get_by_label(FIND).focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Chat", exact=True)).to_be_visible()


def test_a_link_to_what_the_search_hides_ends_the_search(reference: Page) -> None:
    reference.get_by_label(FIND).fill("rerank")
    reference.evaluate("location.hash = 'op-build_ir'")
    expect(reference.get_by_label(FIND)).to_have_value("")
    expect(reference.locator("#op-build_ir")).to_be_in_viewport()
    reference.get_by_label(FIND).fill("no such words")
    expect(reference.get_by_role("status").first).to_have_text("0 addresses found.")
