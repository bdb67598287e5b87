"""Callers who do not read, do not send, or send too much."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

from faults.case import Case, Setup, promise
from faults.cases.setups import ONE, PATIENT
from faults.provider import FOREVER, HOLD
from faults.site import Site, until
from tests.support import raw_caller
from tests.support.provider_messages import DONE, SSE_HEAD, chunk, event
from tests.support.socket_client import SocketClient, text_of

READERS = Setup(variables={**PATIENT, "READER_SECONDS": "3", "TOTAL_TIMEOUT": "8", "PROVIDER_CONCURRENCY": "8", "PROVIDER_PLACES_PER_PERSON": "8"})  # fmt: skip
SLOWLY = Setup(variables={**PATIENT, "TOTAL_TIMEOUT": "6"})
WAITING = Setup(variables=PATIENT)
ENDLESS = (SSE_HEAD, event(chunk("x" * 8192)) * 32, FOREVER)
HALF_A_HEAD = b"POST /v1/ai/chat/completion HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "
CHAT = "/v1/ai/chat/completion"


def unread_streams(site: Site) -> None:
    site.fake.plays["endless"] = ENDLESS
    before = site.memory()
    with ExitStack() as callers:
        for _ in range(8):
            callers.enter_context(raw_caller.ask(site.portal, model="fake:endless", stream=True))
        until(lambda: len(site.fake.of("endless")) == 8, 5, "all ask")
        with site.detects(4):
            until(lambda: site.portal.chat(who="olga").status_code == 200, 4, "another is served")
            for request in site.fake.of("endless"):
                promise(request.peer_closed.wait(6), "the provider's places stay taken")
        promise(site.memory() - before < 40, f"{site.memory() - before:.0f} MB more")


def slowly_read(site: Site) -> None:
    site.fake.plays["endless"] = ENDLESS
    with raw_caller.ask(site.portal, model="fake:endless", stream=True) as caller, site.detects(6):
        request = until(lambda: [*site.fake.of("endless")], 5, "it asks")[0]
        end = time.monotonic() + 14
        while not request.peer_closed.wait(0.2):
            promise(time.monotonic() < end, "it has no end")
            with suppress(ConnectionResetError):
                caller.recv(512)
    promise((site.figures.detected or 0) > 4, "it ends before")


def many_values(site: Site) -> None:
    values = b'{"messages":[{"role":"user","content":"Hi"}],"x":[' + b"[]," * 2_600_000 + b"[]]}"
    post(site, [values] * 16, {413, 429}, 3 * 64)


def many_bytes(site: Site) -> None:
    site.fake.plays["hold"] = (HOLD,)
    text = {"model": "fake:hold", "messages": [{"role": "user", "content": "x" * 8_000_000}]}
    before = site.memory()
    data = json.dumps(text).encode()
    with ExitStack() as callers:
        for _ in range(16):
            link = callers.enter_context(raw_caller.connect(site.portal))
            with suppress(ConnectionError):  # it is refused before all is sent
                link.sendall(raw_caller.head(site.portal, len(data)) + data)
        until(lambda: len(site.fake.of("hold")) == 8, 20, "8 wait")
        promise(b" 429 " in link.recv(100), "the last one is not refused")
        with site.detects(1):
            promise(site.portal.chat(who="olga").status_code == 200, "another is not served")
        growth = site.memory() - before
        promise(growth < 3 * 8 * 8, f"{growth:.0f} MB more for 64 MB")
        promise(len(site.fake.of("hold")) == 8, "more than 8 are asked")
    until(lambda: all(r.peer_closed.is_set() for r in site.fake.of("hold")), 5, "they end")


def post(site: Site, bodies: list[bytes], expected: set[int], megabytes: float) -> None:
    """Send all at once; check their status, another's call, and the memory."""
    before = site.memory()
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(len(bodies)) as pool:
        many = [
            pool.submit(site.portal.post, CHAT, data=b, headers=headers, timeout=60) for b in bodies
        ]
        with site.detects(2):
            promise(site.portal.chat(who="olga").status_code == 200, "another is not served")
        statuses = {future.result().status_code for future in many}
    promise(413 in statuses and statuses <= expected, statuses)
    promise(site.memory() - before < megabytes, f"{site.memory() - before:.0f} MB more")


def acknowledged(site: Site) -> None:
    for size, count in ((30_000, 20), (20, 2000)):
        pieces = b"".join(event(chunk("x" * size)) for _ in range(count))
        site.fake.plays["fast"] = (SSE_HEAD + pieces + event(chunk(finish="stop")) + DONE,)
        with SocketClient(site.portal) as client:
            frames = client.ask(model="fake:fast")
        promise(frames[-1]["type"] == "done", frames[-1])
        promise(len(text_of(frames)) == size * count, "text is missing")


def half_a_head(site: Site) -> None:
    with raw_caller.connect(site.portal) as caller, site.detects(3):
        caller.sendall(HALF_A_HEAD)
        promise(b" 408 " in raw_caller.drip(caller), "it is not 408")


def dripping_body(site: Site) -> None:
    with raw_caller.connect(site.portal) as caller, site.detects(4):
        caller.sendall(raw_caller.head(site.portal, 1000))
        promise(b" 408 " in raw_caller.drip(caller), "it is not 408")


def large_head(site: Site) -> None:
    for headers in (b"X-A: " + b"a" * 20_000_000, b"\r\n".join([b"X-A: 1"] * 200_000)):
        with raw_caller.connect(site.portal) as caller:
            with suppress(OSError):
                caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n" + headers + b"\r\n\r\n")
            answer = raw_caller.rest(caller)
        promise(answer[9:12] in (b"431", b"400", b""), answer[:100])


def unknown_bodies(site: Site) -> None:
    before = site.memory()
    for _ in range(5):
        with raw_caller.connect(site.portal) as caller:
            head = raw_caller.head(site.portal, 20_000_000, who="nobody")
            answer = raw_caller.upload(caller, head, 20_000_000)
        promise(answer[9:12] in (b"401", b"413", b""), answer[:100])
    promise(site.memory() - before < 15, f"{site.memory() - before:.0f} MB more")


def half_closed(site: Site) -> None:
    with raw_caller.ask(site.portal) as caller:
        caller.shutdown(socket.SHUT_WR)
        answer = raw_caller.rest(caller)
    promise(b"Hello from" in answer, f"it gets {answer[:200]!r}")


def full_conversation(site: Site) -> None:
    with SocketClient(site.portal) as client:
        start, *_ = client.ask("x" * 900)
        later, *_ = client.ask("x" * 900, id="2", conversation=start["conversation"])
        promise(later["percent_full"] >= 80, later)
        error = client.ask("x" * 900, id="3", conversation=start["conversation"])[-1]["error"]
    promise(error["code"] == "payload_too_large", error)


CASES = [
    Case("F15", "half a head, then a byte at a time", "408 after `HEAD_SECONDS` (3 s)", "docs/deployment.md", half_a_head, ONE),
    Case("F15b", "a body, a byte at a time", "408 after `BODY_SECONDS` (4 s)", "docs/deployment.md", dripping_body, ONE),
    Case("F15c", "five bodies of 20 MB of an unknown caller", "not kept in memory", "docs/deployment.md", unknown_bodies, ONE),
    Case("S19", "a head of 20 MB, one of 200,000 headers", "refused", "docs/deployment.md", large_head, ONE),
    Case("F18", "a caller closes its side after the request", "it gets its answer", "docs/api.md", half_closed, ONE, quick=True),
    Case("S15", "a conversation that becomes too long", "it says so at 80 %, then is refused", "docs/configuration.md", full_conversation, ONE, quick=True),
    Case("F1", "8 callers who never read take all 8 places", "places are back after `READER_SECONDS` (3 s)", "docs/configuration.md", unread_streams, READERS),
    Case("S3", "a stream that is read very slowly", "it ends at `TOTAL_TIMEOUT` (6 s)", "docs/configuration.md", slowly_read, SLOWLY),
    Case("F13", "each delta acknowledged, large or fast ones", "no flood and no stall", "docs/websockets.md", acknowledged, WAITING),
    Case("F2", "16 bodies of 8 MB of `[],` of one person", "413 by `MAX_JSON_VALUES`, or 429 by `BYTES_PER_PERSON`; others are served", "docs/configuration.md", many_values, WAITING),
    Case("F2b", "16 bodies of 8 MB of one person wait for a provider that hangs", "8 do by `BYTES_PER_PERSON` (64 MB), in three times their size; then 429", "docs/configuration.md", many_bytes, WAITING),
]  # fmt: skip
