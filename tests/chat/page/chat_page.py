"""The chat page under test: its parts, and how a test asks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import sign_in
from tests.support.fake_provider import HANG
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, WORDS, chunk, event

ANSWER = "".join(WORDS)
HALF = (SSE_HEAD + event(chunk("Half an ")), 0.1, event(chunk("answer")), HANG)


@pytest.fixture
def chat(page: Page, portal: Portal) -> Page:
    """The chat page, signed in and connected."""
    sign_in(page, portal)
    expect(send(page)).to_be_enabled()
    return page


def send(page: Page) -> Locator:
    return page.get_by_role("button", name="Send")


def box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def answers(page: Page) -> Locator:
    return page.locator("#messages > .assistant:visible")


def ask(page: Page, text: str = "Hello?") -> None:
    expect(page.locator("#send")).to_be_enabled()  # connected
    box(page).fill(text)
    box(page).press("Enter")


def ask_and_wait(page: Page, text: str = "Hello?") -> None:
    """Ask, and wait until the page shows the answer as the server renders it."""
    before = answers(page).count()
    ask(page, text)
    expect(answers(page)).to_have_count(before + 1)
    expect(answers(page).last.locator(".facts")).to_contain_text("in all")
    expect(send(page)).to_be_visible()
