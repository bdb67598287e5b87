"""Fixtures of the tests in a browser."""

from __future__ import annotations

from tests.chat.page.chat_page import chat
from tests.support.browser import browser, expected, page, portal

__all__ = ["browser", "chat", "expected", "page", "portal"]
