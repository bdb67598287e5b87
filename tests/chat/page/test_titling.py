"""A title that a model gives, on the chat page."""

from __future__ import annotations

import threading

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import ask_and_wait
from tests.support.browser import needs_chromium, sign_in
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, completion, http, openai_stream


@needs_chromium
def test_a_title_that_a_model_gives_is_shown_at_once(
    page: Page, own_portal: Portal, fake: FakeProvider
) -> None:
    text = own_portal.models.read_text()
    own_portal.models.write_text(
        text.replace("defaults:\n", 'defaults:\n    title: "fake:talker"\n')
    )
    own_portal.start()
    sign_in(page, own_portal)
    asked = threading.Event()
    fake.script(SSE_HEAD + openai_stream("They have stripes."), KEEP)
    fake.script(asked, http(200, completion("Stripes")), KEEP)
    ask_and_wait(page, "What are zebras?")
    expect(page.locator("#title")).to_have_text("What are zebras?")
    asked.set()
    expect(page.locator("#title")).to_have_text("Stripes")
    expect(page.get_by_role("link", name="Stripes")).to_be_visible()
