"""A temporary conversation on the chat page, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ANSWER, HALF, answers, ask, box, send
from tests.support.browser import flaws, needs_chromium, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, openai_stream
from tests.support.servers.databases import rows

pytestmark = needs_chromium


@pytest.fixture
def temporary(page: Page, portal: Portal) -> Page:
    sign_in(page, portal)
    page.get_by_role("link", name="Temporary conversation").click()
    expect(send(page)).to_be_enabled()
    return page


def ask_and_wait(page: Page, text: str) -> None:
    before = answers(page).count()
    ask(page, text)
    expect(answers(page)).to_have_count(before + 1)
    expect(answers(page).last.locator(".facts")).to_contain_text("the default")  # rendered
    expect(send(page)).to_be_visible()


def count(portal: Portal) -> int:
    return len(rows(portal, "SELECT 1 FROM chat_message"))


def test_it_goes_on_and_stores_nothing(temporary: Page, portal: Portal, fake: FakeProvider) -> None:
    before = count(portal)
    expect(temporary.get_by_text("the portal does not store it")).to_be_visible()
    ask_and_wait(temporary, "Hello?")
    expect(answers(temporary).first.locator(".body")).to_have_text(ANSWER)
    fake.script(SSE_HEAD + openai_stream("Some **bold** text"))
    ask_and_wait(temporary, "And then?")
    expect(answers(temporary).last.locator("strong")).to_have_text("bold")
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == [
        "Hello?",
        ANSWER,
        "And then?",
    ]
    assert temporary.url.endswith("/chat/temporary")
    assert count(portal) == before
    assert temporary.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft'))") == []  # fmt: skip
    expect(temporary.get_by_role("button", name="Good answer")).to_have_count(0)
    assert flaws(temporary) == []
    temporary.reload()
    expect(answers(temporary)).to_have_count(0)


def test_an_answer_can_be_retried_and_a_question_edited(
    temporary: Page, fake: FakeProvider
) -> None:
    ask_and_wait(temporary, "Hello?")
    fake.script(SSE_HEAD + openai_stream("Another one"))
    answers(temporary).first.get_by_role("button", name="Try again").click()
    expect(answers(temporary).last.locator(".body")).to_have_text("Another one")
    expect(answers(temporary)).to_have_count(1)
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["Hello?"]
    temporary.get_by_role("button", name="Edit").click()
    fake.script(SSE_HEAD + openai_stream("A third"))
    box(temporary).fill("Goodbye?")
    box(temporary).press("Enter")
    expect(answers(temporary).last.locator(".body")).to_have_text("A third")
    expect(answers(temporary)).to_have_count(1)
    assert [m["content"] for m in fake.posts[-1].body["messages"]] == ["Goodbye?"]


def test_a_stopped_answer_says_so(temporary: Page, fake: FakeProvider) -> None:
    fake.script(*HALF)
    ask(temporary)
    expect(answers(temporary)).to_contain_text("Half an answer")
    temporary.get_by_role("button", name="Stop").click()
    expect(answers(temporary).locator(".note")).to_contain_text("Stopped by you after 3 words.")
