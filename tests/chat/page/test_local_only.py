"""A conversation that stays in the house: the page offers only local models, and says why."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask_and_wait, send
from tests.support.browser import flaws, needs_chromium, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

pytestmark = needs_chromium
MODELS = """
models:
  defaults: {chat: "cloud:a"}
  cloud:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {a: {capabilities: [chat], title: The cloud}, b: {capabilities: [chat]}}
  house:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    local: true
    registry: {h: {capabilities: [chat], title: The house}}
"""


def test_the_page_offers_only_local_models_and_says_so(
    page: Page, own_portal: Portal, fake: FakeProvider
) -> None:
    own_portal.models.write_text(MODELS)
    own_portal.start()
    sign_in(page, own_portal)
    expect(send(page)).to_be_enabled()
    mark = page.get_by_label("Stays in the house")
    mark.check()
    expect(
        page.get_by_text("2 models are not cleared for what stays in the house.")
    ).to_be_visible()
    expect(send(page)).to_be_disabled()
    assert page.locator("#model-chat option:enabled").all_inner_texts() == ["The house"]
    page.get_by_label("Model", exact=True).click()
    expect(page.get_by_role("option")).to_have_text(["The houseStays in the house"])
    expect(page.get_by_text("2 more may not get what stays in the house.")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#model-chat").select_option("house:h")
    assert flaws(page) == []
    ask_and_wait(page, "A secret")
    expect(mark).to_be_disabled()
    page.reload()
    expect(page.get_by_label("Stays in the house")).to_be_checked()
    ask_and_wait(page, "Another")
    expect(answers(page)).to_have_count(2)
    assert {post.body["model"] for post in fake.posts} == {"h"}
