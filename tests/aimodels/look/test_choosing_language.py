"""Choosing a language, in a real browser: pages, scripts and dates follow."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium


def test_pages_scripts_and_dates_follow_the_language(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/account")
    form = page.locator("section[aria-labelledby=language]")
    form.get_by_label("Deutsch").check()
    form.get_by_role("button").click()
    expect(page.locator(".site")).to_contain_text("Daten befragen")
    assert flaws(page) == []
    shot(page, "account-german")

    page.goto(f"{portal.url}/developers")
    page.locator("[data-copy=address]").click()
    expect(page.locator("#status")).to_have_text(re.compile("Kopiert|Der Browser"))
    shot(page, "developers-german")

    page.goto(f"{portal.url}/account/security")
    expect(page.locator("tbody td").first).to_have_text(re.compile(r"^\d\d\.\d\d\.\d{4} "))
    page.goto(f"{portal.url}/models")
    expect(page.locator("[data-since]").first).to_have_text(re.compile("^vor |^gerade"))
    shot(page, "models-german")
