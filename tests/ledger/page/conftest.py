"""Fixtures of the tests in a browser."""

from __future__ import annotations

from tests.registry.pages.browsing import running_portal
from tests.support.browser import browser, expected, page, portal

__all__ = ["browser", "expected", "page", "portal", "running_portal"]
