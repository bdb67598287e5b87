"""Callers that ask for everything at once, and survive what happens to the portal."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import requests
from websockets.exceptions import WebSocketException

from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

THREADS = 12
TIMEOUT = 30
LOST = "lost"
KINDS = {
    "whole": 20, "streamed": 16, "socket": 12, "stop": 6, "leave": 6, "drop": 4, "hang_up": 3,
    "error": 6, "broken": 6, "uncounted": 6, "odd": 3, "closed": 4, "image": 4, "embed": 4,
}  # fmt: skip
STREAMED = ("streamed", "broken", "uncounted", "odd")
MODELS = {"error": "shaky:talker", "broken": "shaky:talker", "closed": "closed:gone",
          "image": "steady:painter", "embed": "steady:embedder"}  # fmt: skip


class Callers:
    """Makes `number` calls as the people whose tokens `names` has. `made` is how many ended."""

    def __init__(self, portal: Portal, names: list[str], number: int, seed: int) -> None:
        self.portal, self.names, self.number = portal, names, number
        self.made = 0
        self.results: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def run(self) -> None:
        kinds = self._random.choices(list(KINDS), list(KINDS.values()), k=self.number)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._call, kinds))

    def _call(self, kind: str) -> None:
        """Call again while the portal does not answer: another call, as the first may count."""
        while self._try(kind) == LOST:
            time.sleep(0.2)
        with self._lock:
            self.made += 1

    def _try(self, kind: str) -> str:
        try:
            result = PLAYS.get(kind, ask)(self, kind)
        except (requests.RequestException, WebSocketException, OSError):
            result = LOST
        with self._lock:
            self.results[f"{kind} {result}"] += 1
        return result

    def choose(self) -> tuple[str, int, bool]:
        """Return a person's token, the number of the call, and heads or tails."""
        with self._lock:
            who, heads = self._random.choice(self.names), self._random.random() < 0.5
            return who, next(self._numbers), heads


def ask(callers: Callers, kind: str) -> str:
    """Ask over HTTP, and read the answer to its end."""
    who, number, heads = callers.choose()
    stream = kind == "streamed" or (kind in STREAMED and heads) or kind == "broken"
    answer = callers.portal.chat(
        f"{kind} {number}", who=who, model=MODELS.get(kind, "steady:talker"), stream=stream,
        headers={"X-Request-ID": f"mixed-{number}"},
    )  # fmt: skip
    return str(answer.status_code)


def leave(callers: Callers, kind: str) -> str:
    """Close the connection in the middle of a stream."""
    who, number, _ = callers.choose()
    with callers.portal.chat(
        f"{kind} {number}", who=who, model="steady:talker", stream=True, http_stream=True,
        headers={"X-Request-ID": f"mixed-{number}"},
    ) as answer:  # fmt: skip
        if answer.ok:
            next(answer.iter_content(10))
        return str(answer.status_code)


def hang_up(callers: Callers, kind: str) -> str:
    """Close the connection before the first byte."""
    who, number, _ = callers.choose()
    try:
        answer = callers.portal.chat(
            f"drop {number}", who=who, model="steady:talker", timeout=0.3,
            headers={"X-Request-ID": f"mixed-{number}"},
        )  # fmt: skip
    except requests.Timeout:
        return "left"
    return str(answer.status_code)


def on_socket(callers: Callers, kind: str) -> str:
    """Ask on a socket: read all, stop, or leave it."""
    who, number, _ = callers.choose()
    with closing(SocketClient(callers.portal, who=who)) as client:
        client.begin(f"{kind} {number}", model="steady:talker")
        if kind != "socket":
            first = client.until("delta", "error", seconds=TIMEOUT)[-1]
            if first["type"] == "error" or kind == "drop":
                return str(first["type"])
            client.send(type="stop", id="1")
        return str(client.until("done", "error", seconds=TIMEOUT)[-1]["type"])


def image(callers: Callers, kind: str) -> str:
    who, number, heads = callers.choose()
    body = {"prompt": "A cat", "model": MODELS[kind], "n": 1 + number % 3}
    if heads:
        body |= {"stream": True, "n": 1}
    return post(callers, "/v1/images/generations", body, who, number)


def embed(callers: Callers, kind: str) -> str:
    who, number, _ = callers.choose()
    return post(callers, "/v1/embeddings", {"input": "a", "model": MODELS[kind]}, who, number)


def post(callers: Callers, path: str, body: dict[str, object], who: str, number: int) -> str:
    headers = {"X-Request-ID": f"mixed-{number}"}
    return str(callers.portal.post(path, body, who=who, headers=headers).status_code)


PLAYS: dict[str, Callable[[Callers, str], str]] = {
    "leave": leave, "hang_up": hang_up, "socket": on_socket, "stop": on_socket,
    "drop": on_socket, "image": image, "embed": embed,
}  # fmt: skip
