"""A real browser for the tests of pages: fixtures, signing in, screenshots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.programs import needs

SHELL = "chromium-headless-shell"  # the same engine without the browser's own windows: half the CPU
CHROMIUM = shutil.which(SHELL) or shutil.which("chromium")
SHOTS = ROOT / "var" / "screenshots"  # for people to look at; not in git
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip

expect.set_options(timeout=20_000)  # ms: on a busy machine a page may wait for long
needs_chromium = needs(CHROMIUM or SHELL)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def portal(_running: dict[str, Portal], fake: FakeProvider) -> Portal:
    """A portal on one server, with long timeouts: pages are the same on both servers."""
    return _running["patient"]


@pytest.fixture
def expected() -> list[str]:
    """Parts of the messages that the browser may log in this test."""
    return []


@pytest.fixture
def page(browser: Any, expected: list[str]) -> Iterator[Page]:
    """A new tab. At its end, no error may be logged but those of `expected`."""
    context = browser.new_context()
    tab = context.new_page()
    messages = listen(tab)
    yield tab
    context.close()
    unexpected = [c for c in messages if not any(part in c for part in expected)]
    assert unexpected == [], unexpected


def listen(tab: Page) -> list[str]:
    """Return a list to which the errors are added that the browser logs on this tab."""
    tab.set_default_timeout(20_000)
    messages: list[str] = []
    tab.on(
        "console",
        lambda message: messages.append(message.text) if message.type == "error" else None,
    )
    tab.on("pageerror", lambda error: messages.append(str(error)))
    return messages


def link(portal: Portal, user: str = "olga") -> str:
    return portal.manage("sign_in_link", user, "--base", portal.url).stdout.strip()


def sign_in(page: Page, portal: Portal, user: str = "olga", *, fresh: bool = False) -> None:
    """Sign in; with `fresh`, in a new session, for tests that sign out."""
    if not fresh:
        key = portal.session_key(user)
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": portal.url}])
        page.goto(portal.url)
        return
    page.goto(link(portal, user))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")


def open_account(page: Page) -> None:
    """Open the account's menu, which is in the header."""
    page.locator("#show-account").click()


def sign_out(page: Page) -> None:
    open_account(page)
    page.get_by_role("button", name="Sign out").click()


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    """Save a picture of the page, or of its first screen if not `whole`."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)


def flaws(page: Page) -> list[str]:
    """Return the serious and critical violations that axe reports."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
