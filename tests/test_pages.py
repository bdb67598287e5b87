"""The pages, in a real browser: signing in, the list of models, the API's own page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.portal import ROOT, Portal

CHROMIUM = shutil.which("chromium")
SHOTS = ROOT / "var" / "screenshots"  # to be looked at; not kept in git
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not here: scripts/debian_packages.py had no right to"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    """A fresh tab. At its end nothing may have been blocked by the policy, or have failed."""
    tab = browser.new_page()
    tab.set_default_timeout(10_000)
    complaints: list[str] = []
    tab.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    tab.close()
    assert complaints == []


def link(portal: Portal, user: str = "olga") -> str:
    return portal.manage("sign_in_link", user, "--base", portal.url).stdout.strip()


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def sign_in(page: Page, portal: Portal) -> None:
    page.goto(link(portal))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")


def test_a_link_signs_in_and_shows_the_models(page: Page, portal: Portal) -> None:
    address = link(portal)
    page.goto(address)
    shot(page, "sign-in")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")
    assert page.get_by_role("heading", name="Models").is_visible()
    assert page.get_by_text("The talker").is_visible()
    shot(page, "models")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/admin/login/**")
    page.goto(f"{portal.url}/")
    assert "/admin/login/" in page.url


def test_the_apis_page_works_under_the_policy(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/docs")
    page.get_by_text("/v1/ai/chat/completion").wait_for()
    page.get_by_text("/v1/ai/models/status").wait_for()
    shot(page, "api")


def test_a_narrow_screen_does_not_scroll_sideways(page: Page, portal: Portal) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, portal)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, "models-narrow")


def test_who_is_not_signed_in_is_asked_to(page: Page, portal: Portal) -> None:
    for path in ("/", "/docs"):
        page.goto(portal.url + path)
        assert "/admin/login/" in page.url
