"""A real Postgres that restarts, goes away or hangs while the portal runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
import requests

from tests.chat.stored_answers import begin_answer, wait_for_state
from tests.conftest import copy_of
from tests.core.test_rules import check_error
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.ports import free_port
from tests.support.programs import needs
from tests.support.servers.cluster import until
from tests.support.servers.databases import rows
from tests.support.servers.postgres import Postgres, own_postgres
from tests.support.socket_client import SocketClient, closing_code

pytestmark = [pytest.mark.long, needs("pg_ctlcluster")]
PAGE = {"Accept": "text/html"}
COUNT = {"model": "fake:talker", "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture(scope="module")
def prepared(
    portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Portal, Postgres]]:
    with own_postgres() as server:
        folder = tmp_path_factory.mktemp("on-postgres")
        portal = copy_of(portal_files, folder, "uvicorn", DATABASE_URL=server.url)
        portal.variables |= {"DATABASE_TIMEOUT": "1", "IDLE_TIMEOUT": "30", "TOTAL_TIMEOUT": "60"}
        portal.tokens, portal.sessions = {}, {}
        portal.prepare()
        yield portal, server


@pytest.fixture
def portal(prepared: tuple[Portal, Postgres], fake: FakeProvider) -> Iterator[Portal]:
    portal, _ = prepared
    portal.start()
    yield portal
    portal.stop()
    log = portal.log.read_text()
    assert "Traceback" not in log, log


@pytest.fixture
def server(prepared: tuple[Portal, Postgres]) -> Postgres:
    return prepared[1]


def test_the_portal_lives_through_a_restart(portal: Portal, server: Postgres) -> None:
    with SocketClient(portal) as socket:
        assert socket.ask("Before")[-1]["type"] == "done"
        server.restart()
        assert portal.chat().status_code == 200
        assert socket.ask("After", id="2")[-1]["type"] == "done"
    questions = "SELECT content FROM chat_message WHERE role = 'user' ORDER BY id"
    assert rows(portal, questions) == [("Before",), ("After",)]
    open_ones = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    time.sleep(1)
    assert rows(portal, open_ones)[0][0] <= 8, "threads leave no connections behind"


def check_unavailable(portal: Portal) -> None:
    """Check that every kind of route says that it is the database, and when to try again."""
    for answer in (
        portal.get("/v1/ai/models", who="olga"),
        portal.chat(who="aim_" + "0" * 64),
        portal.post("/v1/messages", {}, who="aim_" + "1" * 64),
        portal.post("/mcp", {}, who="aim_" + "4" * 64),
    ):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2"), answer.text
        assert "x-should-retry" not in answer.headers
    check_error(portal.get("/v1/ai/models", who="olga"), 503, "overloaded")
    page = requests.get(portal.url, headers=PAGE, timeout=10,
                        cookies={"sessionid": portal.sessions["ann"]})  # fmt: skip
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "database does not answer" in page.text
    with SocketClient(portal, who="aim_" + "2" * 64) as socket:
        assert socket.receive()["error"]["code"] == "overloaded"
        assert closing_code(socket) == 1013


def test_a_stopped_postgres_is_503_everywhere(portal: Portal, server: Postgres) -> None:
    with server.stopped():
        check_unavailable(portal)
    until(lambda: portal.get("/v1/ai/models", who="olga").status_code == 200, 10)


def test_daphne_opens_a_socket_to_say_it(
    prepared: tuple[Portal, Postgres], fake: FakeProvider
) -> None:
    portal, server = prepared
    daphne = replace(portal, server="daphne", port=free_port(), process=None)
    daphne.start()
    with server.stopped(), SocketClient(daphne, who="aim_" + "5" * 64) as socket:
        assert socket.receive()["error"]["code"] == "overloaded"
        assert closing_code(socket) == 1013
    daphne.stop()
    assert "Traceback" not in daphne.log.read_text()


def test_signing_in_is_503_too(portal: Portal, server: Postgres) -> None:
    session = requests.Session()
    session.get(f"{portal.url}/sign-in", headers=PAGE, timeout=10)
    form = {"username": "ann", "password": "x", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    with server.stopped():
        answer = session.post(f"{portal.url}/sign-in", form, headers=PAGE, timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "database does not answer" in answer.text


def test_a_postgres_that_hangs_is_503_everywhere(portal: Portal, server: Postgres) -> None:
    with server.paused():
        began = time.monotonic()
        check_unavailable(portal)
        assert time.monotonic() - began < 20
        began = time.monotonic()
        portal.chat(who="aim_" + "3" * 64)
        assert time.monotonic() - began < 4
    until(lambda: portal.get("/v1/ai/models", who="olga").status_code == 200, 15)


@pytest.mark.parametrize("hangs", [False, True])
def test_known_tokens_still_ask_models(portal: Portal, server: Postgres, hangs: bool) -> None:
    revoked = portal.manage("create_token", "ann").stdout.split()[-1]
    for who in ("ann", revoked):
        assert portal.chat(who=who).status_code == 200
    query = "DELETE FROM accounts_apitoken WHERE starts_with(%s, token_key)"
    with psycopg.connect(server.url) as connection:
        connection.execute(query, [revoked])
        assert connection.execute("SELECT count(*) FROM accounts_apitoken").fetchone() == (2,)
    time.sleep(4)  # longer than AUTH_CACHE_SECONDS, and than housekeeping rests
    with server.paused() if hangs else server.stopped():
        began = time.monotonic()
        assert portal.chat().status_code == 200
        assert portal.post("/v1/messages/count_tokens", COUNT).status_code == 200
        with SocketClient(portal, "/ws/raw/") as raw:
            assert raw.ask()[-1]["type"] == "done"
        assert time.monotonic() - began < 8
        check_error(portal.chat(who=revoked), 503, "overloaded")
        check_error(portal.post("/v1/sql", {"question": "?"}), 503, "overloaded")
    until(lambda: portal.get("/v1/ai/models").status_code == 200, 15)


def test_readiness_says_within_two_seconds_that_postgres_hangs(
    portal: Portal, server: Postgres
) -> None:
    with server.paused():
        for _ in range(5):
            began = time.monotonic()
            answer = portal.get("/readyz", who=None)
            assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
            assert time.monotonic() - began < 2
        began = time.monotonic()
        assert portal.get("/healthz", who=None).status_code == 200
        assert time.monotonic() - began < 1
    until(lambda: portal.get("/readyz", who=None).status_code == 200, 10)


def test_an_answer_outlives_a_postgres_that_hangs(
    portal: Portal, server: Postgres, fake: FakeProvider
) -> None:
    with SocketClient(portal) as socket:
        conversation = begin_answer(portal, fake, socket)
        with server.paused():
            socket.send(type="stop", id="1")
            assert socket.until("done")[-1]["stored"] is False
            end = socket.ask("More", conversation=conversation)[-1]
            assert end["error"]["code"] == "overloaded"
        assert wait_for_state(portal, "stopped", 15) == "Half an answer"
        until(lambda: socket.ask("More", conversation=conversation)[-1]["type"] == "done", 15)
