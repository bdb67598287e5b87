"""The header of every page, and the theme, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ask_and_wait
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.portal import Portal

pytestmark = needs_chromium
DARK, LIGHT = "rgb(22, 24, 27)", "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    ("path", "title"), [("/", "Chat"), ("/workflow", "Ask your data"), ("/models", "Models")]
)
def test_the_current_page_is_marked(page: Page, portal: Portal, path: str, title: str) -> None:
    sign_in(page, portal)
    page.goto(portal.url + path)
    expect(page.locator("#menu [aria-current]")).to_have_text([title])
    expect(page).to_have_title(re.compile(" – AI models$"))


def test_the_tab_is_named_after_its_conversation_and_the_portal(chat: Page) -> None:
    ask_and_wait(chat, "What is a quay?")
    expect(chat).to_have_title("What is a quay? – AI models")


def test_the_first_tab_stop_skips_the_header(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_account_menu_opens_by_key_and_closes_by_escape(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    page.goto(f"{portal.url}/models")
    button = page.locator("#show-account")
    button.press("Enter")
    expect(page.get_by_role("link", name="Tokens")).to_be_visible()
    assert flaws(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Tokens")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_phone_has_one_menu_in_one_line(page: Page, portal: Portal) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, portal)
    header = page.locator(".site").bounding_box()
    assert header is not None
    assert header["height"] < 60
    expect(page.get_by_role("link", name="Models", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    for name in ("Models", "Tokens", "Admin"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign out olga")).to_be_visible()
    assert flaws(page) == []
    shot(page, "narrow-menu")


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_is_chosen_without_a_script(page: Page, portal: Portal, system: str) -> None:
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    sign_in(page, portal)
    for choice, expected in (("Dark", DARK), ("Light", LIGHT)):
        page.goto(f"{portal.url}/account")
        page.get_by_label(choice).check()
        page.get_by_label("Appearance").get_by_role("button", name="Save").click()
        expect(page.get_by_label(choice)).to_be_checked()
        page.goto(f"{portal.url}/models")
        assert ground(page) == expected
        assert flaws(page) == []


def test_what_can_be_done_with_a_message_is_quiet(chat: Page) -> None:
    ask_and_wait(chat, "One?")
    ask_and_wait(chat, "Two?")
    opacity = "element => getComputedStyle(element).opacity"
    first, last = (
        chat.locator(".assistant .actions").first,
        chat.locator(".assistant:visible .actions").last,
    )
    assert last.evaluate(opacity) == "1"
    chat.mouse.move(5, 300)
    chat.wait_for_timeout(300)
    assert first.evaluate(opacity) == "0"
    first.get_by_role("button", name="Copy", exact=True).focus()
    chat.wait_for_timeout(300)
    assert first.evaluate(opacity) == "1"


def test_the_reading_column_has_about_70_characters(chat: Page) -> None:
    chat.set_viewport_size({"width": 1440, "height": 900})
    width = chat.evaluate("document.querySelector('#messages').clientWidth")
    letters = "abcdefghijklmnopqrstuvwxyz " * 3
    line = chat.evaluate(
        """text => { const span = document.createElement("span"); span.textContent = text;
        span.style.position = "absolute"; span.style.whiteSpace = "nowrap";
        document.body.append(span); return span.getBoundingClientRect().width }""",
        letters,
    )
    assert 60 <= width / line * len(letters) <= 90


def test_the_keys_are_behind_a_button(chat: Page) -> None:
    keys = chat.locator("#keys")
    expect(keys).to_be_hidden()
    chat.get_by_role("button", name="Keys").click()
    expect(keys).to_contain_text("breaks the line")
    expect(keys).to_be_visible()
    assert flaws(chat) == []


def test_the_chat_page_stays_below_100_kb(page: Page, portal: Portal) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    sign_in(page, portal)
    page.wait_for_load_state("networkidle")
    assert 20_000 < sum(sizes) < 100_000
