"""A portal for one browser test, and the addresses of its admin."""

from __future__ import annotations

import pytest

from tests.support.portal import Portal


@pytest.fixture
def running_portal(own_portal: Portal, expected: list[str]) -> Portal:
    """A portal for this test alone, which runs. The browser may report that it stops."""
    expected += ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket connection"]
    own_portal.start()
    return own_portal


def admin(portal: Portal, path: str) -> str:
    return f"{portal.url}/admin/registry/{path}"
