"""The list of models on the chat page: by keyboard, by search, and on a narrow screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chat.page.chat_page import ANSWER, answers, ask, send
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

pytestmark = needs_chromium
MODELS = """
models:
  defaults: {chat: "cloud:small"}
  cloud:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    data: Processed in the EU, kept 30 days.
    registry:
      small:
        capabilities: [chat]
        title: Small
        description: Quick, for short texts
        context_window: 8192
        price: {input: 0.5, output: 1.5}
      old: {capabilities: [chat], title: Old, deprecated: true, replacement: "cloud:small"}
  house:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    local: true
    registry: {home: {capabilities: [chat], title: Home}}
  keyless:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    api_key: ${NEVER_SET}
    registry: {silent: {capabilities: [chat], title: Silent}}
"""


@pytest.fixture
def chat(page: Page, module_portal: Portal, fake: FakeProvider) -> Page:
    sign_in(page, module_portal, "ann")
    expect(send(page)).to_be_enabled()
    return page


def picker(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Model")


def test_a_model_is_found_and_chosen_by_keyboard_alone(chat: Page, fake: FakeProvider) -> None:
    expect(picker(chat)).to_have_value("Small")
    picker(chat).focus()
    chat.keyboard.press("ArrowDown")
    expect(chat.get_by_role("option")).to_have_count(5)
    assert flaws(chat) == []
    picker(chat).press_sequentially("ho")
    expect(chat.get_by_role("option")).to_have_count(1)
    active = picker(chat).get_attribute("aria-activedescendant")
    assert chat.locator(f"#{active}").inner_text().startswith("Home")
    chat.keyboard.press("Enter")
    expect(picker(chat)).to_have_value("Home")
    expect(chat.get_by_role("listbox")).to_be_hidden()
    ask(chat)
    expect(answers(chat).locator(".body")).to_have_text([ANSWER])
    assert fake.posts[-1].body["model"] == "home"


def test_the_arrows_move_and_escape_leaves_the_choice(chat: Page) -> None:
    picker(chat).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        chat.keyboard.press(key)
    expect(chat.locator("[role=option].active")).to_have_count(1)
    chat.keyboard.press("Escape")
    expect(picker(chat)).to_have_value("Small")
    expect(picker(chat)).to_have_attribute("aria-expanded", "false")
    expect(picker(chat)).to_be_focused()


def test_the_page_says_what_the_model_is_and_where_the_text_goes(chat: Page) -> None:
    about = chat.locator("#model-about")
    expect(about).to_have_text(
        "Quick, for short texts · Goes to cloud: Processed in the EU, kept 30 days. · "
        "8,192 tokens · 0.5 in, 1.5 out per million tokens"
    )
    picker(chat).click()
    silent, old = (chat.get_by_role("option", name=name) for name in ("Silent", "Old"))
    expect(silent.locator(".state")).to_have_text("not set up")
    expect(old.locator(".state")).to_have_text("deprecated: use cloud:small")
    assert chat.get_by_role("option").last.inner_text().startswith("Silent")
    chat.get_by_role("option", name="Home").click()
    expect(about).to_have_text("Stays in the house")


def test_a_choice_that_outlived_its_default_is_pointed_out(
    chat: Page, module_portal: Portal
) -> None:
    picker(chat).click()
    chat.get_by_role("option", name="Old").click()
    notice = chat.get_by_text("The default is now")
    expect(notice).to_be_hidden()
    module_portal.models.write_text(MODELS.replace('chat: "cloud:small"', 'chat: "house:home"'))
    expect(notice).to_contain_text("The default is now Home.")
    chat.get_by_role("button", name="Use it").click()
    expect(notice).to_be_hidden()
    expect(picker(chat)).to_have_value("Home")
    module_portal.models.write_text(MODELS)
    expect(notice).to_contain_text("The default is now Small.")


def test_the_list_fits_a_narrow_screen(chat: Page) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    picker(chat).click()
    box = chat.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert box["y"] >= 0
    assert chat.evaluate("document.documentElement.scrollWidth") <= 320
    shot(chat, "picker-320")


def test_without_a_script_the_dropdown_is_there(page: Page, chat: Page) -> None:
    context = page.context.browser
    assert context is not None
    plain = context.new_context(java_script_enabled=False)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    tab = plain.new_page()
    tab.goto(page.url)
    expect(tab.get_by_label("Model", exact=True)).to_be_visible()
    expect(tab.get_by_label("Model", exact=True).locator("option")).to_have_count(5)
    plain.close()
