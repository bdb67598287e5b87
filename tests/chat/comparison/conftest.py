"""Fixtures of the tests of comparisons."""

from __future__ import annotations

from tests.chat.conversation_setup import _registry, ann
from tests.support.browser import browser, expected, page, portal

__all__ = ["_registry", "ann", "browser", "expected", "page", "portal"]
