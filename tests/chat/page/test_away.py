"""Answers that go on while their page is left, in a real browser."""

from __future__ import annotations

import re
import threading

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask, box, send
from tests.support.browser import flaws, needs_chromium, shot
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event

pytestmark = needs_chromium
END = event(chunk(finish="stop")) + b"data: [DONE]\n\n"
REST = "an **answer**\n\nwith two paragraphs."


def begin(page: Page, fake: FakeProvider) -> threading.Event:
    """Ask, and wait for the first half; return the event that lets the answer go on."""
    gate = threading.Event()
    fake.script(SSE_HEAD + event(chunk("Half ")), gate, event(chunk(REST)) + END)
    ask(page, "About ships")
    expect(answers(page).last.locator(".body")).to_have_text("Half")
    return gate


def test_a_reload_shows_the_answer_so_far_and_then_the_rest(chat: Page, fake: FakeProvider) -> None:
    gate = begin(chat, fake)
    chat.reload()
    expect(answers(chat).last.locator(".body")).to_have_text("Half")
    expect(chat.locator("#stop")).to_be_visible()
    gate.set()
    expect(answers(chat).last.locator("strong")).to_have_text("answer")
    expect(answers(chat).last).to_have_attribute("data-state", "complete")
    expect(answers(chat)).to_have_count(1)
    expect(send(chat)).to_be_visible()
    box(chat).fill("More?")
    box(chat).press("Enter")
    expect(answers(chat)).to_have_count(2)


def test_stop_works_after_a_reload(chat: Page, fake: FakeProvider) -> None:
    begin(chat, fake)
    chat.reload()
    chat.locator("#stop").click()
    assert fake.posts[-1].peer_closed.wait(3)
    expect(chat.get_by_text("Stopped by you after 1 word.")).to_be_visible()
    expect(send(chat)).to_be_visible()


def test_the_list_and_the_title_show_when_an_answer_is_done(chat: Page, fake: FakeProvider) -> None:
    gate = begin(chat, fake)
    chat.get_by_role("link", name="New conversation").click()
    entry = chat.locator(".conversation").first
    expect(entry.get_by_role("img", name="is being answered")).to_be_visible()
    gate.set()
    expect(entry.get_by_role("img", name="has a new answer")).to_be_visible()
    expect(chat).to_have_title(re.compile("^● "))
    assert flaws(chat) == []
    shot(chat, "chat-new-answer")
    entry.get_by_role("link").click()
    expect(answers(chat).last.locator("strong")).to_have_text("answer")
    expect(chat).to_have_title(re.compile("About ships"))
    expect(entry.locator(".mark")).to_have_count(0)


KEEP_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...parameters) { super(...parameters); sockets.push(this); }
};
"""


def test_a_lost_connection_does_not_end_the_answer(chat: Page, fake: FakeProvider) -> None:
    chat.add_init_script(KEEP_SOCKETS)
    chat.reload()
    gate = begin(chat, fake)
    chat.evaluate("sockets.forEach((socket) => socket.close())")
    expect(chat.get_by_role("status")).to_contain_text("No connection")
    expect(chat.locator("#stop")).to_be_visible()
    gate.set()
    expect(answers(chat).last.locator("strong")).to_have_text("answer")


def test_a_temporary_answer_ends_with_its_page(
    chat: Page, portal: Portal, fake: FakeProvider
) -> None:
    chat.goto(f"{portal.url}/chat/temporary")
    fake.script(SSE_HEAD + event(chunk("Half ")), HANG)
    ask(chat)
    expect(answers(chat).last.locator(".body")).to_have_text("Half")
    chat.reload()
    assert fake.posts[-1].peer_closed.wait(1)
