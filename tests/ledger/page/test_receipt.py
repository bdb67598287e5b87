"""The page of a receipt in a browser: readable in each width and colour scheme."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium


@pytest.mark.parametrize("who", ["ann", "olga"])
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_it_can_be_read(page: Page, portal: Portal, who: str, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    name = portal.chat(who=who).headers["X-Receipt"]
    for _ in range(100):
        if portal.call("GET", f"/v1/ai/receipts/{name}", who=who).status_code == 200:
            break
        time.sleep(0.1)  # until its row is copied
    sign_in(page, portal, who)
    page.goto(f"{portal.url}/receipts/{name}")
    expect(page.get_by_text("fake:talker").first).to_be_visible()
    expect(page.get_by_text("The whole file")).to_have_count(1 if who == "olga" else 0)
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"receipt-{who}-{width}")
