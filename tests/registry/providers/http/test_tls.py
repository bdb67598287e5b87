"""Providers behind TLS: a request is sent only if the certificate is trusted."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.core.test_rules import check_error
from tests.registry.providers.http.test_leaving import CHAT, MAX_DELAY, leave_cleanly
from tests.registry.providers.http.test_leaving import ask as send_request
from tests.support.fake_provider import FakeProvider, stop_listening
from tests.support.portal import Portal
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, certificate


@pytest.fixture
def tls_port(certificate: tuple[Path, Path], fake: FakeProvider) -> Iterator[int]:
    """A second port of the fake provider, which speaks TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate[1], certificate[0])
    port = free_port()
    listening = asyncio.start_server(fake._serve, "localhost", port, ssl=context)
    server = asyncio.run_coroutine_threadsafe(listening, fake.loop).result(5)
    yield port
    asyncio.run_coroutine_threadsafe(stop_listening(server), fake.loop).result(5)


def ask(portal: Portal, port: int, **variables: str) -> list[requests.Response]:
    """Return a whole and a streamed answer from a portal whose provider is behind TLS."""
    start(portal, port, **variables)
    return [portal.chat(), portal.chat(stream=True)]


def start(portal: Portal, port: int, **variables: str) -> None:
    """Start a portal whose provider is behind TLS."""
    text = portal.models.read_text()
    old = "http://127.0.0.1:${FAKE_PORT}/v1"
    portal.models.write_text(text.replace(old, f"https://localhost:{port}/v1"))
    portal.variables |= variables
    portal.start()


def test_a_provider_behind_tls_with_a_trusted_certificate_answers(
    own_portal: Portal, tls_port: int, certificate: tuple[Path, Path], fake: FakeProvider
) -> None:
    whole, streamed = ask(own_portal, tls_port, SSL_CERT_FILE=str(certificate[1]))
    assert whole.json()["choices"][0]["message"]["content"] == "Hello from the fake."
    assert streamed.text.endswith("data: [DONE]\n\n")
    assert fake.posts[0].headers["host"] == f"localhost:{tls_port}"
    assert fake.posts[0].connection == fake.posts[1].connection


def test_an_untrusted_certificate_is_refused(
    own_portal: Portal, tls_port: int, fake: FakeProvider
) -> None:
    for answer in ask(own_portal, tls_port):
        error = check_error(answer, 502, "provider_unreachable")
        assert "TLS certificate" in error["message"]
    assert fake.posts == []


def test_a_tls_connection_closes_without_waiting_for_the_peer(
    own_portal: Portal, certificate: tuple[Path, Path]
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate[1], certificate[0])
    with socket.create_server(("localhost", 0)) as listening:
        start(own_portal, listening.getsockname()[1], SSL_CERT_FILE=str(certificate[1]))
        caller = send_request(own_portal, "/v1/ai/chat/completion", CHAT)
        with posted(listening, context) as upstream:
            leave_cleanly(caller)
            upstream.settimeout(MAX_DELAY)
            while upstream.recv(4096):
                pass


def posted(listening: socket.socket, context: ssl.SSLContext) -> socket.socket:
    """Return the socket below TLS of the next connection with a POST. Probes are skipped."""
    while True:
        with suppress(ssl.SSLError), listening.accept()[0] as bare:
            connection = context.wrap_socket(bare, server_side=True)
            if connection.recv(4) == b"POST":
                return socket.socket(fileno=connection.detach())
            connection.close()
