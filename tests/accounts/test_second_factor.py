"""A code beside the password, on a portal that runs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.support.portal import Portal
from tests.support.servers.databases import rows

PASSWORD = "correct horse battery"


def code_of(secret: str, step: int = 0) -> str:
    """Return the code that an authenticator app shows, or that of a later step (RFC 6238)."""
    import base64
    import hashlib
    import hmac

    counter = int(time.time()) // 30 + step
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Browser:
    """Someone's cookies at the portal."""

    def __init__(self, portal: Portal) -> None:
        self.url, self.session = portal.url, requests.Session()
        self.get("/sign-in")

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, allow_redirects=False, timeout=20)

    def post(self, path: str, **data: str) -> requests.Response:
        data["csrfmiddlewaretoken"] = self.session.cookies["csrftoken"]
        return self.session.post(self.url + path, data, allow_redirects=False, timeout=20)

    def enter(self) -> requests.Response:
        return self.post("/sign-in", username="ann", password=PASSWORD, next="/tokens")

    def signed_in(self) -> bool:
        return self.get("/tokens").status_code == 200


@pytest.fixture(scope="module")
def strict(portal_files: Portal, tmp_path_factory: Any) -> Iterator[Portal]:
    folder: Path = tmp_path_factory.mktemp("second")
    portal = copy_of(portal_files, folder, "uvicorn", SECOND_FACTOR="1")
    portal.manage("migrate", "-v0")
    for name in ("ann", "olga"):
        portal.set_password(name, PASSWORD)
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


def test_a_password_asks_for_a_code_once_it_is_turned_on(strict: Portal) -> None:
    first = Browser(strict)
    assert first.enter().headers["Location"] == "/tokens", "it is not turned on"
    page = first.get("/account/code/on").text
    (secret,) = re.findall(r'<code class="secret" tabindex="0">(\w+)</code>', page)
    assert first.post("/account/code/on", code="000000").status_code == 200
    assert first.post("/account/code/on", code=code_of(secret)).status_code == 302
    spare = re.findall(r'<code class="secret">(\d+)</code>', first.get("/account/code/spare").text)
    assert len(spare) == 10
    (stored,) = rows(strict, "SELECT data FROM mfa_authenticator WHERE type = 'totp'")
    assert secret not in str(stored), "it is encrypted"

    second = Browser(strict)
    assert second.enter().headers["Location"] == "/sign-in/code"
    assert not second.signed_in(), "the password alone is not enough"
    assert second.get("/account/security").status_code == 302
    assert second.post("/sign-in/code", code="123").status_code == 200
    assert not second.signed_in()
    used = code_of(secret, 1)
    assert second.post("/sign-in/code", code=used).headers["Location"] == "/tokens"
    assert second.signed_in()

    third = Browser(strict)
    third.enter()
    assert third.post("/sign-in/code", code=used).status_code == 200, "a code works once"
    assert third.post("/sign-in/code", code=spare[0]).status_code == 302
    fourth = Browser(strict)
    fourth.enter()
    fourth.post("/sign-in/code", code=spare[0])
    assert not fourth.signed_in(), "a spare code works once"
    for _ in range(6):
        fourth.post("/sign-in/code", code="000000")
    fourth.post("/sign-in/code", code=spare[1])
    assert not fourth.signed_in(), "guesses are limited"


def test_codes_that_are_tried_at_once_are_counted_one_by_one(strict: Portal) -> None:
    """Each is the first as far as its own request knows."""
    owner = Browser(strict)
    owner.post("/sign-in", username="olga", password=PASSWORD, next="/tokens")
    page = owner.get("/account/code/on").text
    (secret,) = re.findall(r'<code class="secret" tabindex="0">(\w+)</code>', page)
    owner.post("/account/code/on", code=code_of(secret))
    thief = Browser(strict)
    thief.post("/sign-in", username="olga", password=PASSWORD, next="/tokens")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: thief.post("/sign-in/code", code=f"{n:06}"), range(40)))
    counted = [answer.status_code for answer in answers]
    assert counted.count(429) >= 30, counted
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) > 60
    assert thief.post("/sign-in/code", code=code_of(secret, 1)).status_code == 429
    assert not thief.signed_in()


def test_the_page_for_the_code_is_nothing_without_the_password(strict: Portal) -> None:
    browser = Browser(strict)
    answer = browser.post("/sign-in/code", code="123456")
    assert answer.headers["Location"] == "/sign-in/again"
    assert not browser.signed_in()


ADDRESSES = """
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
zed = User.objects.create_user("zed", email="zed@marzipan.example")
root = User.objects.create_superuser("root")
for number, email in enumerate((zed.email, "z@marzipan.example")):
    address = EmailAddress.objects.create(user=zed, email=email)
    LogEntry.objects.log_actions(root.pk, [address], CHANGE)
    if not number:
        LogEntry.objects.log_actions(root.pk, [address], DELETION)
        address.delete()
"""


def test_an_erasure_takes_the_addresses_that_the_admin_logged(strict: Portal) -> None:
    strict.manage("shell", "-c", ADDRESSES)
    entries = "SELECT object_repr FROM django_admin_log"
    assert len([text for (text,) in rows(strict, entries) if "marzipan" in text]) == 3
    strict.manage("people", "erase", "zed", "--yes", "--later")
    assert all(text.startswith("erased-") for (text,) in rows(strict, entries))
