"""From an answer to its receipt, and back."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask_and_wait
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.portal import Portal

pytestmark = needs_chromium


def test_an_answer_leads_to_its_receipt_and_back(chat: Page, portal: Portal) -> None:
    ask_and_wait(chat)
    answer = answers(chat).first
    answer.get_by_text("Details", exact=True).click()
    link = answer.get_by_role("link", name="Receipt")
    address = f"{portal.url}{link.get_attribute('href')}"
    end = time.monotonic() + 30
    while not chat.request.get(address).ok:  # it is there about a second later
        assert time.monotonic() < end, address
        time.sleep(0.2)
    link.click()
    expect(chat.get_by_role("heading", name="Ask again")).to_be_visible()
    expect(chat.get_by_text("asks fake:talker the same question again")).to_be_visible()
    assert flaws(chat) == []
    shot(chat, "receipt")
    chat.get_by_role("link", name="Open the answer in its conversation").click()
    chat.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}#message-\d+$"))
    expect(answers(chat).first.get_by_role("button", name="Try again")).to_be_visible()
