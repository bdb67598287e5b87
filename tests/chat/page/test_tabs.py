"""The list of conversations, other tabs, and broken connections, in a real browser."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import (
    ANSWER,
    HALF,
    answers,
    ask,
    ask_and_wait,
    box,
    send,
    status,
)
from tests.support.browser import (
    listen,
    needs_chromium,
    shot,
    sign_in,
    sign_out,
)
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, WORDS, openai_stream

pytestmark = needs_chromium


# ── The list of conversations ───────────────────────────────────────────────────────────────


def test_conversations_are_searched_renamed_exported_and_deleted(chat: Page) -> None:
    ask_and_wait(chat, "About zebras")
    chat.get_by_role("link", name="New conversation").click()
    expect(send(chat)).to_be_enabled()
    ask_and_wait(chat, "About yaks")
    items = chat.locator("#conversations a")
    expect(items.filter(has_text="About yaks")).to_have_attribute("aria-current", "page")
    chat.get_by_label("Search conversations").fill("zebra")
    expect(chat.locator(".conversation > a")).to_have_text(["About zebras"])
    expect(chat.get_by_label("Search conversations")).to_be_focused()
    menu = chat.get_by_label("More about About zebras")
    menu.click()
    shot(chat, "chat-menu")
    with chat.expect_download() as download:
        chat.get_by_role("link", name="Export as Markdown").click()
    assert download.value.suggested_filename.startswith("about-zebras-")
    chat.get_by_role("button", name="Rename").click()
    title = chat.get_by_label("New title")
    expect(title).to_be_focused()
    title.fill("All about zebras")
    title.press("Enter")
    expect(chat.locator("#title")).to_have_text("About yaks")
    expect(chat.get_by_role("link", name="All about zebras")).to_be_visible()
    expect(chat.get_by_role("link", name="All about zebras")).to_be_focused()
    chat.on("dialog", lambda dialog: dialog.accept())
    chat.get_by_label("More about All about zebras").click()
    chat.get_by_role("button", name="Delete").click()
    expect(chat.get_by_role("link", name="All about zebras")).to_have_count(0)
    assert re.search(r"/chat/[0-9a-f-]{36}$", chat.url), "another one is open"
    chat.get_by_label("Search conversations").fill("")
    chat.get_by_label("More about About yaks").click()
    chat.get_by_role("button", name="Delete").click()
    chat.wait_for_url(re.compile(r"/$"))


def test_a_menu_is_closed_by_escape(chat: Page) -> None:
    ask_and_wait(chat, "About menus")
    menu = chat.get_by_label("More about About menus").first
    menu.press("Enter")
    expect(chat.get_by_role("button", name="Rename").first).to_be_visible()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("button", name="Rename").first).to_be_hidden()
    expect(menu).to_be_focused()


# ── Other users, other tabs ────────────────────────────────────────────────────────────────


def test_a_second_user_cannot_see_the_conversation(
    chat: Page, portal: Portal, browser: Any
) -> None:
    ask_and_wait(chat, "My secret question")
    address = chat.url
    other_tab = browser.new_page()
    listen(other_tab)
    sign_in(other_tab, portal, "ann")
    assert "My secret question" not in other_tab.content()
    assert other_tab.goto(address).status == 404
    expect(other_tab.get_by_role("heading", name="There is nothing here")).to_be_visible()
    other_tab.close()


def test_two_tabs_answer_at_once(chat: Page, portal: Portal, fake: FakeProvider) -> None:
    for _ in range(2):
        fake.script(SSE_HEAD, 0.5, openai_stream(*WORDS))
    other_tab = chat.context.new_page()
    other_tab.goto(portal.url)
    expect(send(other_tab)).to_be_enabled()
    ask(chat, "One?")
    ask(other_tab, "Two?")
    for tab in (chat, other_tab):
        expect(answers(tab).locator(".body")).to_have_text([ANSWER])
    other_tab.close()


def test_an_answer_in_another_tab_is_shown_as_it_arrives(chat: Page, fake: FakeProvider) -> None:
    fake.script(*HALF)
    ask(chat)
    expect(answers(chat).first.locator(".body")).to_have_text("Half an answer")
    other_tab = chat.context.new_page()
    other_tab.goto(chat.url)
    expect(answers(other_tab).first.locator(".body")).to_have_text("Half an answer")
    chat.keyboard.press("Escape")
    expect(other_tab.get_by_text("Stopped by you after 3 words.")).to_be_visible()
    other_tab.close()


def test_a_second_tab_shows_what_the_first_one_asks(chat: Page, fake: FakeProvider) -> None:
    ask_and_wait(chat, "One?")
    other_tab = chat.context.new_page()
    errors = listen(other_tab)
    other_tab.goto(chat.url)
    expect(send(other_tab)).to_be_enabled()
    fake.script(*HALF)
    ask(chat, "Two?")
    expect(answers(other_tab).last.locator(".body")).to_have_text("Half an answer")
    expect(other_tab.locator("#messages > .user .body")).to_have_text(["One?", "Two?"])
    other_tab.locator("#stop").click()
    expect(chat.get_by_text("Stopped by you after 3 words.")).to_be_visible()
    expect(send(other_tab)).to_be_visible()
    ask_and_wait(other_tab, "Three?")
    expect(chat.locator("#messages > .user .body")).to_have_text(["One?", "Two?", "Three?"])
    expect(answers(chat).last.locator(".body")).to_have_text(ANSWER)
    assert errors == []
    other_tab.close()


MANY = """
from django.contrib.auth.models import User
from chat.models import Conversation
row = Conversation.objects.create(user=User.objects.get(username="olga"), title="Long")
for number in range(130):
    row.messages.create(role="user", content=f"Line {number}\\n\\n\\nof three")
print(row.pk)
"""


def test_earlier_messages_leave_the_reader_in_place(chat: Page, portal: Portal) -> None:
    key = portal.manage("shell", "-c", MANY).stdout.split()[-1]
    chat.goto(f"{portal.url}/chat/{key}")
    link = chat.get_by_role("link", name="Show 30 earlier messages")
    link.scroll_into_view_if_needed()
    line = chat.get_by_text("Line 30", exact=False)
    before = line.bounding_box()
    link.click()
    expect(chat.locator("#messages > .user")).to_have_count(130)
    expect(link).to_have_count(0)
    after = line.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 60, "but for the line of the link itself"


# ── Connections that break ──────────────────────────────────────────────────────────────────


def test_the_page_reconnects_after_a_restart(
    page: Page, running_portal: Portal, fake: FakeProvider, expected: list[str]
) -> None:
    expected += ["WebSocket", "ERR_CONNECTION_REFUSED", "Failed to load resource"]
    sign_in(page, running_portal)
    fake.script(*HALF)
    ask(page)
    expect(answers(page).first.locator(".body")).to_have_text("Half an answer")
    box(page).fill("My next question")
    assert running_portal.process is not None
    running_portal.process.kill()
    running_portal.process.wait()
    expect(page.get_by_text("Connection lost after 3 words.")).to_be_visible()
    expect(status(page)).to_contain_text("No connection to the portal. Trying again")
    expect(send(page)).to_be_disabled()
    shot(page, "chat-lost")
    running_portal.start()
    expect(send(page)).to_be_enabled()
    expect(page.get_by_text("Broken off after")).to_be_visible()
    expect(box(page)).to_have_value("My next question")
    box(page).press("Enter")
    expect(answers(page).last.locator(".body")).to_have_text(ANSWER)


def test_a_user_signed_out_elsewhere_sees_it_and_keeps_the_draft(
    page: Page, running_portal: Portal, expected: list[str]
) -> None:
    expected += ["WebSocket", "401", "503", "ERR_CONNECTION_REFUSED"]
    sign_in(page, running_portal, fresh=True)
    expect(send(page)).to_be_enabled()
    box(page).fill("A long thought")
    other_tab = page.context.new_page()
    other_tab.goto(f"{running_portal.url}/models")
    sign_out(other_tab)
    other_tab.wait_for_url("**/sign-in")
    other_tab.close()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("You are signed out")
    expect(box(page)).to_have_value("A long thought")
    shot(page, "chat-signed-out")
    alert.get_by_role("link", name="Sign in again").click()
    assert "/sign-in?next=" in page.url
    sign_in(page, running_portal)
    expect(box(page)).to_have_value("A long thought")
