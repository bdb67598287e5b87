"""Agents of people, who call the portal with the `mcp` package's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp_types import TextContent

from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.servers import databases
from tests.workflow.portal import workflow_portal

TOKENS = """
from django.contrib.auth.models import Group, User
from accounts.models import ApiToken
carl = User.objects.create_user("carl")  # who may see, and not run
carl.groups.add(Group.objects.get(name="analysts"))
for name in ("ann", "olga", "carl"):
    print(f"{name}+sql", ApiToken.make(User.objects.get(username=name), "agent"))
print("ann+chat", ApiToken.make(User.objects.get(username="ann"), "agent", "chat"))
"""
VERSIONS = ("legacy", "auto")  # with a handshake, and without: 2025-11-25 and 2026-07-28


@pytest.fixture(scope="module")
def _agents(
    portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Portal]]:
    """Portals whose tokens `ann+sql`, `olga+sql` and `carl+sql` have the scope use; `ann+chat` has not."""
    running = {}
    for server in databases.SERVERS:
        portal = workflow_portal(
            portal_files, tmp_path_factory.mktemp(f"mcp-{server}"), server, **LONG_TIMEOUTS
        )
        lines = portal.manage("shell", "-v0", "-c", TOKENS).stdout.split()
        made = dict(zip(lines[::2], lines[1::2], strict=True))
        portal.tokens = {**portal.tokens, **made}
        running[server] = portal
    yield running
    for portal in running.values():
        portal.stop()
        log = portal.log.read_text()
        assert "Traceback" not in log, log
        assert not any(token in log for token in portal.tokens.values())


@pytest.fixture(params=databases.SERVERS)
def agents(
    request: pytest.FixtureRequest, _agents: dict[str, Portal], fake: FakeProvider
) -> Portal:
    """The portal on each server; `fake` is the provider of its models."""
    return _agents[request.param]


@asynccontextmanager
async def agent(portal: Portal, who: str = "ann+sql", mode: str = "auto") -> AsyncIterator[Client]:
    """Connect as the agent of a person, who is named by a token."""
    headers = {"Authorization": f"Bearer {portal.tokens[who]}"}
    async with (
        create_mcp_http_client(headers=headers) as http,
        Client(streamable_http_client(f"{portal.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def call(portal: Portal, tool: str, who: str = "ann+sql", **arguments: Any) -> dict[str, Any]:
    """Return what a tool answers. It must not fail."""
    async with agent(portal, who) as client:
        result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    return dict(result.structured_content)


async def failure(
    portal: Portal, tool: str, who: str = "ann+sql", **arguments: Any
) -> dict[str, Any]:
    """Return the error that a tool answers."""
    async with agent(portal, who) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error, result
    error = dict(result.structured_content["error"])
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert text.text == f"{error['code']}: {error['message']}"
    return error
