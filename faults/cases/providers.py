"""Providers that refuse, hang, fall silent, or send what no one expects."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from faults.case import Case, promise
from faults.cases.setups import ONE
from faults.provider import FOREVER, HOLD
from faults.site import Site, until
from tests.support.fake_provider import KEEP, RESET
from tests.support.provider_messages import SSE_HEAD, chunk, completion, event, http
from tests.support.socket_client import SocketClient, text_of

if TYPE_CHECKING:
    import requests

HELLO = SSE_HEAD + event(chunk("Hello"))


def check_error(answer: requests.Response, status: int, code: str) -> None:
    """Check an error's status and code, and that it names its model and request."""
    promise(answer.status_code == status, f"{answer.status_code}: {answer.text[:200]}")
    error = answer.json()["error"]
    promise(error["code"] == code, error)
    promise(error["request_id"] and "resolution" in answer.text, error)


def served(site: Site) -> None:
    promise(site.portal.chat().status_code == 200, "the next caller is not served")


def refused(site: Site) -> None:
    with site.detects(1):
        check_error(site.portal.chat(model="dead:gone"), 502, "provider_unreachable")
    served(site)


def hangs(site: Site) -> None:
    site.fake.plays["hold"] = (HOLD,)
    with site.detects(3):
        check_error(site.portal.chat(model="fake:hold"), 504, "provider_timeout")
    served(site)


def falls_silent(site: Site) -> None:
    site.fake.plays["silent"] = (HELLO, HOLD)
    with site.detects(3):
        text = site.portal.chat(model="fake:silent", stream=True).text
    promise("provider_timeout" in text and "[DONE]" not in text, text[-300:])


def cut(site: Site) -> None:
    for steps in ((HELLO,), (HELLO, RESET), (HELLO, b"\0garbage\r\n")):
        site.fake.plays["cut"] = steps
        with site.detects(0.5):
            text = site.portal.chat(model="fake:cut", stream=True).text
        promise("provider_" in text and "[DONE]" not in text, text[-300:])
    served(site)


def not_twice(site: Site) -> None:
    for stream, pause in ((False, 0.0), (True, 0.05), (False, 0.2)):
        served(site)
        before = len(site.fake.posts)
        site.fake.plays["closes"] = (pause,)
        answer = site.portal.chat(model="fake:closes", stream=stream)
        promise(len(site.fake.posts) == before + 1, f"{len(site.fake.posts) - before} requests")
        promise("provider_unreachable" in answer.text, answer.text[:200])


def ignores_stream(site: Site) -> None:
    site.fake.plays["whole"] = (http(200, completion("All at once.")), KEEP)
    text = site.portal.chat(model="fake:whole", stream=True).text
    promise("All at once." in text and '"delta"' in text, text[:300])
    with SocketClient(site.portal) as client:
        frames = client.ask(model="fake:whole")
    promise(text_of(frames) == "All at once." and frames[-1]["type"] == "done", frames[-1])


def useless_flood(site: Site) -> None:
    alone = slowest(site, 20)
    for piece in (b"\n" * 65536, b": comment\n" * 6000, b"data: {}\n\n" * 6000):
        site.fake.plays["flood"] = (SSE_HEAD, piece, FOREVER)
        with site.portal.chat(model="fake:flood", stream=True, http_stream=True) as stream:
            among = slowest(site, 20)
            text = "".join(part.decode() for part in stream.iter_content(65536))
        promise(among < alone + 1, f"others wait {among:.2f} s, and {alone:.2f} s without it")
        promise("error" in text[-1000:], "it has no end")


def slowest(site: Site, count: int) -> float:
    """Return the time of the second slowest of `count` small calls."""
    times = []
    for _ in range(count):
        began = time.monotonic()
        served(site)
        times.append(time.monotonic() - began)
    return sorted(times)[-2]


def too_much(site: Site) -> None:
    values = b'{"choices": [' + b"[]," * 600_000 + b"[]]}"
    before = site.memory()
    for steps in ((http(200, completion("x" * 3_000_000)), KEEP), (http(200, values), KEEP)):
        site.fake.plays["huge"] = steps
        with site.detects(3):
            check_error(site.portal.chat(model="fake:huge"), 502, "provider_bad_response")
    site.fake.plays["huge"] = (SSE_HEAD, event(chunk("x" * 8192)), FOREVER)
    text = site.portal.chat(model="fake:huge", stream=True).text
    promise("MAX_ANSWER_BYTES" in text[-2000:], text[-300:])
    promise(site.memory() - before < 100, f"{site.memory() - before:.0f} MB more")


def unhealthy(site: Site) -> None:
    site.fake.plays["busy"] = (http(503, {"error": {"message": "full"}}), KEEP)
    for _ in range(6):
        promise(site.portal.chat(model="sick:busy").status_code == 503, "not 503")

    def health() -> Any:
        return site.portal.get("/v1/ai/models/status").json()["health"]["sick"]["status"]

    with site.detects(2):
        until(lambda: health() != "healthy", 2, "it counts for health")


def retry_after(site: Site) -> None:
    site.fake.plays["later"] = (http(429, {"error": {"message": "no"}}, Retry_After="7"), KEEP)
    answer = site.portal.chat(model="fake:later")
    promise(answer.headers.get("Retry-After") == "7", dict(answer.headers))
    with SocketClient(site.portal) as client:
        error = client.ask(model="fake:later")[-1]["error"]
    promise(error.get("retry_after") == 7, error)


def odd_lines(site: Site) -> None:
    stream = (HELLO + event(chunk(finish="stop"))).replace(b"\n\n", b"\r\r") + b"data: [DONE]\r\r"
    site.fake.plays["cr"] = (stream,)
    answer = site.portal.chat(model="fake:cr", stream=True).text
    promise("Hello" in answer or "provider_bad_response" in answer, answer[:300])
    thought = {"index": 0, "delta": {"reasoning_content": "Hm."}, "finish_reason": "stop"}
    site.fake.plays["thinks"] = (
        SSE_HEAD + event({**chunk(), "choices": [thought]}),
        b"data: [DONE]\n\n",
    )
    with SocketClient(site.portal) as client:
        frames = client.ask(model="fake:thinks")
    promise(frames[-1]["type"] in ("done", "error"), frames[-1])


def no_mix_up(site: Site) -> None:
    double = http(200, completion("first")) + http(200, completion("of someone else"))
    site.fake.plays["double"] = (double, KEEP)
    for _ in range(8):
        promise("someone else" not in site.portal.chat(model="fake:double").text, "a mix-up")
        promise("someone else" not in site.portal.chat().text, "another's answer")


CASES = [
    Case("P1", "a provider refuses connections", "502 `provider_unreachable` at once", "docs/errors.md", refused, ONE, quick=True),
    Case("P2", "a provider hangs before its first byte", "504 after `FIRST_BYTE_TIMEOUT` (3 s)", "docs/configuration.md", hangs, ONE),
    Case("P3", "a stream falls silent", "an error event after `IDLE_TIMEOUT` (3 s)", "docs/configuration.md", falls_silent, ONE),
    Case("P4", "a stream is cut, reset, or becomes garbage", "its last event is an error, at once", "docs/errors.md", cut, ONE, quick=True),
    Case("P5", "two responses to one request", "no one gets another's answer", "docs/architecture.md", no_mix_up, ONE, quick=True),
    Case("F5", "a kept connection closes without a byte", "the POST is not sent twice", "docs/fallback.md", not_twice, ONE, quick=True),
    Case("F6", "a provider ignores `stream: true`", "its text is streamed", "docs/adding-a-provider.md", ignores_stream, ONE, quick=True),
    Case("F9", "blank lines, comments, empty events at full speed", "others are not delayed; it ends with an error", "docs/configuration.md", useless_flood, ONE),
    Case("F10", "answers that are too large, in bytes or in values", "502; `MAX_ANSWER_BYTES` is named", "docs/configuration.md", too_much, ONE),
    Case("F12", "a provider answers 503 again and again", "it is not called healthy", "docs/api.md", unhealthy, ONE),
    Case("F16", "429 with Retry-After: 7", "the time is in the header and in the socket's frame", "docs/websockets.md", retry_after, ONE, quick=True),
    Case("F18b", "lines that end in CR; an answer of thoughts only", "an end, or an error that says so", "docs/errors.md", odd_lines, ONE, quick=True),
]  # fmt: skip
