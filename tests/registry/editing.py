"""Editing a running portal's models.yaml, and reading its status."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry.config.load import revision_of
from tests.support.portal import Portal


def replace(path: Path, content: str) -> None:
    """Write as careful editors do: to a temporary file, which replaces the old one."""
    temporary = path.with_suffix(".new")
    temporary.write_text(content)
    temporary.replace(path)


def in_place(path: Path, content: str) -> None:
    path.write_text(content)


def by_symlink(path: Path, content: str) -> None:
    """Write as Kubernetes does with mounted configuration."""
    target = path.with_name(f"models-{time.monotonic_ns()}.yaml")
    target.write_text(content)
    link = path.with_suffix(".link")
    link.symlink_to(target)
    link.replace(path)


def status(portal: Portal, who: str = "ann") -> Any:
    return portal.get("/v1/ai/models/status", who=who).json()


def wait_for(portal: Portal, condition: Any, seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not condition(body := status(portal, "olga")):
        assert time.monotonic() < end, body
        time.sleep(0.02)
    return body


def model_ids(body: Any) -> set[str]:
    return {model["id"] for model in body["models"]}


def extended(text: str) -> str:
    """Return the test portal's file with one additional model."""
    return text.replace("talker: {", "extra: {capabilities: [chat]}\n      talker: {")


@contextmanager
def load_on(portal: Portal) -> Iterator[list[Any]]:
    """Ask and list continuously, in two threads; yield a list of the failures."""
    all_models = frozenset(model_ids(status(portal)))
    failures: list[Any] = []
    stop = threading.Event()

    def load_it() -> None:
        while not stop.is_set():
            response = portal.get("/v1/ai/models")
            if response.status_code != 200:
                failures.append(response.text)
            elif frozenset(model_ids(response.json())) not in (
                all_models,
                all_models | {"fake:extra"},
            ):
                failures.append(f"an incomplete list: {response.text}")
            if (answer := portal.chat()).status_code != 200:
                failures.append(answer.text)

    threads = [threading.Thread(target=load_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield failures
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def two_hundred_edits(portal: Portal) -> str:
    """Edit by replacing and in place. Every third edit is invalid; the last is valid.

    Return the revision of the last edit.
    """
    text = portal.models.read_text()
    valid = [text, extended(text)]
    for number in range(200):
        content = text[: len(text) // 2] + "{" if number % 3 == 2 else valid[number % 2]
        (replace if number % 2 else in_place)(portal.models, content)
        time.sleep(0.015)
    replace(portal.models, valid[1])
    return revision_of(valid[1].encode())
