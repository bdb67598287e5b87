"""
Nothing of the portal connects anywhere but to what is configured.

A whole run is traced with all its processes: the start, the sign-in page and the other pages in a
browser, a chat, and SQL. It is repeated in a network namespace that has nothing but loopback.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.chat.page.chat_page import answers, ask, send
from tests.conftest import copy_of
from tests.support.browser import browser, expected, needs_chromium, page, sign_in
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.programs import needs
from tests.workflow.portal import COUNT, MODELS, build, says

__all__ = ["browser", "expected", "page"]
pytestmark = [needs("strace"), needs_chromium]
STRACE = (
    "strace",
    "-D",
    "-f",
    "-qq",
    "--seccomp-bpf",
    "-e",
    "trace=connect,sendto,sendmsg,sendmmsg",
)
TARGET = re.compile(
    r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(\"([^\"]+)\"|inet_pton\(AF_INET6, \"([^\"]+)\")"
)
LOOPBACK = {"127.0.0.1", "::1"}


def targets(trace: Path) -> set[tuple[str, int]]:
    """Return the addresses and ports to which any process of the portal connected, or sent."""
    return {(four or six, int(port)) for port, four, six in TARGET.findall(trace.read_text())}


@pytest.fixture
def traced(portal_files: Portal, tmp_path: Path, fake: FakeProvider) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path / "traced", "uvicorn", **LONG_TIMEOUTS)
    shutil.copy(MODELS, portal.models)
    portal.tracer = (*STRACE, "-o", str(portal.folder / "trace"))
    portal.start()
    yield portal
    portal.stop()


def configured(portal: Portal) -> set[tuple[str, int]]:
    """Return what the portal may connect to: its provider, and the database if that is Postgres."""
    ports = {int(portal.variables["FAKE_PORT"]), int(portal.variables["CLOSED_PORT"])}
    if url := portal.variables.get("DATABASE_URL"):
        ports.add(urlsplit(url).port or 5432)
    return {(address, port) for address in LOOPBACK for port in ports}


def use(portal: Portal, page: Page, fake: FakeProvider) -> list[str]:
    """Use all parts of a portal. Return the addresses that the browser asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{portal.url}/sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(page, portal)
    expect(send(page)).to_be_enabled()
    ask(page, "Hello?")
    expect(answers(page).last.locator(".facts")).to_contain_text("in all")
    for path in ("/workflow", "/models", "/tokens", "/account", "/docs", "/admin/"):
        page.goto(portal.url + path)
    says(fake, {"query": COUNT})
    assert build(portal)["valid"]
    portal.chat().raise_for_status()
    return asked


def test_all_that_it_connects_to_is_configured(
    traced: Portal, page: Page, fake: FakeProvider
) -> None:
    asked = use(traced, page, fake)
    traced.stop()
    reached = targets(traced.folder / "trace")
    assert any(port == int(traced.variables["FAKE_PORT"]) for _, port in reached)  # it sees them
    assert reached - configured(traced) == set()
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {
        urlsplit(traced.url).netloc
    }


def test_the_trace_would_show_a_name_server_and_an_address(tmp_path: Path) -> None:
    program = (
        "import socket\n"
        "for family, address in ((socket.AF_INET, ('192.0.2.1', 53)), (socket.AF_INET6, ('::1', 9))):\n"
        "    with socket.socket(family, socket.SOCK_DGRAM) as s:\n"
        "        try: s.connect(address)\n"
        "        except OSError: pass\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 54))\n"
    )
    trace = tmp_path / "trace"
    command = [word for word in STRACE if word != "-D"]
    subprocess.run([*command, "-o", str(trace), sys.executable, "-c", program], check=True)
    assert targets(trace) == {("192.0.2.1", 53), ("::1", 9), ("127.0.0.1", 54)}


def _has_namespaces() -> bool:
    command = ["unshare", "--net", "--map-root-user", "true"]
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(command, capture_output=True).returncode
    )


@pytest.mark.long
@pytest.mark.timeout(320)
@pytest.mark.skipif(not _has_namespaces(), reason="no network namespaces here")
def test_it_runs_where_there_is_only_loopback(tmp_path: Path) -> None:
    name = test_all_that_it_connects_to_is_configured.__name__
    test = f"{Path(__file__).relative_to(ROOT)}::{name}"
    options = f"-q -n0 -p no:cacheprovider --basetemp {tmp_path / 'inner'}"  # shared by no one
    inner = f"ip link set lo up && exec {sys.executable} -m pytest {options} {test}"
    command: list[Any] = ["unshare", "--net", "--map-root-user", "sh", "-c", inner]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert "1 passed" in done.stdout, done.stdout[-3000:] + done.stderr[-1000:]
