"""Instructions on the pages: one's own, and those of a conversation."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ask_and_wait
from tests.support.browser import flaws, needs_chromium, open_account, shot
from tests.support.fake_provider import FakeProvider

pytestmark = needs_chromium


def test_ones_own_and_a_conversations_are_read_first(chat: Page, fake: FakeProvider) -> None:
    address = chat.url
    open_account(chat)
    chat.get_by_role("link", name="Instructions").click()
    box = chat.get_by_label("What every model should know or do")
    box.fill("I am Ann.")
    chat.get_by_role("button", name="Save").click()
    expect(chat.get_by_role("status")).to_have_text("Your instructions are saved.")
    assert flaws(chat) == []
    chat.goto(address)
    chat.locator("#instructions > summary").click()
    own = chat.get_by_label("What the model reads before this conversation")
    own.fill("Speak German.")
    assert flaws(chat) == []
    shot(chat, "chat-instructions")
    ask_and_wait(chat)
    first = {"role": "system", "content": "I am Ann.\n\nSpeak German."}
    assert fake.posts[-1].body["messages"][0] == first
    chat.reload()
    expect(own).to_have_value("Speak German.")
    own.fill("")
    ask_and_wait(chat)
    assert fake.posts[-1].body["messages"][0]["content"] == "I am Ann."
    chat.goto(f"{address}account/instructions")
    box.fill("")
    chat.get_by_role("button", name="Save").click()
    expect(chat.get_by_role("status")).to_have_text("Deleted.")
