"""The chat page while the database does not answer."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import HALF, answers, ask, send
from tests.chat.stored_answers import wait_for_state
from tests.support.browser import needs_chromium, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.servers.databases import locked

KEPT = "The answer is kept; the database does not answer."


@needs_chromium
def test_the_page_says_that_an_answer_is_kept(
    page: Page, own_portal: Portal, fake: FakeProvider
) -> None:
    own_portal.variables |= {**LONG_TIMEOUTS, "DATABASE_TIMEOUT": "1", "READER_SECONDS": "30"}
    own_portal.start()
    sign_in(page, own_portal)
    expect(send(page)).to_be_enabled()
    fake.script(*HALF)
    ask(page)
    expect(answers(page)).to_contain_text("Half an answer")
    with locked(own_portal):
        page.get_by_role("button", name="Stop").click()
        expect(answers(page)).to_contain_text(KEPT)
        expect(answers(page)).to_contain_text("Half an answer")
    wait_for_state(own_portal, "stopped", 15)
    page.reload()
    expect(answers(page)).to_contain_text("Half an answer")
    expect(page.get_by_text(KEPT)).to_have_count(0)
