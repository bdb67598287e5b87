"""The embedded model's server, as a process of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from typing import Any

import requests

from tests.support.paths import ROOT
from tests.support.ports import free_port

# Its threads wait for each other in busy loops, many times a word: beside other work on all cores
# two are many times slower than one.
ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}


def variables() -> dict[str, str]:
    """Return variables that lead to a model server of one's own."""
    return {"LOCAL_PORT": str(free_port()), "LOCAL_API_KEY": secrets.token_urlsafe(16)}


def start_model(environ: dict[str, str]) -> subprocess.Popen[str]:
    """Return the server, which answers. `communicate` ends it."""
    environment = {
        **os.environ,
        **ONE_THREAD,
        **environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [
        sys.executable,
        str(ROOT / "manage.py"),
        "serve_model",
        "local",
        "--stop-with-parent",
    ]
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "local serves" in process.stdout.readline()
    return process


def busy_slots(environ: dict[str, str]) -> int:
    """Return how many answers the server is making."""
    headers = {"Authorization": f"Bearer {environ['LOCAL_API_KEY']}"}
    slots: list[dict[str, Any]] = requests.get(
        f"http://127.0.0.1:{environ['LOCAL_PORT']}/slots", headers=headers, timeout=5
    ).json()
    return sum(slot["is_processing"] for slot in slots)
