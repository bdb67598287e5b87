"""Fixtures of the tests in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import send
from tests.support.browser import browser, expected, page, portal, sign_in
from tests.support.portal import Portal

__all__ = ["browser", "chat", "expected", "page", "portal", "seeing"]


@pytest.fixture
def chat(page: Page, portal: Portal) -> Page:
    """The chat page of a person who has signed in."""
    sign_in(page, portal)
    expect(send(page)).to_be_enabled()
    return page


@pytest.fixture
def seeing(page: Page, own_portal: Portal) -> Page:
    """The chat page of a portal on which The talker sees pictures, and has a window."""
    text = own_portal.models.read_text()
    talker = "talker: {capabilities: [chat], title: The talker"
    assert talker in text
    own_portal.models.write_text(
        text.replace(talker, "talker: {capabilities: [chat, vision], title: The talker")
    )
    own_portal.start()
    sign_in(page, own_portal)
    expect(send(page)).to_be_enabled()
    return page
