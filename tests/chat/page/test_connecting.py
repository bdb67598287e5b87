"""Who is faster than the page's connection: the question waits for it, and is asked once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, box
from tests.support.browser import needs_chromium, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.slow_handshake import SlowHandshake

pytestmark = needs_chromium


@pytest.fixture
def slow(page: Page, portal: Portal) -> Iterator[str]:
    """The address of a portal whose sockets open late; `page` is signed in."""
    sign_in(page, portal)
    relay = SlowHandshake(portal.port)
    yield relay.url
    page.context.close()
    relay.close()


def test_a_question_waits_for_the_connection(page: Page, slow: str, fake: FakeProvider) -> None:
    page.goto(slow)
    box(page).fill("Hello?")
    box(page).press("Enter")
    box(page).press("Enter")  # impatient
    expect(answers(page).last.locator(".facts")).to_contain_text("in all")
    expect(page.locator("#messages > .user")).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert sum(post.path.endswith("/chat/completions") for post in fake.posts) == 1


def test_a_comparison_waits_for_all_its_connections(
    page: Page, slow: str, fake: FakeProvider
) -> None:
    page.goto(f"{slow}/compare")
    page.get_by_role("button", name="Add a third model").click()
    for letter, model in (("A", "fake:talker"), ("B", "fake:other/name:v2"), ("C", "pond:frog")):
        page.locator(f"select#model-{letter}").select_option(model, force=True)
    question = page.get_by_label("Your question")
    question.fill("What is a ship?")
    question.press("Enter")
    question.press("Enter")
    expect(page.get_by_role("button", name="Keep this answer")).to_have_count(3)
    assert len(fake.posts) == 3
