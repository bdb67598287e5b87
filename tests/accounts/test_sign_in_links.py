"""Sign-in links: how they sign in, when they are refused, and what is stored of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import SignInLink
from tests.accounts.account_setup import _fresh_counts, ann, output_of

__all__ = ["_fresh_counts", "ann"]  # fixtures
pytestmark = pytest.mark.django_db


def test_a_link_signs_in_once(ann: User, client: Client) -> None:
    path = SignInLink.make(ann)
    page = client.get(path)
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session, "a GET signs no one in"
    assert client.post(path).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert Client().post(path).status_code == 403


def test_the_links_page_leaks_nothing(ann: User, client: Client) -> None:
    page = client.get(SignInLink.make(ann))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert "'unsafe" not in page.headers["Content-Security-Policy"]


def test_an_old_link_is_refused(ann: User, client: Client) -> None:
    path = SignInLink.make(ann)
    SignInLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert client.post(path).status_code == 403


def test_a_disabled_user_is_refused(ann: User, client: Client) -> None:
    path = SignInLink.make(ann)
    User.objects.update(is_active=False)
    assert client.post(path).status_code == 403


def test_the_link_needs_a_csrf_token(ann: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = SignInLink.make(ann)
    assert strict.post(path).status_code == 403
    strict.get(path)
    token = {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        response = strict.post(path, token, headers=headers)
        assert response.status_code == 403
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert not SignInLink.objects.exclude(used=None).exists()
    assert strict.post(path, token, headers={"Origin": "null"}).status_code == 302


def test_only_a_hash_of_the_link_is_stored(ann: User) -> None:
    secret = SignInLink.make(ann).rsplit("/", 1)[1]
    (link,) = SignInLink.objects.values()
    assert secret not in str(link)


def test_too_many_attempts_with_old_links_lock_the_account(ann: User, client: Client) -> None:
    old = SignInLink.make(ann)
    client.post(old)
    for number in range(settings.SIGN_IN_FAILURES):
        answer = Client().post(old, REMOTE_ADDR=f"10.0.1.{number}")
    assert answer.status_code == 429
    assert "15 minutes" in answer.text
    assert Client().post(SignInLink.make(ann), REMOTE_ADDR="10.0.0.2").status_code == 429


def test_too_many_guesses_lock_the_address_and_no_other(ann: User, client: Client) -> None:
    for number in range(settings.SIGN_IN_FAILURES):
        client.post(f"/sign-in/guess-{number}", REMOTE_ADDR="10.0.0.3")
    assert client.post(SignInLink.make(ann), REMOTE_ADDR="10.0.0.3").status_code == 429
    assert client.post(SignInLink.make(ann), REMOTE_ADDR="10.0.0.4").status_code == 302


def test_a_refused_valid_link_is_neither_stored_nor_logged(
    ann: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(settings.SIGN_IN_FAILURES):
        client.post(f"/sign-in/guess-{number}")
    path = SignInLink.make(ann)
    assert client.post(path).status_code == 429
    secret = path.rsplit("/", 1)[1]
    assert secret not in caplog.text
    assert secret not in str([*AccessAttempt.objects.values(), *AccessFailureLog.objects.values()])
    assert AccessAttempt.objects.exists()


def test_attempts_are_counted_by_the_address_that_the_proxy_reports(
    ann: User, client: Client, settings: Any
) -> None:
    settings.TRUSTED_ADDRESS_HEADER = "X-Forwarded-For"
    for number in range(settings.SIGN_IN_FAILURES):
        headers = {"X-Forwarded-For": f"9.9.9.{number}, 10.0.0.8"}
        answer = client.post(f"/sign-in/guess-{number}", headers=headers)
    assert answer.status_code == 429
    other = {"X-Forwarded-For": "10.0.0.8, 10.0.0.9"}
    assert client.post(SignInLink.make(ann), headers=other).status_code == 302


def test_the_command_creates_a_link(ann: User, client: Client) -> None:
    (link,) = output_of("sign_in_link", "ann", "--base", "https://ai.example.org/")
    assert link.startswith("https://ai.example.org/sign-in/")
    assert client.post(link.removeprefix("https://ai.example.org")).status_code == 302


def test_the_command_lists_the_users_who_exist(ann: User) -> None:
    with pytest.raises(CommandError, match=r"No active user is called bob\. Known: ann\."):
        call_command("sign_in_link", "bob")
