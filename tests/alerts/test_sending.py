"""Messages reach real servers, once, and are sent again where that failed."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from aimodels.environment import Env
from alerts.models import Alert, Delivery
from alerts.sending import queue
from alerts.sending.errors import SendingError
from alerts.sending.message import Message
from alerts.sending.queue import send, send_due
from registry.alert_rules import AlertRules
from registry.config.alert_targets import Target
from tests.support.ports import free_port
from tests.support.servers.hook_server import HookServer, hook_server
from tests.support.servers.mail_server import MailServer, mail_server

DRIFT = frozenset({"drift"})


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


@pytest.fixture
def post(settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.SMTP_URL = server.url
        yield server


def queued(target: Target) -> tuple[Delivery, AlertRules]:
    alert = Alert.objects.create(
        kind="drift", subject="rock", key="k", text="rock lacks slate.", began=timezone.now(),
        details={"models": ["rock:slate"]},
    )  # fmt: skip
    delivery = Delivery.objects.create(
        alert=alert, target=target.name, event="alert", due=timezone.now()
    )
    return delivery, AlertRules((target,))


@pytest.mark.django_db
def test_a_webhook_gets_json_with_a_text_and_its_headers(hook: HookServer) -> None:
    target = Target("ops", DRIFT, hook.url, {"Authorization": "Bearer abcd"})
    delivery, rules = queued(target)
    assert send_due(rules) == 1
    (got,) = hook.got
    assert got["text"] == "AI models: rock lacks slate."
    assert (got["event"], got["kind"], got["subject"]) == ("alert", "drift", "rock")
    assert (got["id"], got["ended"]) == (str(delivery.pk), None)
    assert got["details"] == {"models": ["rock:slate"]}
    assert hook.headers[0]["Authorization"] == "Bearer abcd"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert send_due(rules) == 0


@pytest.mark.django_db
def test_a_failed_message_is_sent_again_after_growing_pauses(
    hook: HookServer, caplog: pytest.LogCaptureFixture
) -> None:
    hook.statuses = [500, 503]
    delivery, rules = queued(Target("ops", DRIFT, hook.url))
    pauses = []
    for _ in range(3):
        Delivery.objects.update(due=timezone.now())
        send_due(rules)
        delivery.refresh_from_db()
        pauses.append(round((delivery.due - timezone.now()).total_seconds()))
    assert pauses[:2] == [10, 20]
    assert (delivery.state, delivery.attempts) == ("sent", 3)
    assert len({got["id"] for got in hook.got}) == 1
    assert caplog.messages == [
        f"An alert did not reach ops ({hook.url.split('/')[2]}): it answered 500 Internal Server Error"
    ]


@pytest.mark.django_db
def test_a_message_is_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_ATTEMPTS", 1)
    delivery, rules = queued(Target("ops", DRIFT, f"http://127.0.0.1:{free_port()}/"))
    send_due(rules)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("given_up", "it cannot be reached")


@pytest.mark.django_db
def test_a_message_that_another_worker_claimed_is_not_sent(hook: HookServer) -> None:
    delivery, rules = queued(Target("ops", DRIFT, hook.url))
    seen = Delivery.objects.get()
    assert queue._claim(delivery)
    assert not queue._claim(seen)
    assert send_due(rules) == 0
    Delivery.objects.update(due=timezone.now() - timedelta(seconds=1))
    assert send_due(rules) == 1


@pytest.mark.django_db
def test_an_error_that_no_one_foresaw_is_a_failure_too(post: MailServer, settings) -> None:
    settings.MAIL_FROM = "two\nlines@example.org"
    delivery, rules = queued(Target("money", DRIFT, mail=("a@example.org",)))
    assert send_due(rules) == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("waiting", 1, "ValueError")


@pytest.mark.django_db
def test_a_target_that_has_left_the_file_gets_nothing(hook: HookServer) -> None:
    delivery, _ = queued(Target("ops", DRIFT, hook.url))
    send_due(AlertRules())
    delivery.refresh_from_db()
    assert (delivery.state, hook.got) == ("given_up", [])


def test_no_redirect_is_followed(hook: HookServer) -> None:
    with hook_server() as other:
        hook.statuses, hook.location = [307], other.url
        with pytest.raises(SendingError, match="it answered 307"):
            send(Target("ops", DRIFT, hook.url), Message.test("ops"))
        assert other.got == []


def test_a_slow_webhook_is_left(hook: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.sending.webhook.TIMEOUT", (1, 0.2))
    hook.delay = 1
    with pytest.raises(SendingError, match="did not answer in time"):
        send(Target("ops", DRIFT, hook.url), Message.test("ops"))


@pytest.mark.parametrize("url", ["https://127.0.0.1:{port}/", "http://nowhere.invalid/secret"])
def test_an_error_has_no_address(url: str, hook: HookServer) -> None:
    port = hook.url.split(":")[2].split("/")[0]
    with pytest.raises(SendingError) as caught:
        send(Target("ops", DRIFT, url.format(port=port)), Message.test("ops"))
    assert "/" not in str(caught.value)


def test_a_mail_reaches_all_addresses(post: MailServer, settings) -> None:
    settings.MAIL_FROM = "portal@example.org"
    message = Message(
        "1234", "over", "drift", "rock", "No longer so: rock lacks:\n  a\n  b", timezone.now()
    )
    send(Target("money", DRIFT, mail=("a@example.org", "b@example.org")), message)
    (mail,) = post.mails
    assert (mail["To"], mail["From"]) == ("a@example.org, b@example.org", "portal@example.org")
    assert mail["Subject"] == "AI models: No longer so: rock lacks:"
    assert mail["Message-ID"] == "<1234@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == ["No longer so: rock lacks:", "  a", "  b"]


def test_a_mail_server_gets_the_name_and_the_password(post: MailServer, settings) -> None:
    settings.SMTP_URL = post.url.replace("//", "//me:p%40ss@")
    send(Target("money", DRIFT, mail=("a@example.org",)), Message.test("money"))
    assert base64.b64decode(post.logins[0]) == b"\0me\0p@ss"


def test_an_address_that_is_refused_is_reported(
    post: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    post.refuses = ["b@example.org"]
    send(Target("money", DRIFT, mail=("a@example.org", "b@example.org")), Message.test("m"))
    assert (
        "refused 1 of the addresses" in caplog.text
    )  # and the mail is not sent again to the other
    with pytest.raises(SendingError, match="refused all addresses"):
        send(Target("money", DRIFT, mail=("b@example.org",)), Message.test("m"))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, certificate


@pytest.mark.parametrize("scheme", ["smtp+tls", "smtps"])
def test_a_mail_goes_over_tls_to_a_server_that_is_trusted(
    scheme: str, certificate: tuple[Path, Path], settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(certificate, at_once=scheme == "smtps") as post:
        settings.SMTP_URL = f"{scheme}://me:word@localhost:{post.port}"
        target = Target("money", DRIFT, mail=("a@example.org",))
        with pytest.raises(SendingError, match="SSLCertVerificationError"):
            send(target, Message.test("money"))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
        send(target, Message.test("money"))
        assert (len(post.mails), len(post.logins)) == (1, 1)


@pytest.mark.parametrize(
    "text", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://x/y"]
)
def test_a_wrong_address_of_a_mail_server_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_URL", text)
    with pytest.raises(ImproperlyConfigured, match="SMTP_URL is not valid: write smtp://host:25,"):
        Env().smtp("SMTP_URL")


def test_mail_needs_a_server() -> None:
    with pytest.raises(SendingError, match="SMTP_URL is not set"):
        send(Target("money", DRIFT, mail=("a@example.org",)), Message.test("money"))
