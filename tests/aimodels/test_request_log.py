"""LOG_FORMAT=json: a line for each request, with facts and without what was asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers.databases import SERVERS, rows
from tests.support.socket_client import SocketClient

SECRET = "a question about marzipan"


@pytest.fixture(params=SERVERS)
def logging_portal(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path / "json", request.param, LOG_FORMAT="json")
    portal.start()
    yield portal
    portal.stop()


def lines(portal: Portal) -> list[dict[str, Any]]:
    """Return the lines of requests. The portal has stopped, so that all are there."""
    portal.stop()
    text = portal.log.read_text().splitlines()
    every = [json.loads(line) for line in text if not line.startswith("Serving on")]  # on stdout
    return [line for line in every if line["logger"] == "core.logs.requests"]


def number_of(portal: Portal, name: str) -> int:
    return int(rows(portal, f"SELECT id FROM auth_user WHERE username = '{name}'")[0][0])


def test_every_request_is_a_line_with_its_facts(logging_portal: Portal) -> None:
    portal, path = logging_portal, "/v1/chat/completions"
    ann, olga = number_of(portal, "ann"), number_of(portal, "olga")
    portal.chat(SECRET, path=path, headers={"X-Request-ID": "mine"})
    portal.chat(SECRET, path=path, stream=True)
    portal.chat(SECRET, path=path, model="fake:nothing:here", who="olga")
    portal.post(path, {"messages": SECRET})
    portal.get("/v1/models", who="no-token")
    portal.sign_in("ann").get(f"{portal.url}/chat/conversations?q=marzipan", timeout=5)
    portal.get(f"/{SECRET}", who=None)
    portal.get("/sign-in/link", who=None)
    entries = {line["request"]: line for line in lines(portal)}
    assert len(entries["mine"]["time"]) == len("2026-01-01T00:00:00.000+00:00")
    facts = [(line["path"], line["person"], line["status"], line["outcome"]) for line in entries.values()]  # fmt: skip
    for expected in [
        (path, ann, 200, "ok"),
        (path, ann, 400, "invalid_request"),
        ("/v1/models", None, 401, "unauthenticated"),
        ("/chat/conversations", ann, 200, "ok"),
        ("other", None, 404, "not_found"),
        ("/sign-in/link", None, 200, "ok"),
    ]:
        assert expected in facts
    assert (path, olga) in {fact[:2] for fact in facts}
    mine = entries["mine"]
    assert (mine["model"], mine["method"]) == ("fake:talker", "POST")
    assert 0 < mine["provider_milliseconds"] <= mine["milliseconds"]
    assert "marzipan" not in portal.log.read_text()


def test_every_answer_on_a_socket_is_a_line(logging_portal: Portal) -> None:
    with SocketClient(logging_portal) as client:
        client.ask(SECRET)
        client.ask(SECRET, model="fake:nope:x")
    entries = [line for line in lines(logging_portal) if line["path"] == "/ws/chat/"]
    assert [line["outcome"] for line in entries] == ["ok", entries[1]["outcome"]]
    assert entries[0]["model"] == "fake:talker"
    assert entries[0]["person"]
    assert entries[0]["provider_milliseconds"]
    assert "marzipan" not in logging_portal.log.read_text()


def test_a_caller_who_leaves_is_a_line(logging_portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    logging_portal.chat(path="/v1/chat/completions", http_stream=True, stream=True).close()
    assert fake.posts[-1].peer_closed.wait(5)
    time.sleep(0.2)
    outcomes = [line["outcome"] for line in lines(logging_portal) if "completions" in line["path"]]
    assert outcomes == ["left"]
