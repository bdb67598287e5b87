"""The palette and the keys of all pages, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ask_and_wait
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium


def test_the_palette_goes_to_a_conversation_by_keys_alone(chat: Page) -> None:
    ask_and_wait(chat, "Where is the lighthouse keeper?")
    address = chat.url
    chat.goto(address.partition("/chat/")[0] + "/models")
    chat.keyboard.press("Control+k")
    box = chat.get_by_label("Go to a conversation")
    expect(box).to_be_focused()
    expect(chat.locator("#found")).to_contain_text("New conversation")
    box.fill("lighthouse")
    found = chat.locator("#found a", has_text="lighthouse keeper").first
    expect(found).to_be_visible()
    assert flaws(chat) == []
    shot(chat, "palette")
    chat.keyboard.press("ArrowDown")
    expect(found).to_be_focused()
    chat.keyboard.press("Enter")
    chat.wait_for_url(address)


def test_enter_opens_the_first_and_escape_closes(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.get_by_label("Go to a conversation").fill("toke")
    expect(page.locator("#found a")).to_have_text(["Tokens"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{portal.url}/tokens")


def test_models_are_found_by_title_and_id(page: Page, portal: Portal) -> None:
    sign_in(page, portal, "ann")
    found = page.request.get(f"{portal.url}/find?q=talk fake").text()
    assert "The talker (fake:talker)" in found
    assert "Admin" not in page.request.get(f"{portal.url}/find").text()


def test_a_question_mark_shows_the_keys_but_not_while_typing(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(portal.url)
    page.get_by_label("Your question").press("?")
    expect(page.get_by_label("Your question")).to_have_value("?")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_key_begins_a_new_conversation(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    page.keyboard.press("Control+Shift+O")
    page.wait_for_url(f"{portal.url}/")


@pytest.mark.parametrize(
    ("word", "address"),
    [("usage", "/usage"), ("docs", "/docs"), ("password", "/account/security")],
)
def test_a_page_is_found_by_its_name_in_the_menu(portal: Portal, word: str, address: str) -> None:
    found = portal.sign_in("ann").get(f"{portal.url}/find?q={word}").text
    assert f'href="{address}"' in found


def test_a_welcome_is_read_from_its_beginning(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(portal.url)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    log = page.locator("#log")
    log.evaluate("log => { log.lastElementChild.style.paddingBottom = '60rem'; }")
    page.set_viewport_size({"width": 1280, "height": 600})
    assert log.evaluate("log => log.scrollHeight > log.clientHeight")
    page.wait_for_timeout(200)  # it follows its end, if it does, as it is resized
    assert log.evaluate("log => log.scrollTop") == 0
