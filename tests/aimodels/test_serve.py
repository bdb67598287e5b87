"""Starting and stopping: the processes that operators see."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, openai_stream
from tests.support.servers import databases

pytestmark = pytest.mark.long


@pytest.fixture(params=databases.SERVERS)
def stopping(request: pytest.FixtureRequest, own_portal: Portal) -> Portal:
    own_portal.server = request.param
    own_portal.variables |= {"IDLE_TIMEOUT": "20", "TOTAL_TIMEOUT": "20"}
    own_portal.start()
    return own_portal


def in_background(call: Any) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    return thread, found


def test_an_idle_server_stops_at_once_with_0(stopping: Portal) -> None:
    stopping.chat()
    started = time.monotonic()
    assert stopping.stop() == 0
    assert time.monotonic() - started < 2
    assert "Traceback" not in stopping.log.read_text()


def test_an_answer_under_way_may_end(stopping: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), 0.6, openai_stream("lo"))
    thread, found = in_background(lambda: stopping.chat(stream=True))
    fake.wait_for_post()
    time.sleep(0.1)
    assert stopping.stop() == 0
    thread.join()
    assert found[0].text.endswith("data: [DONE]\n\n")


def test_what_does_not_end_in_time_is_told_and_closed(stopping: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    thread, found = in_background(lambda: stopping.chat(stream=True))
    upstream = fake.wait_for_post()
    time.sleep(0.1)
    assert stopping.stop() == 0
    thread.join()
    last = found[0].text.replace(": waiting\n", "").strip().split("\n\n")[-1].removeprefix("data: ")
    assert json.loads(last)["error"]["code"] == "server_restarting"
    assert upstream.peer_closed.wait(1)
    assert "Traceback" not in stopping.log.read_text()


def test_new_work_is_refused_while_stopping(stopping: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), 0.8, openai_stream("lo"))
    thread, _ = in_background(lambda: stopping.chat(stream=True))
    fake.wait_for_post()
    assert stopping.process is not None
    stopping.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    answer = stopping.chat()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "server_restarting")
    thread.join()
    assert stopping.process.wait(timeout=10) == 0


def test_half_a_request_does_not_hold_the_stop_up(stopping: Portal) -> None:
    with socket.create_connection(("127.0.0.1", stopping.port)) as caller:
        caller.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"
        )
        time.sleep(0.2)
        started = time.monotonic()
        assert stopping.stop() == 0
        assert time.monotonic() - started < 6


def test_a_port_in_use_is_one_sentence(own_portal: Portal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", own_portal.port))
        other.listen()
        done = own_portal.manage("serve", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"CommandError: The portal cannot listen on 127.0.0.1 port {own_portal.port}: "
        "another program listens there. Stop that program, or set HOST and PORT."
    )


def test_a_bad_file_is_not_served(own_portal: Portal) -> None:
    own_portal.models.write_text("models: {openai: {}}")
    done = own_portal.manage("serve", check=False)
    assert done.returncode == 1
    assert "models.yaml:1:10  'endpoint' is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_not_prepared_is_not_served(own_portal: Portal) -> None:
    """The commands of the README's deployment, in its order, each refusing before its turn."""
    shutil.rmtree(own_portal.folder / "static")
    own_portal.variables |= databases.new_database()
    own_portal.variables["VAR_DIR"] = str(own_portal.folder / "fresh")
    assert "Run: manage.py migrate" in own_portal.manage("serve", check=False).stderr
    assert (
        "Run `manage.py migrate` first"
        in own_portal.manage("sign_in_link", "x", check=False).stderr
    )
    assert (
        "Run `manage.py migrate` first"
        in own_portal.manage("create_token", "x", check=False).stderr
    )
    own_portal.manage("migrate", "-v0")
    assert "Run: manage.py collectstatic" in own_portal.manage("serve", check=False).stderr
    own_portal.manage("collectstatic", "-v0", "--no-input")
    own_portal.start()
    assert own_portal.get("/admin/login/", who=None).status_code == 200


def test_a_link_leads_to_the_public_host(own_portal: Portal) -> None:
    def link(**variables: str) -> str:
        own_portal.variables |= variables
        return own_portal.manage("sign_in_link", "ann").stdout

    assert link().startswith(f"http://127.0.0.1:{own_portal.port}/sign-in/")
    assert link(ALLOWED_HOSTS="ai.example.org,x").startswith(
        f"http://ai.example.org:{own_portal.port}/"
    )
    assert link(TRUSTED_SCHEME_HEADER="X-Forwarded-Proto").startswith(
        "https://ai.example.org/sign-in/"
    )


def test_readiness_needs_the_database(own_portal: Portal) -> None:
    own_portal.start()
    databases.destroy(own_portal)
    answer = own_portal.get("/readyz", who=None)
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_no_secret_key_is_one_sentence(own_portal: Portal) -> None:
    environment = {**own_portal.environment, "SECRET_KEY": ""}
    command = [sys.executable, str(ROOT / "manage.py"), "check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("SECRET_KEY is not set.")
    assert len(done.stderr.splitlines()) == 1


def test_a_bare_daphne_serves_too(own_portal: Portal, fake: FakeProvider) -> None:
    command = [
        sys.executable,
        "-m",
        "daphne",
        "-p",
        str(own_portal.port),
        "aimodels.asgi:application",
    ]
    with own_portal.log.open("wb") as log:
        own_portal.process = subprocess.Popen(
            command, env=own_portal.environment, cwd=ROOT, stdout=log, stderr=log
        )
    own_portal.wait()
    assert own_portal.chat().status_code == 200


def test_a_page_that_waits_for_the_database_does_not_keep_the_portal(stopping: Portal) -> None:
    """Its thread waits for an event loop that has ended."""
    session = stopping.sign_in("ann", fresh=True)
    with ThreadPoolExecutor() as pool, databases.locked(stopping, "accounts_session"):
        page = pool.submit(session.post, f"{stopping.url}/sign-out")
        time.sleep(0.5)
        assert not page.done()
        assert stopping.process is not None
        stopping.process.send_signal(signal.SIGTERM)
        time.sleep(2.5)  # DRAIN_SECONDS are over
    assert stopping.process.wait(10) == 0
