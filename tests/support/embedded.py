"""The server of the embedded model, in a separate process."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from typing import Any

import requests

from tests.support.paths import ROOT
from tests.support.ports import free_port

# Its threads wait for each other in busy loops, many times a token. When all cores have other work,
# two threads are many times slower than one.
ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}


def variables() -> dict[str, str]:
    """Return the variables of a model server on a new port, with a new key."""
    return {"LOCAL_PORT": str(free_port()), "LOCAL_API_KEY": secrets.token_urlsafe(16)}


def start_model(environ: dict[str, str]) -> subprocess.Popen[str]:
    """Start the server, and return it once it serves. `communicate` stops it."""
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
    """Return how many answers the server is generating."""
    headers = {"Authorization": f"Bearer {environ['LOCAL_API_KEY']}"}
    slots: list[dict[str, Any]] = requests.get(
        f"http://127.0.0.1:{environ['LOCAL_PORT']}/slots", headers=headers, timeout=5
    ).json()
    return sum(slot["is_processing"] for slot in slots)
