"""The admin's front page says how things are, in the portal's clothes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.registry.pages.browsing import admin
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_front_page_says_how_things_are(page: Page, portal: Portal, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, portal)
    page.goto(f"{portal.url}/admin/")
    cards = page.locator(".cards")
    expect(cards).to_contain_text("healthy")
    expect(cards).to_contain_text("closed: not reachable")
    expect(cards).to_contain_text("The file is in force as it is.")
    expect(page.locator(".site")).to_be_visible()
    assert flaws(page) == []
    shot(page, f"admin-{scheme}")


def test_the_admin_has_the_theme_that_was_chosen(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": portal.url}])
    page.goto(f"{portal.url}/admin/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 27)"


def test_links_of_the_record_of_changes_have_names(page: Page, running_portal: Portal) -> None:
    text = running_portal.models.read_text()
    running_portal.models.write_text(
        text.replace("talker: {", "extra: {capabilities: [chat]}\n      talker: {")
    )
    sign_in(page, running_portal)
    page.goto(admin(running_portal, "change/"))
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.get_by_role("link", name="none")).to_have_count(1)
    assert flaws(page) == []
