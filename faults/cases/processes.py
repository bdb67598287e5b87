"""Workers that are killed, stopped or hang, a full disk, and clocks that jump."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import psutil

from faults import clock
from faults.case import Case, Setup, promise
from faults.cases.setups import PAIR, PATIENT
from faults.site import Site, start, until
from tests.chat.stored_answers import begin_answer, stored, wait_for_state
from tests.support.servers.cluster import both_workers, open_streams
from tests.support.socket_client import SocketClient

HUNG = Setup(workers=2, redis=True, variables={**PATIENT, "HUNG_SECONDS": "5"})
DISK = Setup(workers=2, redis=True, disk=True, variables={**PATIENT, "DATABASE_TIMEOUT": "2"})
CLOCK = Setup(clock=True, variables={**PATIENT, "RATE_LIMIT_PER_MINUTE": "600"})


def killed(site: Site) -> None:
    both_workers(site.portal)
    with SocketClient(site.portal) as client:
        begin_answer(site.portal, site.fake, client)
        time.sleep(4)  # longer than the three seconds after which text is stored
        for process in reversed(site.family()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    assert site.portal.process is not None
    site.portal.process.wait(10)
    with site.detects(40):  # with the start
        start(site.portal)
        text = wait_for_state(site.portal, "interrupted", 23)
    promise(text == "Half an answer", f"{text!r} is left")
    promise(site.portal.chat().status_code == 200, "it does not serve again")


def one_killed(site: Site) -> None:
    victim, other = both_workers(site.portal)
    os.kill(victim["pid"], signal.SIGKILL)
    until(lambda: not psutil.pid_exists(victim["pid"]), 5, "it is gone")
    answers = calls(site, 20)
    promise(answers.count(200) == 20, f"{answers.count(200)} of 20 are served")
    with site.detects(10):
        until(lambda: replaced(site, victim, other), 10, "it is replaced")


def calls(site: Site, count: int) -> list[int]:
    """Return statuses, 0 for a connection that broke."""
    statuses = []
    for _ in range(count):
        try:
            statuses.append(site.portal.chat(timeout=5).status_code)
        except OSError:
            statuses.append(0)
    return statuses


def replaced(site: Site, victim: Any, other: Any) -> bool:
    try:
        listed = site.portal.get("/v1/ai/models/status", who="olga", timeout=3).json()["workers"]
    except OSError:
        return False
    names = {worker["id"] for worker in listed}
    return len(names) == 2 and victim["id"] not in names


def hangs(site: Site) -> None:
    victim, other = both_workers(site.portal)
    os.kill(victim["pid"], signal.SIGSTOP)
    with site.detects(10):
        until(lambda: "has hung for" in site.portal.log.read_text(), 10, "it is noticed")
        until(lambda: not psutil.pid_exists(victim["pid"]), 5, "it is killed")
    promise(psutil.pid_exists(other["pid"]), "the other one is gone")
    until(lambda: replaced(site, victim, other), 15, "it is replaced")
    promise(calls(site, 20).count(200) == 20, "calls fail afterwards")


def stops(site: Site) -> None:
    both_workers(site.portal)
    answers = open_streams(site.portal, site.fake, 20)
    with site.detects(10):
        code = site.portal.stop()
    promise(code == 0, f"it exits with {code}")
    for answer in answers:
        promise("server_restarting" in answer.text, "a stream is not told")
    promise(all(r.peer_closed.wait(2) for r in site.fake.posts[-20:]), "providers are not left")


def full_disk(site: Site) -> None:
    before = {worker["pid"] for worker in both_workers(site.portal)}
    portal, ballast = site.portal, site.portal.folder.parent / "ballast"
    with SocketClient(portal) as client:
        conversation = begin_answer(portal, site.fake, client)
        fill(ballast)
        promise(calls(site, 20).count(200) == 20, "chats fail")
        promise(portal.get("/v1/ai/models", who="olga").status_code == 200, "lists fail")
        client.send(type="stop", id="1")
        promise(client.until("done")[-1]["stored"] is False, "nothing says it is not stored")
        error = client.ask("More", conversation=conversation)[-1]["error"]
        promise(error["code"] == "overloaded" and "disk" in error["message"], error)
        ballast.unlink()
        promise(wait_for_state(portal, "stopped", 18) == "Half an answer", "text is lost")
    promise({w["pid"] for w in both_workers(portal)} == before, "a worker died")


def fill(file: Any) -> None:
    with file.open("wb", buffering=0) as handle, suppress(OSError):
        while handle.write(b"x" * 4096):
            pass


def jumps(site: Site) -> None:
    folder = site.portal.folder.parent
    with SocketClient(site.portal) as client:
        begin_answer(site.portal, site.fake, client)
        for hours in (1, -2, 0):
            clock.jump(folder, hours * 3600)
            time.sleep(1.2)
            answer = site.portal.chat()
            promise(answer.status_code == 200, f"{hours} h: {answer.text[:200]}")
            if date := answer.headers.get("Date"):  # Daphne sends none
                ahead = parsedate_to_datetime(date).timestamp() - time.time()
                promise(abs(ahead - hours * 3600) < 60, f"the clock did not jump: {ahead:.0f} s")
            promise(site.portal.get("/v1/ai/models").status_code == 200, f"{hours} h: lists fail")
            promise(
                site.portal.get("/readyz", who=None).status_code == 200, f"{hours} h: not ready"
            )
        client.send(type="stop", id="1")
        promise(client.until("done")[-1]["finish_reason"] == "stopped", "an answer is lost")
    promise(stored(site.portal)[-1] == ("stopped", "Half an answer"), stored(site.portal)[-1])


PAGE = "docs/operations.md"
CASES = [
    Case("W1", "one of two workers is killed", "the other one serves all calls; it is replaced", PAGE, one_killed, PAIR),
    Case("W2", "SIGKILL to all processes while an answer is under way", "its text is kept, and marked as interrupted", PAGE, killed, PAIR),
    Case("W3", "SIGTERM with 20 open streams", "each gets an error, and it exits with 0", PAGE, stops, PAIR, last=True),
    Case("F14", "one of two workers hangs", "killed after `HUNG_SECONDS` (5 s), and replaced", PAGE, hangs, HUNG),
    Case("F3", "a full disk, two workers", "no worker dies; only what must be stored is refused", PAGE, full_disk, DISK),
    Case("C1", "the clock jumps an hour ahead, and two back", "nothing fails, no answer is lost", PAGE, jumps, CLOCK),
]  # fmt: skip
