"""Callers who do not read what they asked for, on both servers."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from aimodels.serve.slow_readers import SlowReaders
from tests.conftest import copy_of
from tests.support import raw_caller
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, MAX_BUFFERS, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, http
from tests.support.servers import databases

pytestmark = pytest.mark.long

PIECE = event(chunk("x" * 8192)) * 64
LONG = [SSE_HEAD, *([PIECE] * 200)]  # 100 MB
WHOLE = http(200, {**chunk(), "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x" * 20_000_000}}]})  # fmt: skip


def test_who_reads_nothing_is_late_and_who_reads_a_little_is_not() -> None:
    readers = SlowReaders(idle=3, total=100)
    looks = [{"stuck": (0, -9), "slow": (0, n - 9), "again": (n, -9)} for n in range(5)]
    assert [readers.late(look, 1) for look in looks] == [[], [], [], ["stuck"], ["stuck"]]


def test_a_reader_who_catches_up_begins_again() -> None:
    readers = SlowReaders(idle=2, total=3)
    full = {"a": (0, -9)}
    assert [readers.late(look, 1) for look in (full, {}, full, full)] == [[]] * 4


def test_who_drips_is_late_in_the_end() -> None:
    readers = SlowReaders(idle=3, total=4)
    looks = [{"a": (0, n - 9)} for n in range(5)]
    assert [readers.late(look, 1) for look in looks] == [[], [], [], [], ["a"]]


@pytest.fixture(params=databases.SERVERS)
def patient(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> Iterator[Portal]:
    """A portal whose answers may last: only a reader ends them. It has two places."""
    portal = copy_of(portal_files, tmp_path / "patient", request.param, **LONG_TIMEOUTS)
    portal.variables |= {"TOTAL_TIMEOUT": "60", "READER_SECONDS": "2", "PROVIDER_CONCURRENCY": "2"}
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


def test_a_stream_that_no_one_reads_gives_its_place_back(
    patient: Portal, fake: FakeProvider
) -> None:
    patient.chat()
    before = patient.memory()
    with ExitStack() as callers:
        for _ in range(2):
            fake.script(*LONG)
            callers.enter_context(raw_caller.ask(patient, stream=True))
        fake.wait_for_post(count=3)
        for upstream in fake.posts[1:]:
            assert upstream.peer_closed.wait(15), "the portal ends the answer"
        assert patient.chat().status_code == 200
        assert patient.memory() - before < MAX_BUFFERS


def test_a_whole_answer_that_no_one_reads_is_dropped(patient: Portal, fake: FakeProvider) -> None:
    fake.script(WHOLE)
    with raw_caller.ask(patient) as caller:
        fake.wait_for_post()
        time.sleep(8)  # many times READER_SECONDS, on a busy machine, too
        assert len(raw_caller.rest(caller)) < 10_000_000


def test_a_slow_reader_gets_all(patient: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD, *[PIECE] * 16, b"data: [DONE]\n\n")
    with raw_caller.ask(patient, stream=True) as caller:
        size = 0
        for _ in range(8):
            time.sleep(0.7)  # in all, longer than READER_SECONDS
            size += len(caller.recv(400_000, socket.MSG_WAITALL))
        last = b""
        while not last.endswith(b"0\r\n\r\n"):
            data = caller.recv(400_000)
            assert data, patient.log.read_text()[-3800:]
            size, last = size + len(data), last[-8:] + data
    assert size > 16 * 64 * 8192


def test_a_stream_ends_at_its_total_however_slowly_it_is_read(
    portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> None:
    portal = copy_of(portal_files, tmp_path / "total", "uvicorn", **LONG_TIMEOUTS)
    portal.variables |= {"TOTAL_TIMEOUT": "4", "READER_SECONDS": "30"}
    portal.start()
    fake.script(*LONG)
    with raw_caller.ask(portal, stream=True) as caller:
        upstream = fake.wait_for_post()
        end = time.monotonic() + 15
        while not upstream.peer_closed.wait(0.2):
            assert time.monotonic() < end
            with suppress(ConnectionResetError):
                caller.recv(512)
    portal.stop()
