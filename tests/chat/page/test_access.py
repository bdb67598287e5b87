"""Accessibility of the chat page: colours, narrow screens, keyboard, size, layout shifts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ANSWER, answers, ask_and_wait, box
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import http, openai_stream

pytestmark = needs_chromium


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_can_be_read_in_light_and_dark(
    chat: Page, fake: FakeProvider, scheme: str
) -> None:
    chat.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    code = "# Title\n\n```python\ndef f(x):  # note\n    return 'a' + 1\n```\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    fake.script(http(200, openai_stream(code), "text/event-stream"))
    ask_and_wait(chat)
    assert flaws(chat) == []
    shot(chat, f"chat-{scheme}")


def test_the_page_works_on_a_narrow_screen(chat: Page, fake: FakeProvider) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    wide = "```\n" + "x" * 400 + "\n```\n\n" + "y" * 300 + "\n\n|" + "a|" * 30 + "\n|" + "-|" * 30
    fake.script(http(200, openai_stream(wide), "text/event-stream"))
    ask_and_wait(chat)
    assert chat.evaluate("document.documentElement.scrollWidth") <= 320
    shot(chat, "chat-narrow")
    opener = chat.get_by_role("button", name="Conversations")
    opener.click()
    expect(chat.get_by_role("link", name="New conversation")).to_be_visible()
    assert flaws(chat) == []
    shot(chat, "chat-narrow-list")
    opener.click()
    expect(chat.get_by_role("link", name="New conversation")).to_be_hidden()
    opener.click()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("link", name="New conversation")).to_be_hidden()
    expect(opener).to_be_focused()
    chat.set_viewport_size({"width": 320, "height": 256})  # 1280 × 1024, enlarged four times
    expect(answers(chat).first).to_be_visible()
    shot(chat, "chat-enlarged")


def test_the_page_works_by_keyboard_alone(chat: Page, fake: FakeProvider) -> None:
    expect(box(chat)).to_be_focused()
    chat.keyboard.type("Hello?")
    chat.keyboard.press("Enter")
    expect(answers(chat).locator(".body")).to_have_text([ANSWER])
    expect(answers(chat).locator(".facts")).to_contain_text("in all")
    for _ in range(40):
        chat.keyboard.press("Shift+Tab")
        if chat.evaluate("document.activeElement.dataset.do") == "retry":
            break
    chat.keyboard.press("Enter")
    expect(chat.get_by_role("group", name="Versions of this answer")).to_contain_text("2/2")


def test_the_page_is_small(chat: Page) -> None:
    sizes = chat.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".map(entry => entry.transferSize)"
    )
    assert 0 < sum(sizes) < 100_000


def test_nothing_moves_while_the_page_loads(chat: Page) -> None:
    shifts = """
        () => new Promise(done => {
            const observer = new PerformanceObserver(list => done(sum(list.getEntries())));
            const sum = entries => entries.reduce((total, shift) => total + shift.value, 0);
            observer.observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(0), 500);
        })
    """
    chat.reload()
    expect(box(chat)).to_be_focused()
    assert chat.evaluate(shifts) < 0.01, "the Cumulative Layout Shift: below 0.1 is rated good"
