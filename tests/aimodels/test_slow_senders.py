"""Requests that do not arrive, or are too large, on both servers."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator

import pytest

from aimodels.serve.slow_senders import BODY, HEAD, SlowSenders
from tests.conftest import copy_of
from tests.support import raw_caller
from tests.support.portal import Portal
from tests.support.servers import databases

pytestmark = pytest.mark.long

HALF_A_HEAD = b"POST /v1/ai/chat/completion HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "


@pytest.fixture(scope="module", params=databases.SERVERS)
def strict(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal to which requests have to be sent quickly."""
    portal = copy_of(portal_files, tmp_path_factory.mktemp("strict"), request.param)
    portal.variables |= {"HEAD_SECONDS": "2", "BODY_SECONDS": "3"}
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


def test_each_part_of_each_request_has_its_own_time() -> None:
    senders = SlowSenders(head=2, body=3)
    looks = [(HEAD, 1), (HEAD, 1), (BODY, 1), (BODY, 1), (BODY, 1), (BODY, 1)]
    assert [senders.late({"a": look}, 1) for look in looks] == [[], [], [], [], [], ["a"]]


def test_half_a_head_is_not_waited_for(strict: Portal) -> None:
    with raw_caller.connect(strict) as caller:
        caller.sendall(HALF_A_HEAD)
        assert b" 408 " in raw_caller.drip(caller)


def test_a_body_that_drips_is_not_waited_for(strict: Portal) -> None:
    with raw_caller.connect(strict) as caller:
        caller.sendall(raw_caller.head(strict, 1000))
        assert b" 408 " in raw_caller.drip(caller)


def test_the_second_request_of_a_connection_has_the_same_deadline(strict: Portal) -> None:
    with raw_caller.connect(strict) as caller:
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b" 200 " in caller.recv(4096)
        caller.sendall(HALF_A_HEAD)
        assert b" 408 " in raw_caller.drip(caller)


@pytest.mark.parametrize("headers", [b"X-A: " + b"a" * 1_000_000, b"\r\n".join([b"X-A: 1"] * 5000)])
def test_a_head_has_a_largest_size(strict: Portal, headers: bytes) -> None:
    with raw_caller.connect(strict) as caller:
        try:
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + b"\r\n\r\n")
        except OSError:
            pass  # it was closed before all was sent
        said = raw_caller.rest(caller)
    assert b" 200 " not in said
    assert said[9:12] in (b"431", b"400", b"")


def test_the_body_of_an_unknown_caller_is_not_kept(strict: Portal) -> None:
    size = 20_000_000
    strict.chat(who="nobody")
    before = strict.memory()
    for _ in range(3):
        with raw_caller.connect(strict) as caller:
            said = raw_caller.upload(caller, raw_caller.head(strict, size, who="nobody"), size)
        assert said[9:12] in (b"401", b"413", b"")  # empty: the system dropped it at the close
    assert strict.memory() - before < 15_000_000


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(strict: Portal) -> None:
    size = 20_000_000
    with raw_caller.connect(strict) as caller:
        said = raw_caller.upload(caller, raw_caller.head(strict, size), size)
    assert said[9:12] in (b"413", b"")
    answer = strict.post(
        "/v1/ai/chat/completion",
        data=(b" " * 1_000_000 for _ in range(20)),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413


def test_the_limit_of_open_files_is_raised_and_a_low_one_is_logged() -> None:
    program = "from aimodels.serve.descriptors import raise_limit; import resource as r; raise_limit(); print(r.getrlimit(r.RLIMIT_NOFILE)[0])"  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (300, 2000)),
    )  # fmt: skip
    assert done.stdout.strip() == "2000"
    assert "only 2000 files" in done.stderr
