"""A real browser for the tests of pages: fixtures, signing in, screenshots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal

CHROMIUM = shutil.which("chromium")
SHOTS = ROOT / "var" / "screenshots"  # to be looked at; not kept in git
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not here: scripts/debian_packages.py had no right to"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def portal(_running: dict[str, Portal], fake: FakeProvider) -> Portal:
    """A portal on one server: pages are the same on both. Browsers take their time."""
    return _running["patient"]


@pytest.fixture
def expected() -> list[str]:
    """What the browser may complain of in this test, as parts of its words."""
    return []


@pytest.fixture
def page(browser: Any, expected: list[str]) -> Iterator[Page]:
    """A fresh tab. At its end nothing may have been blocked by the policy, or have failed."""
    context = browser.new_context()
    tab = context.new_page()
    complaints = listen(tab)
    yield tab
    context.close()
    surprises = [c for c in complaints if not any(part in c for part in expected)]
    assert surprises == [], surprises


def listen(tab: Page) -> list[str]:
    """Return a list that fills with what the browser complains of on this tab."""
    tab.set_default_timeout(10_000)
    complaints: list[str] = []
    tab.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def link(portal: Portal, user: str = "olga") -> str:
    return portal.manage("sign_in_link", user, "--base", portal.url).stdout.strip()


_sessions: dict[tuple[int, str], Any] = {}  # cookies, which are used again: links take a second


def sign_in(page: Page, portal: Portal, user: str = "olga", *, fresh: bool = False) -> None:
    """Sign in, `anew` if the test signs out."""
    cookies = None if fresh else _sessions.get((portal.port, user))
    if cookies:
        page.context.add_cookies(cookies)
        page.goto(portal.url)
        return
    page.goto(link(portal, user))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")
    if not fresh:
        _sessions[portal.port, user] = page.context.cookies()


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def flaws(page: Page) -> list[str]:
    """Return what axe finds serious or critical."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
