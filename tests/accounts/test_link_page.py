"""The page of a sign-in link, in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browser, expected, flaws, link, needs_chromium, page, portal
from tests.support.portal import Portal

__all__ = ["browser", "expected", "page", "portal"]  # fixtures
pytestmark = needs_chromium


@pytest.fixture
def requests(page: Page) -> list[str]:
    """The addresses that the page asks for."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def test_a_link_signs_in_and_its_secret_is_in_no_address(
    page: Page, portal: Portal, requests: list[str]
) -> None:
    address = link(portal)
    secret = address.partition("#")[2]
    page.goto(address)
    button = page.get_by_role("button", name="Sign in")
    expect(button).to_be_visible()
    expect(page.get_by_label("The end of the link")).to_be_hidden()
    expect(page.get_by_text("signs you in once as olga.")).to_be_visible()
    assert page.url == f"{portal.url}/sign-in/link", "the history does not keep the secret"
    assert flaws(page) == []
    button.click()
    page.wait_for_url(f"{portal.url}/")
    expect(page.locator("#show-account", has_text="olga")).to_be_visible()
    sent = [url for url in requests if secret in url.partition("#")[0]]
    assert sent == []
    assert secret not in portal.log.read_text()


def test_a_used_link_says_so_at_once(page: Page, portal: Portal) -> None:
    address = link(portal, "ann")
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("used already")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_hidden()
    page.goto(f"{address}x")  # another fragment of the same page
    expect(page.get_by_role("alert")).to_contain_text("does not work")


def test_of_two_tabs_with_one_link_one_signs_in(browser: Any, page: Page, portal: Portal) -> None:
    other = browser.new_context().new_page()
    address = link(portal, "ann")
    for tab in (page, other):
        tab.goto(address)
        expect(tab.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{portal.url}/")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("used already")
    other.context.close()


def test_without_scripts_the_secret_can_be_pasted(browser: Any, portal: Portal) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    address = link(portal, "ann")
    tab.goto(address)
    tab.get_by_label("The end of the link").fill(address.partition("#")[2])
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(f"{portal.url}/")
    context.close()
