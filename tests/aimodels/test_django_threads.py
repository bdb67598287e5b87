"""Pages wait in turn for a bounded number of threads and connections."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from scripts.with_postgres import postgres
from tests.conftest import copy_of
from tests.core.test_rules import check_error
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.programs import needs
from tests.support.servers.databases import rows

PAGE = {"Accept": "text/html"}


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(100) as pool:
        yield pool


@pytest.fixture
def narrow(own_portal: Portal) -> Portal:
    """A portal that serves one page at a time."""
    own_portal.variables |= {"DJANGO_CONCURRENCY": "1", "RATE_LIMIT_PER_MINUTE": "0"}
    own_portal.start()
    return own_portal


def page(portal: Portal, user: str, path: str = "/models", seconds: float = 60) -> requests.Response:  # fmt: skip
    cookies = {"sessionid": portal.session_key(user)} if user else {}
    return requests.get(portal.url + path, headers=PAGE, cookies=cookies, timeout=seconds)


def flood(portal: Portal, pool: ThreadPoolExecutor, user: str, number: int) -> list[Future[requests.Response]]:  # fmt: skip
    return [pool.submit(page, portal, user) for _ in range(number)]


def test_many_pages_of_one_person_delay_another_by_one(narrow: Portal, pool: ThreadPoolExecutor):
    for user in ("ann", "olga"):  # their tokens and sessions are known from now on
        assert narrow.get("/v1/ai/models", who=user).status_code == 200
    many = [pool.submit(narrow.get, "/v1/ai/models", who="ann") for _ in range(90)]
    time.sleep(0.2)
    before = sum(future.done() for future in many)
    assert narrow.get("/v1/ai/models", who="olga").status_code == 200
    after = sum(future.done() for future in many)
    assert {future.result().status_code for future in many} == {200}
    assert after - before < 30


def test_pages_that_wait_too_long_are_refused_as_pages(own_portal: Portal, pool: ThreadPoolExecutor):  # fmt: skip
    own_portal.variables |= {"DJANGO_CONCURRENCY": "1", "DJANGO_WAIT_SECONDS": "0.02"}
    own_portal.start()
    programs = [pool.submit(own_portal.get, "/v1/ai/models") for _ in range(40)]
    answers = [future.result() for future in flood(own_portal, pool, "olga", 40)]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert "<h1>Too many requests</h1>" in refused[0].text
    assert refused[0].headers["Content-Type"] == "text/html; charset=utf-8"
    assert int(refused[0].headers["Retry-After"]) >= 1
    of_programs = [f.result() for f in programs if f.result().status_code == 503]
    check_error(of_programs[0], 503, "overloaded")


def test_health_and_static_files_do_not_wait_behind_pages(narrow: Portal, pool: ThreadPoolExecutor):  # fmt: skip
    many = flood(narrow, pool, "ann", 60)
    time.sleep(0.2)
    for path in ("/healthz", "/readyz", "/static/portal/portal.css"):
        assert page(narrow, "", path).status_code == 200
    assert not all(future.done() for future in many)
    assert {future.result().status_code for future in many} == {200}


def test_a_body_that_drips_holds_no_place(narrow: Portal):
    with socket.create_connection(("127.0.0.1", narrow.port)) as link:
        link.sendall(b"POST /sign-out HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nhalf")
        time.sleep(0.2)
        assert page(narrow, "ann", seconds=5).status_code == 200


def test_who_leaves_the_queue_leaves_no_trace(narrow: Portal, pool: ThreadPoolExecutor):
    many = [pool.submit(page, narrow, "ann", "/models", 0.3) for _ in range(60)]
    assert any(isinstance(future.exception(), requests.Timeout) for future in many)
    for user in ("ann", "olga"):
        assert page(narrow, user).status_code == 200


@needs("pg_ctlcluster")
@pytest.mark.long
def test_300_pages_at_once_are_served_on_postgres(portal_files: Portal, tmp_path: Path, fake: FakeProvider):  # fmt: skip
    with (
        tempfile.TemporaryDirectory(prefix="postgres-") as folder,
        postgres(Path(folder)) as url,
        ThreadPoolExecutor(300) as pool,
    ):
        portal = copy_of(portal_files, tmp_path / "on-postgres", DATABASE_URL=url)
        portal.tokens, portal.sessions = {}, {}
        portal.prepare()
        portal.start()
        many = flood(portal, pool, "ann", 300)
        time.sleep(1)
        count = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        assert rows(portal, count)[0][0] < 40
        assert {future.result().status_code for future in many} == {200}
        portal.stop()
