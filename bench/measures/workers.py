"""A switch of the primary: the time until two workers both use it."""

from __future__ import annotations

import http.client
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import machine
from bench.errors import CannotRun
from bench.measures.base import Measure, Metric, Values
from bench.plan import Plan
from bench.targets.base import Target
from bench.targets.portal import Gateway

SWITCHES = 6
PATIENCE = 10.0
CHAT = b'{"messages":[{"role":"user","content":"Hello"}]}'


class Pair(Gateway):
    """Two workers on one port, which share their state in Redis."""

    name = "pair"
    workers = 2
    redis = ""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "REDIS_URL": self.redis}


@contextmanager
def redis_server() -> Iterator[str]:
    """Yield a Redis's address. Raises CannotRun."""
    if shutil.which("redis-server") is None:
        raise CannotRun("redis-server is not installed")
    port = machine.free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def switch(target: Target, plan: Plan) -> Values:
    pair = Pair(target.upstream, target.folder.parent, target.installed.parent)
    pair.folder.mkdir(exist_ok=True)
    with redis_server() as pair.redis:
        pair.prepare()
        pair.start()
        try:
            return {"switch": statistics.median(switches(pair))}
        finally:
            pair.stop()


def switches(pair: Pair) -> list[float]:
    """Return the milliseconds from each switch until all workers use it."""
    all_workers = workers(pair)
    return [one_switch(pair, ("short", "fast")[n % 2], all_workers) for n in range(SWITCHES)]


def workers(pair: Pair) -> set[str]:
    """Return the names of both workers. Raises CannotRun."""
    until, names = time.monotonic() + PATIENCE, set[str]()
    while len(names) < pair.workers:
        names.add(post(pair, "/v1/ai/chat/completion", CHAT)[0])
        if time.monotonic() > until:
            raise CannotRun("one of the two workers never answers")
    return names


def one_switch(pair: Pair, model: str, all_workers: set[str]) -> float:
    body = json.dumps({"capability": "chat", "model": pair.model(model)}).encode()
    began = time.perf_counter()
    post(pair, "/v1/ai/models/primary", body)
    behind = set(all_workers)
    while behind and time.perf_counter() < began + PATIENCE:
        worker, answer = post(pair, "/v1/ai/chat/completion", CHAT)
        if answer["resolution"]["id"] == pair.model(model):
            behind.discard(worker)
    return (time.perf_counter() - began) * 1e3


def post(pair: Pair, path: str, body: bytes) -> tuple[str, Any]:
    """Return which worker answered, and its answer. A new connection may come to either."""
    link = http.client.HTTPConnection("127.0.0.1", pair.port, timeout=PATIENCE)
    try:
        headers = {"Content-Type": "application/json", **pair.headers()}
        link.request("POST", path, body, headers)
        answer = link.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise CannotRun(f"{path} answers {answer.status}: {text[:200].decode()}")
        return answer.headers["X-Worker"], json.loads(text)
    finally:
        link.close()


METRICS = (Metric("switch", "a new primary, until two workers use it", "ms"),)
MEASURES = [Measure("switch", switch, METRICS, portal_only=True, slow=True)]
