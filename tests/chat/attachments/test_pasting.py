"""What is pasted into the box of the chat page, in a real browser: text, or a chip."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.chat.attachments import made
from tests.chat.attachments.files_box import alert, chips, last, look_into, paste
from tests.chat.page.chat_page import ask_and_wait, box
from tests.support.browser import needs_chromium
from tests.support.fake_provider import FakeProvider

pytestmark = needs_chromium


def test_a_long_paste_becomes_a_chip_that_can_be_put_back(chat: Page, fake: FakeProvider) -> None:
    text = "A line of a letter.\n" * 110
    paste(chat, text)
    expect(chips(chat)).to_contain_text("Pasted text.txt")
    expect(box(chat)).to_have_value("")
    look_into(chat, "Pasted text.txt")
    chat.get_by_role("button", name="Put back as text").click()
    expect(box(chat)).to_have_value(text)
    expect(chips(chat)).to_have_count(0)
    box(chat).fill("")
    paste(chat, text)
    expect(chips(chat)).to_have_count(1)
    ask_and_wait(chat, "Shorter, please.")
    assert last(fake) == f'File: "Pasted text.txt"\n```\n{text}\n```\n\nShorter, please.'


def test_a_short_paste_stays_text(chat: Page) -> None:
    paste(chat, "a" * 2000)
    expect(box(chat)).to_have_value("a" * 2000)
    expect(chips(chat)).to_have_count(0)


def test_text_that_comes_with_a_picture_of_itself_is_pasted_as_text(chat: Page) -> None:
    paste(chat, "A1\tB1", ("image.png", "image/png", made.picture()))
    expect(box(chat)).to_have_value("A1\tB1")
    expect(chips(chat)).to_have_count(0)


def test_a_paste_is_not_lost_when_the_portal_refuses_it(chat: Page, expected: list[str]) -> None:
    expected += ["Failed to load", "ERR_"]
    chat.route("**/chat/attachments", lambda route: route.abort())
    paste(chat, "b" * 3000)
    expect(alert(chat)).to_contain_text("The text is in the box.")
    expect(box(chat)).to_have_value("b" * 3000)
