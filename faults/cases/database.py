"""A database that stops, hangs or restarts while answers are under way."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager

from faults.case import Case, promise
from faults.cases.setups import POSTGRES
from faults.site import Site, until
from tests.chat.stored_answers import begin_answer, wait_for_state
from tests.support.servers.postgres import Postgres
from tests.support.socket_client import SocketClient

UNKNOWN = "aim_" + "3" * 64


def server(site: Site) -> Postgres:
    assert site.postgres is not None
    return site.postgres


def back(site: Site) -> None:
    until(lambda: site.portal.get("/v1/ai/models").status_code == 200, 15, "all is well again")
    until(lambda: site.portal.get("/readyz", who=None).status_code == 200, 5, "it is ready again")


def keeps(site: Site, outage: AbstractContextManager[None]) -> None:
    """An answer ends in an outage."""
    with SocketClient(site.portal) as client:
        conversation = begin_answer(site.portal, site.fake, client)
        with outage:
            client.send(type="stop", id="1")
            promise(client.until("done")[-1]["stored"] is False, "nothing says it is not stored")
            error = client.ask("More", conversation=conversation)[-1]["error"]
            promise(error["code"] == "overloaded", error)
        with site.detects(15):
            promise(wait_for_state(site.portal, "stopped", 18) == "Half an answer", "text is lost")
        until(
            lambda: client.ask("More", conversation=conversation)[-1]["type"] == "done",
            10,
            "it can go on",
        )
    back(site)


def refuses(site: Site, outage: AbstractContextManager[None]) -> None:
    """What needs the database is 503, what does not is answered."""
    promise(site.portal.chat().status_code == 200, "it fails before")
    with outage:
        with site.detects(4):
            for answer in (
                site.portal.get("/v1/ai/models", who="olga"),
                site.portal.chat(who=UNKNOWN),
            ):
                promise(answer.status_code == 503, f"{answer.status_code} {answer.text[:200]}")
                promise(
                    "Retry-After" in answer.headers and "x-should-retry" not in answer.headers,
                    "headers",
                )
                promise(answer.json()["error"]["code"] == "overloaded", answer.text[:200])
        promise(site.portal.chat().status_code == 200, "a known token is refused")
        with SocketClient(site.portal, "/ws/raw/") as raw:
            promise(raw.ask()[-1]["type"] == "done", "a known token is refused on /ws/raw/")
    back(site)


def ready(site: Site) -> None:
    with server(site).paused():
        for _ in range(3):
            with site.detects(2):
                status = site.portal.get("/readyz", who=None).status_code
            promise(status == 503, status)
        promise(site.portal.get("/healthz", who=None).status_code == 200, "/healthz")
    back(site)


def restarts(site: Site) -> None:
    with SocketClient(site.portal) as client:
        conversation = begin_answer(site.portal, site.fake, client)
        server(site).restart()
        client.send(type="stop", id="1")
        promise(client.until("done")[-1]["finish_reason"] == "stopped", "the answer is lost")
        promise(wait_for_state(site.portal, "stopped", 15) == "Half an answer", "text is lost")
        until(
            lambda: client.ask("More", conversation=conversation)[-1]["type"] == "done",
            10,
            "it goes on",
        )
    back(site)
    time.sleep(0.1)


PAGE = "docs/operations.md"
CASES = [
    Case("F4", "Postgres stops, then an answer ends", "its text is kept, and stored when it is back", PAGE, lambda site: keeps(site, server(site).stopped()), POSTGRES),
    Case("F4b", "Postgres hangs, then an answer ends", "its text is kept, and stored when it is back", PAGE, lambda site: keeps(site, server(site).paused()), POSTGRES),
    Case("F8", "Postgres stops", "503 with Retry-After; known tokens still ask models", PAGE, lambda site: refuses(site, server(site).stopped()), POSTGRES),
    Case("F8b", "Postgres hangs", "503 with Retry-After; known tokens still ask models", PAGE, lambda site: refuses(site, server(site).paused()), POSTGRES),
    Case("F8c", "Postgres hangs: `/readyz`", "503 within two seconds", PAGE, ready, POSTGRES),
    Case("D1", "Postgres restarts while an answer is under way", "the answer goes on and is stored", PAGE, restarts, POSTGRES),
]  # fmt: skip
