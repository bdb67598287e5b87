"""A model that does not answer, on the chat page: others answer, are offered, or it is asked again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ANSWER, answers, ask, send
from tests.support.browser import flaws, needs_chromium, shot, sign_in
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http

pytestmark = needs_chromium
MODELS = """
models:
  defaults: {chat: "first:a"}
  fallbacks: {chat: ["second:b"]}
  first:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {a: {capabilities: [chat], title: The first}}
  second:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {b: {capabilities: [chat], title: The second}}
"""
BROKEN = http(500, {"error": {"message": "Oh."}})


@pytest.fixture
def chat(page: Page, own_portal: Portal) -> Page:
    own_portal.models.write_text(MODELS)
    own_portal.start()
    sign_in(page, own_portal)
    expect(send(page)).to_be_enabled()
    return page


def test_the_page_says_which_other_model_answered_and_offers_it_for_a_choice(
    chat: Page, fake: FakeProvider
) -> None:
    fake.script(BROKEN, KEEP)
    ask(chat)
    expect(answers(chat).locator(".body")).to_have_text([ANSWER])
    expect(answers(chat).locator("h2")).to_have_text(["The second"])
    facts = answers(chat).locator(".facts")
    expect(facts).to_contain_text(["second:b (instead of first:a: provider_error)"])
    chat.locator("#model-chat").select_option("first:a")
    fake.script(BROKEN, KEEP)
    ask(chat)
    offer = chat.get_by_role("button", name="Try with The second")
    expect(offer).to_be_visible()
    assert flaws(chat) == []
    shot(chat, "chat-offer")
    offer.click()
    expect(answers(chat).locator(".body")).to_have_text([ANSWER, ANSWER])
    assert fake.posts[-1].body["model"] == "b"
