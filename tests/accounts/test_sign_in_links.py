"""Sign-in links: how they sign in, when they are refused, and what is stored of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import SignInLink
from tests.accounts.account_setup import ann, output_of, use

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db


def state_of(link: str) -> str:
    answer = Client().post("/sign-in/link/state", {"secret": link.partition("#")[2]})
    return str(answer.json()["state"])


def test_a_link_signs_in_once(ann: User, client: Client) -> None:
    link = SignInLink.make(ann)
    assert client.get(link).status_code == 200
    assert "_auth_user_id" not in client.session, "a GET signs no one in"
    assert use(link, client).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert use(link).status_code == 403


def test_no_request_has_the_secret_in_its_address(ann: User) -> None:
    path, _, secret = SignInLink.make(ann).partition("#")
    assert path == "/sign-in/link"
    assert len(secret) >= 43, "256 bits"


def test_the_page_says_what_is_wrong_with_a_link_without_using_it(ann: User) -> None:
    link = SignInLink.make(ann)
    assert state_of(link) == state_of(link) == "valid"
    assert state_of(link + "x") == state_of("/sign-in/link#") == "unknown"
    used = SignInLink.make(ann)
    use(used)
    assert state_of(used) == "used"
    assert "used already" in use(used).content.decode().split('data-for="used"')[1]
    SignInLink.objects.filter(used=None).update(expires=timezone.now() - timedelta(seconds=1))
    assert state_of(link) == "expired"


def test_the_links_page_may_not_be_cached(ann: User, client: Client) -> None:
    for answer in (client.get("/sign-in/link"), use(SignInLink.make(ann))):
        assert "no-store" in answer.headers["Cache-Control"]
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]


def test_an_old_link_is_refused(ann: User, client: Client) -> None:
    link = SignInLink.make(ann)
    SignInLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert use(link, client).status_code == 403


def test_a_disabled_user_is_refused(ann: User, client: Client) -> None:
    link = SignInLink.make(ann)
    User.objects.update(is_active=False)
    assert use(link, client).status_code == 403
    assert state_of(link) == "unknown"


def test_the_link_needs_a_csrf_token(ann: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    link = SignInLink.make(ann)
    path, _, secret = link.partition("#")
    assert use(link, strict).status_code == 403
    strict.get(path)
    form = {"secret": secret, "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post(path, form, headers={"Origin": "http://evil.example"}).status_code == 403
    assert not SignInLink.objects.exclude(used=None).exists()
    assert strict.post(path, form, headers={"Origin": "http://testserver"}).status_code == 302


def test_only_a_hash_of_the_link_is_stored(ann: User) -> None:
    secret = SignInLink.make(ann).partition("#")[2]
    (link,) = SignInLink.objects.values()
    assert secret not in str(link)


def test_wrong_links_lock_out_no_one(ann: User) -> None:
    old = SignInLink.make(ann)
    use(old)
    for number in range(3 * settings.SIGN_IN_FAILURES):
        assert use(old).status_code == 403
        assert use(f"/sign-in/link#guess-{number}").status_code == 403
    assert use(SignInLink.make(ann)).status_code == 302


def test_the_command_creates_a_link(ann: User, client: Client) -> None:
    (link,) = output_of("sign_in_link", "ann", "--base", "https://ai.example.org/")
    assert link.startswith("https://ai.example.org/sign-in/link#")
    assert use(link.removeprefix("https://ai.example.org"), client).status_code == 302


def test_the_command_lists_the_users_who_exist(ann: User) -> None:
    with pytest.raises(CommandError, match=r"No active user is called bob\. Known: ann\."):
        call_command("sign_in_link", "bob")
