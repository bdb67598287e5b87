"""`manage.py start`, which `make run` calls: it sets up, serves, and stops everything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.support.embedded import ONE_THREAD
from tests.support.paths import ROOT
from tests.support.ports import free_port
from tests.support.servers import databases

pytestmark = pytest.mark.long


def read_until(process: subprocess.Popen[str], words: str) -> str:
    text = ""
    assert process.stdout is not None
    while words not in text:
        line = process.stdout.readline()
        assert line, text
        text += line
    return text


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Return a function that starts everything in `tmp_path`, as `make run` does."""
    running: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "aimodels.settings", "SECRET_KEY": "s" * 50,
                   "VAR_DIR": str(tmp_path / "var"), "PORT": str(free_port()),
                   "LOCAL_PORT": str(free_port()), "MODELS_FILE": str(ROOT / "models.yaml"),
                   **ONE_THREAD, **databases.new_database()}  # fmt: skip

    def run() -> subprocess.Popen[str]:
        command = [sys.executable, "-u", str(ROOT / "manage.py"), "start"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append(process)
        return process

    run.environment = environment  # type: ignore[attr-defined]
    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
            process.communicate()


def listens(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def test_start_sets_up_prints_a_link_and_a_token_once_and_stops_everything(start: Any) -> None:
    first = start()
    text = read_until(first, "aim_")
    token = text.split()[-1]
    link = next(word for word in text.split() if "/sign-in/" in word)
    base = f"http://127.0.0.1:{start.environment['PORT']}"
    assert requests.get(link, timeout=5).status_code == 200
    answer = requests.post(
        f"{base}/v1/ai/chat/completion",
        json={"messages": [{"role": "user", "content": "Say hi"}], "max_tokens": 4, "temperature": 0},
        headers={"Authorization": f"Bearer {token}"}, timeout=30,
    )  # fmt: skip
    assert answer.json()["choices"][0]["message"]["content"].strip()
    assert answer.json()["resolution"]["resolved_by"] == "default"
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=10)
    assert first.returncode == 0
    assert not listens(start.environment["LOCAL_PORT"])

    second = start()
    text = read_until(second, "/sign-in/")
    assert "aim_" not in text
    assert link not in text
    second.kill()  # even then the model's server goes
    second.communicate()
    end = time.monotonic() + 5
    while listens(start.environment["LOCAL_PORT"]):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("end", "report"), [(signal.SIGKILL, "has ended (exit -9)"), (signal.SIGSTOP, "hung for ")]
)
def test_a_model_server_that_ends_or_hangs_is_replaced(start: Any, end: int, report: str) -> None:
    start.environment["HUNG_SECONDS"] = "5"
    process = start()
    read_until(process, "/sign-in/")
    model = model_of(process)
    model.send_signal(end)
    assert report in read_until(process, "runs again")
    assert not model.is_running()
    assert model_of(process).is_running()
    assert listens(start.environment["LOCAL_PORT"])
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 0


def model_of(process: subprocess.Popen[str]) -> psutil.Process:
    children = psutil.Process(process.pid).children()
    (model,) = [child for child in children if "serve_model" in " ".join(child.cmdline())]
    return model


def test_start_refuses_a_foreign_listener_on_the_models_port(start: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(start.environment["LOCAL_PORT"])))
        other.listen()
        process = start()
        text, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "another program listens there" in text
    assert "or set LOCAL_PORT" in text
    assert "Traceback" not in text


def test_start_in_a_place_that_cannot_be_written_is_one_sentence(
    start: Any, tmp_path: Path
) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    process = start()
    text, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "cannot be created" in text
    assert len(text.strip().splitlines()) == 1
    assert "Traceback" not in text
