"""A full disk, on a small file system in memory: what must write fails, and nothing else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from prometheus_client import values

from aimodels.serve import counters
from tests.chat.stored_answers import begin_answer, wait_for_state
from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.servers.cluster import both_workers, redis, until
from tests.support.servers.redis_server import RedisServer, needs_redis
from tests.support.socket_client import SocketClient

__all__ = ["redis"]  # a fixture
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems"),
    pytest.mark.skipif(bool(databases.POSTGRES), reason="SQLite is on the disk that is full"),
]
SIZE = 48 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system; skips the test where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill the file system to its last byte; return the file that does."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    return ballast


@pytest.fixture
def portal(
    portal_files: Portal, disk: Path, redis: RedisServer, fake: FakeProvider
) -> Iterator[Portal]:
    """A portal of two workers, whose folder is on the small disk."""
    portal = copy_of(portal_files, disk / "portal", "uvicorn", REDIS_URL=redis.url)
    portal.workers = 2
    portal.variables |= {"IDLE_TIMEOUT": "30", "TOTAL_TIMEOUT": "60", "DATABASE_TIMEOUT": "2"}
    portal.start()
    both_workers(portal)
    yield portal
    portal.stop()


def processes(portal: Portal) -> set[int]:
    assert portal.process is not None
    return {child.pid for child in psutil.Process(portal.process.pid).children()}


@needs_redis
@pytest.mark.long
def test_a_full_disk_kills_no_worker_and_loses_no_answer(
    portal: Portal, disk: Path, fake: FakeProvider
) -> None:
    before = processes(portal)
    with SocketClient(portal) as client:
        conversation = begin_answer(portal, fake, client)
        ballast = fill(disk)
        answers = [portal.chat() for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.headers["X-Worker"] for answer in answers}) == 2
        assert portal.get("/v1/ai/models", who="olga").status_code == 200
        client.send(type="stop", id="1")
        assert client.until("done")[-1]["stored"] is False
        error = client.ask("More", conversation=conversation)[-1]["error"]
        assert (error["code"], "disk" in error["message"]) == ("overloaded", True)
        assert processes(portal) == before
        assert "portal_requests_total" in portal.get("/metrics", who="olga").text
        ballast.unlink()
        assert wait_for_state(portal, "stopped", 15) == "Half an answer"
        until(lambda: client.ask("More", conversation=conversation)[-1]["type"] == "done", 10)
    assert processes(portal) == before
    assert "Traceback" not in portal.log.read_text()


def test_counters_without_room_are_in_memory(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(counters.VARIABLE, str(disk))
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    fill(disk)
    counters.reserve()
    assert counters.VARIABLE not in os.environ
    assert [file.name for file in disk.iterdir()] == ["ballast"]


def test_counters_have_their_space_from_the_start(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(counters.VARIABLE, str(disk))
    counters.reserve()
    files = [file.stat() for file in disk.iterdir()]
    assert [file.st_blocks * 512 for file in files] == [counters.SIZE] * len(counters.KINDS)
