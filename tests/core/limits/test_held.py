"""Bytes that one person's requests and unread answers hold, on both servers."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.conftest import copy_of
from tests.core.limits.test_over_http import SLOW, check_limited, started
from tests.support import raw_caller
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import chunk, completion, http
from tests.support.servers import databases
from tests.support.servers.cluster import until

WHOLE = http(200, {**chunk(), "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x" * 20_000_000}}]})  # fmt: skip
logger = logging.getLogger(__name__)
on_both_servers = pytest.mark.parametrize("server", databases.SERVERS)


@on_both_servers
def test_one_persons_bytes_under_way_are_limited(
    own_portal: Portal, fake: FakeProvider, server: str
) -> None:
    portal = started(own_portal, server, BYTES_PER_PERSON="1000000", WHOLE_ANSWER_TIMEOUT="30")
    go = threading.Event()
    large = [{"role": "user", "content": "x" * 600_000}]
    fake.script(go, http(200, completion()))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(portal.chat, messages=large)
        fake.wait_for_post()
        check_limited(portal.chat(messages=large), "over 1000000 bytes")
        assert portal.chat().status_code == 200
        assert portal.chat(messages=large, who="olga").status_code == 200
        go.set()
        assert first.result().status_code == 200
    assert portal.chat(messages=large).status_code == 200


@on_both_servers
def test_one_large_request_is_allowed_alone(own_portal: Portal, server: str) -> None:
    portal = started(own_portal, server, BYTES_PER_PERSON="100000")
    assert portal.chat(messages=[{"role": "user", "content": "x" * 600_000}]).status_code == 200


LARGE = """
from django.contrib.auth.models import User
from chat.models import Conversation, Message
row = Conversation.objects.create(user=User.objects.get(username="ann"), title="large")
Message.objects.create(conversation=row, role="user", content="x" * 20_000_000)
print(row.pk)
"""


@on_both_servers
def test_unread_pages_are_counted(own_portal: Portal, server: str) -> None:
    portal = started(own_portal, server, BYTES_PER_PERSON="1000000", READER_SECONDS="60")
    assert portal.get("/v1/ai/models").status_code == 200  # her token is known from now on
    key = portal.manage("shell", "-c", LARGE).stdout.split()[-1]
    path, cookie = f"/chat/{key}.md", f"sessionid={portal.session_key('ann')}"
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
    with raw_caller.connect(portal) as reader:
        reader.sendall(request.encode())
        assert reader.recv(12)[-3:] == b"200"
        refused = requests.get(portal.url + path, headers={"Cookie": cookie}, timeout=20)
        assert refused.status_code == 429
        assert "over 1000000 bytes" in refused.text
        assert portal.get("/v1/ai/models").status_code == 429
        assert portal.get("/v1/ai/models", who="olga").status_code == 200
    until(lambda: portal.get("/v1/ai/models").status_code == 200)


def test_bodies_that_arrive_for_pages_are_counted(own_portal: Portal) -> None:
    portal = started(own_portal, "uvicorn", BYTES_PER_PERSON="1000000", BODY_SECONDS="60")
    head = b"POST /sign-out HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 700000\r\n\r\n"
    with raw_caller.connect(portal) as first:
        first.sendall(head + b"x" * 699_000)
        time.sleep(0.3)
        assert one(portal, head + b"x" * 699_000) == b"429"
        first.sendall(b"x" * 1000)
        assert first.recv(12)[-3:] != b"429"


@pytest.mark.long
@on_both_servers
def test_ten_unread_answers_hold_what_one_person_may(
    portal_files: Portal, tmp_path: Path, fake: FakeProvider, server: str
) -> None:
    portal = copy_of(portal_files, tmp_path / "unread", server, **SLOW, READER_SECONDS="60")
    portal.start()
    portal.chat()
    before = portal.memory()
    with ExitStack() as callers:
        for number in range(10):
            fake.script(WHOLE)
            callers.enter_context(raw_caller.ask(portal))
            fake.wait_for_post(count=number + 2)
            time.sleep(0.3)
        time.sleep(2)
        held = (portal.memory() - before) / 1e6
        logger.info("%s: ten unread answers of 20 MB hold %.0f MB", server, held)
        assert held < 200
        assert portal.chat(who="olga").status_code == 200
    portal.stop()


@pytest.mark.long
@on_both_servers
def test_sixteen_bodies_of_empty_lists_are_refused(
    own_portal: Portal, fake: FakeProvider, server: str
) -> None:
    portal = started(own_portal, server)
    before = portal.memory()
    body = b'{"messages":[{"role":"user","content":"Hi"}],"x":[' + b"[]," * 2_600_000 + b"[]]}"
    head, waits = raw_caller.head(portal, len(body)), []
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(one, portal, head + body) for _ in range(16)]
        while not all(answer.done() for answer in asked):
            began = time.monotonic()
            assert portal.chat(who="olga").status_code == 200
            waits.append(time.monotonic() - began)
    held = (portal.memory() - before) / 1e6
    logger.info("%s: bodies leave %.0f MB, another waits %.2f s", server, held, max(waits))
    statuses = {answer.result() for answer in asked}
    assert statuses <= {b"413", b"429"}, statuses
    assert held < 300


def one(portal: Portal, request: bytes) -> bytes:
    """Send a request and return the status of its answer."""
    with raw_caller.connect(portal, 60) as link:
        try:
            link.sendall(request)
            return link.recv(12)[-3:]
        except ConnectionError:
            return b"429"  # it was refused before all was sent
