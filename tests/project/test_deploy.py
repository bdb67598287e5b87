"""The proxies' files in deploy/: two portals that share Redis, behind the real proxies."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.ports import free_port
from tests.support.programs import needs
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers.redis_server import RedisServer, needs_redis
from tests.support.socket_client import SocketClient

DEPLOY = ROOT / "deploy"
HOST = "ai.example.org"
HSTS = "max-age=31536000"


@dataclass
class Behind(Portal):
    """A portal as callers see it: at its proxy."""

    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, *, who: str | None = "ann", **more: Any) -> Any:
        more["headers"] = {**more.get("headers", {}), "Host": HOST}
        return super().call(method, path, who=who, verify=False, **more)


@pytest.fixture
def two(
    portal_files: Portal, tmp_path: Path, fake: FakeProvider
) -> Iterator[tuple[Portal, Portal]]:
    """Two Daphnes with one database, one file and one Redis."""
    server = RedisServer(tmp_path)
    server.start()
    first = copy_of(
        portal_files, tmp_path / "two", REDIS_URL=server.url, ALLOWED_HOSTS=HOST,
        TRUSTED_SCHEME_HEADER="X-Forwarded-Proto", TRUSTED_ADDRESS_HEADER="X-Forwarded-For",
        **LONG_TIMEOUTS,
    )  # fmt: skip
    first.public = HOST
    second = replace(first, port=free_port())
    first.start()
    second.start()
    yield first, second
    for portal in (first, second):
        portal.stop()
    server.kill()


def proxied(portal: Portal, port: int, scheme: str) -> Behind:
    found = Behind(portal.folder, portal.models, port=port, tokens=portal.tokens, scheme=scheme)
    found.public = HOST
    end = time.monotonic() + 10
    while True:
        try:
            found.get("/healthz", who=None, timeout=1)
            return found
        except requests.RequestException:
            assert time.monotonic() < end, "the proxy does not answer"
            time.sleep(0.05)


@pytest.fixture
def nginx(two: tuple[Portal, Portal], tmp_path: Path) -> Iterator[Behind]:
    """nginx with our file, in which only addresses and the certificate are replaced."""
    port, key, pem = free_port(), tmp_path / "key", tmp_path / "pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         f"/CN={HOST}", "-keyout", key, "-out", pem], check=True, capture_output=True,
    )  # fmt: skip
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{two[0].port}; server 127.0.0.1:{two[1].port};",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}", "/etc/ssl/ai.example.org.pem": str(pem),
        "/etc/ssl/ai.example.org.key": str(key),
    }.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p;\n"
        f"fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;\n"
        f"{text}\n}}"
    )
    process = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(main), "-g", "daemon off;"])
    yield proxied(two[0], port, "https")
    process.terminate()
    process.wait()


@pytest.fixture
def caddy(two: tuple[Portal, Portal], tmp_path: Path) -> Iterator[Behind]:
    """Caddy with our file, but without a public name, for which it would fetch a certificate."""
    port = free_port()
    text = (DEPLOY / "Caddyfile").read_text()
    for old, new in {
        "127.0.0.1:8000": f"127.0.0.1:{two[0].port} 127.0.0.1:{two[1].port}",
        "\nai.example.org {": f"\nhttp://ai.example.org:{port} {{",
    }.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "Caddyfile"
    file.write_text(text.replace("{\n\tservers", "{\n\tadmin off\n\tservers"))
    with (tmp_path / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"],
            env={"HOME": str(tmp_path)}, stderr=log,
        )  # fmt: skip
    yield proxied(two[0], port, "http")
    process.terminate()
    process.wait()


def check(portal: Behind, two: tuple[Portal, Portal], fake: FakeProvider) -> None:
    """Streams come as they are made, sockets work, and both portals answer and agree."""
    seen = threading.Event()
    fake.script(
        SSE_HEAD + event(chunk("Hel")), seen, event(chunk("lo", "stop")), b"data: [DONE]\n\n"
    )
    stream = portal.chat(stream=True, http_stream=True)
    pieces = stream.iter_content(None)
    assert b"Hel" in next(pieces)
    seen.set()
    assert b"".join(pieces).endswith(b"data: [DONE]\n\n"), "it was held back"
    workers, end = set[str](), time.monotonic() + 10
    while len(workers) < 2:  # Caddy throws dice between idle ones
        assert time.monotonic() < end, workers
        workers.add(portal.get("/v1/ai/models").headers["X-Worker"])
    body = {"capability": "chat", "model": "fake:other/name:v2"}
    assert portal.post("/v1/ai/models/primary", body, who="olga").status_code == 200
    time.sleep(1.5)
    found = [portal.get("/v1/ai/models").json()["defaults"]["chat"] for _ in range(4)]
    assert found == ["fake:other/name:v2"] * 4
    two[0].stop()
    time.sleep(1.5)  # Caddy looks every second
    assert {portal.chat().status_code for _ in range(6)} == {200}


@pytest.mark.long
@needs_redis
@needs("nginx")
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_two_portals_behind_nginx(
    nginx: Behind, two: tuple[Portal, Portal], fake: FakeProvider
) -> None:
    page = nginx.get("/sign-in", who=None)
    assert page.status_code == 200
    assert "Secure" in page.headers["Set-Cookie"], "it knows that this is https"
    assert page.headers["Strict-Transport-Security"] == HSTS
    assert page.headers["Server"] == "nginx", "without its version"
    assert nginx.get("/v1/ai/models").headers["Strict-Transport-Security"] == HSTS
    with SocketClient(nginx, insecure=True) as socket:
        assert socket.ask("Hi")[-1]["type"] == "done"
    check(nginx, two, fake)


@pytest.mark.long
@needs_redis
@needs("caddy")
def test_two_portals_behind_caddy(
    caddy: Behind, two: tuple[Portal, Portal], fake: FakeProvider
) -> None:
    page = caddy.get("/sign-in", who=None, allow_redirects=False)
    assert page.headers["Strict-Transport-Security"] == HSTS
    assert caddy.get("/v1/ai/models").headers["Strict-Transport-Security"] == HSTS
    with SocketClient(caddy) as socket:
        assert socket.ask("Hi")[-1]["type"] == "done"
    check(caddy, two, fake)


@pytest.mark.long
@needs_redis
@needs("nginx")
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_nginx_limits_requests_of_one_address_for_signing_in(nginx: Behind) -> None:
    with ThreadPoolExecutor(16) as pool:
        statuses = [*pool.map(lambda _: nginx.get("/sign-in", who=None).status_code, range(90))]
    assert statuses.count(429) > 10
    assert nginx.get("/v1/ai/models").status_code == 200


@needs("caddy")
def test_caddy_accepts_the_file_as_it_is(tmp_path: Path) -> None:
    done = subprocess.run(
        ["caddy", "validate", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"],
        capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
