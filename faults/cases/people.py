"""One person who takes all there is: others are served."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import requests
from websockets.exceptions import ConnectionClosed

from faults.case import Case, Setup, promise
from faults.cases.setups import ONE, PAIR, POSTGRES
from faults.provider import HOLD
from faults.site import Site, until
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers.cluster import both_workers
from tests.support.servers.databases import rows
from tests.support.socket_client import SocketClient

LIMITED = Setup(workers=2, redis=True, variables={
    **PAIR.variables, "ANSWERS_PER_PERSON": "6", "SOCKETS_PER_PERSON": "5"})  # fmt: skip
RATED = Setup(workers=2, redis=True, variables={**PAIR.variables, "RATE_LIMIT_PER_MINUTE": "60"})
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


def check_refused(answer: requests.Response, words: str) -> None:
    promise(
        answer.status_code == 429 and words in answer.text,
        f"{answer.status_code} {answer.text[:200]}",
    )
    promise(1 <= int(answer.headers["Retry-After"]) <= 60, "Retry-After")


def answers_at_once(site: Site) -> None:
    both_workers(site.portal)
    site.fake.plays["hold"] = (SSE_HEAD, event(chunk("Hel")), HOLD)
    with ExitStack() as streams:
        for _ in range(6):
            stream = site.portal.chat(model="fake:hold", stream=True, http_stream=True)
            promise(stream.status_code == 200, stream.status_code)
            streams.enter_context(stream)
        for _ in range(6):
            check_refused(site.portal.chat(), "6 answers under way")
        with site.detects(1):
            promise(site.portal.chat(who="olga").status_code == 200, "another is refused")
    until(lambda: site.portal.chat().status_code == 200, 3, "places are back")


def open_sockets(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(SocketClient(site.portal, "/ws/events/"))
        with SocketClient(site.portal, "/ws/events/") as sixth:
            frame = sixth.receive()
            promise("5 pages or sockets" in str(frame), frame)
            try:
                promise(not sixth.receive(), "it stays open")
            except ConnectionClosed:
                pass
        with SocketClient(site.portal, "/ws/events/", who="olga") as other:
            promise(other.receive()["type"] == "models", "another is refused")


def requests_a_minute(site: Site) -> None:
    both_workers(site.portal)
    began = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        answers = [*pool.map(lambda _: site.portal.chat(), range(150))]
    passed = sum(answer.status_code == 200 for answer in answers)
    most = 61 + time.monotonic() - began  # one comes back each second
    promise(50 <= passed <= most, f"{passed} of 150 passed")
    check_refused(next(a for a in answers if a.status_code != 200), "60 requests")
    promise(site.portal.chat(who="olga").status_code == 200, "another is refused")


def checks_of_sql(site: Site) -> None:
    columns = ", ".join(f"c{number} INT" for number in range(25))
    tables = "; ".join(f"CREATE TABLE t{number} ({columns})" for number in range(1500))

    def check(who: str, schema: str) -> int:
        body = {"mode": "compile", "ir": {"query": {}}, "schema": schema, "dialect": "sqlite"}
        return site.portal.post("/v1/sql", body, who=who, timeout=80).status_code

    promise(check("olga", "CREATE TABLE t (a INT)") < 500, "a small one fails alone")
    with ThreadPoolExecutor(30) as pool:
        many = [
            pool.submit(check, "ann", f"{tables}; CREATE TABLE u{n} (a INT)") for n in range(30)
        ]
        time.sleep(1)
        with site.detects(3):
            promise(check("olga", "CREATE TABLE t (a INT)") < 500, "another is refused")
        promise({future.result() for future in many} <= {200, 400, 422, 429, 503}, "odd statuses")


def unknown_tokens(site: Site) -> None:
    def unknown(_: int) -> int:
        return site.portal.chat(who="aim_" + secrets.token_hex(32)).status_code

    alone, among = max(look_up(site) for _ in range(5)), []
    with ThreadPoolExecutor(20) as pool:
        many = [pool.submit(unknown, number) for number in range(1000)]
        while not all(future.done() for future in many):
            among.append(look_up(site))
        promise({future.result() for future in many} <= {401, 429, 503}, "odd statuses")
    site.figures.detected = max(among)
    promise(max(among) < alone + 1, f"others wait {max(among):.2f} s, alone {alone:.2f} s")


def look_up(site: Site) -> float:
    """Return the time of a known caller's call, whose token was not looked up just before."""
    time.sleep(0.5)  # AUTH_CACHE_SECONDS
    began = time.monotonic()
    promise(site.portal.get("/v1/ai/models").status_code == 200, "another is refused")
    return time.monotonic() - began


def pages_at_once(site: Site) -> None:
    portal = site.portal
    cookies, page = {"sessionid": portal.session_key("ann")}, {"Accept": "text/html"}

    def ask(_: int) -> int:
        url = f"{portal.url}/models"
        return requests.get(url, headers=page, cookies=cookies, timeout=80).status_code

    with ThreadPoolExecutor(300) as pool:
        many = pool.map(ask, range(300))
        time.sleep(1)
        connections = rows(portal, CONNECTIONS)[0][0]
        with site.detects(2):
            promise(portal.chat(who="olga").status_code == 200, "another is refused")
        promise({*many} == {200}, "not all pages are served")
    promise(connections < 40, f"{connections} connections to the database")


CASES = [
    Case("S5", "30 large schemas of one person at the SQL gate", "another's check waits for one, not for 30", "docs/operations.md", checks_of_sql, ONE),
    Case("S20", "1,000 unknown tokens, 20 at a time", "a known one is not delayed", "docs/operations.md", unknown_tokens, ONE),
    Case("S4", "one person asks more than `ANSWERS_PER_PERSON` (6), two workers", "429 with Retry-After; others are served", "docs/configuration.md", answers_at_once, LIMITED),
    Case("S11", "one person opens more than `SOCKETS_PER_PERSON` (5), two workers", "a frame that says so; others are served", "docs/configuration.md", open_sockets, LIMITED),
    Case("F11", "150 requests with 60 a minute, two workers", "60 pass; then 429 with Retry-After", "docs/configuration.md", requests_a_minute, RATED),
    Case("F7", "300 pages at once on Postgres", "all are served, by few connections", "docs/operations.md", pages_at_once, POSTGRES),
]  # fmt: skip
