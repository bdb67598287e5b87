"""A question that has to wait: the page counts down and asks again by itself, once."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.chat.page.chat_page import ANSWER, answers, ask, box, send, status
from tests.support.browser import flaws, needs_chromium
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import http

pytestmark = needs_chromium
PAUSE = 6  # seconds: the portal itself waits for shorter ones
SLOW_DOWN = {"error": {"message": "Slow down."}}


def wait(seconds: int) -> bytes:
    return http(429, SLOW_DOWN, Retry_After=str(seconds))


def no_more(page: Page) -> Locator:
    return page.get_by_role("button", name="Do not ask again")


def test_the_page_asks_again_after_the_wait_and_says_so(chat: Page, fake: FakeProvider) -> None:
    fake.script(wait(PAUSE))
    ask(chat)
    expect(status(chat)).to_have_text("The question is asked again in 6 s. Esc stops that.")
    expect(chat.get_by_text("Asking again in 5 s.")).to_be_visible()
    expect(answers(chat).last.locator(".body")).to_have_text(ANSWER)
    expect(no_more(chat)).to_be_hidden()
    assert len(fake.posts) == 2


def test_it_asks_again_only_once(chat: Page, fake: FakeProvider) -> None:
    fake.script(wait(PAUSE))
    fake.script(wait(PAUSE))
    ask(chat)
    versions = chat.get_by_role("group", name="Versions of this answer")
    expect(versions).to_contain_text("2/2", timeout=15_000)
    expect(answers(chat).last.get_by_text("Slow down.")).to_be_visible()
    chat.wait_for_timeout(1500)
    expect(no_more(chat)).to_be_hidden()
    assert len(fake.posts) == 2
    expect(send(chat)).to_be_enabled()


def test_a_person_can_stop_it_by_the_button_and_by_escape(chat: Page, fake: FakeProvider) -> None:
    for stop in (lambda: no_more(chat).click(), lambda: box(chat).press("Escape")):
        fake.script(wait(PAUSE))
        asked = len(fake.posts)
        ask(chat, "Once?")
        expect(no_more(chat)).to_be_visible()
        stop()
        expect(no_more(chat)).to_be_hidden()
        expect(box(chat)).to_be_focused()
        chat.wait_for_timeout((PAUSE + 1) * 1000)
        assert len(fake.posts) == asked + 1


def test_a_person_can_ask_at_once(chat: Page, fake: FakeProvider) -> None:
    fake.script(wait(100))
    ask(chat)
    chat.get_by_role("button", name="Ask now").click()
    expect(answers(chat).last.locator(".body")).to_have_text(ANSWER)
    assert len(fake.posts) == 2


def test_a_long_wait_is_left_to_the_person(chat: Page, fake: FakeProvider) -> None:
    fake.script(wait(3600))
    ask(chat)
    expect(answers(chat).last.get_by_text("Slow down.")).to_be_visible()
    expect(no_more(chat)).to_be_hidden()


def test_the_countdown_is_accessible(chat: Page, fake: FakeProvider) -> None:
    fake.script(wait(100))
    ask(chat)
    expect(no_more(chat)).to_be_visible()
    assert flaws(chat) == []
