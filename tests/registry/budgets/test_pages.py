"""Budgets on pages, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.registry.budgets.conftest import DAILY, Start
from tests.support.browser import flaws, needs_chromium, shot, sign_in

pytestmark = needs_chromium


def test_the_account_shows_budgets(start: Start, page: Page) -> None:
    portal = start(DAILY.format(most=500) + "\n  house: {per: month, money: 9, currency: EUR}")
    assert [portal.chat().status_code for _ in range(4)] == [200] * 4
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/account")
    expect(page.get_by_role("row", name="daily")).to_contain_text("100 tokens")
    expect(page.get_by_role("row", name="house")).to_contain_text("9.00 EUR")
    expect(page.locator(".banner")).to_contain_text("80 % of the budget “daily” is used.")
    assert flaws(page) == []
    shot(page, "budgets")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_chat_warns_after_an_answer(start: Start, page: Page) -> None:
    portal = start(DAILY.format(most=110))
    sign_in(page, portal, "ann")
    page.goto(portal.url)
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_label("Your question").fill("Hi")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(".banner")).to_contain_text("budget “daily”")


def test_the_page_about_data_warns_after_a_question(start: Start, page: Page) -> None:
    portal = start(DAILY.format(most=110))
    sign_in(page, portal, "ann")
    page.goto(f"{portal.url}/workflow")
    page.get_by_label("CREATE TABLE statements").fill("CREATE TABLE t (a INT)")
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_label("Your question").fill("How many?")
    page.get_by_label("Your question").press("Control+Enter")
    expect(page.locator(".banner")).to_contain_text("budget “daily”", timeout=30_000)
