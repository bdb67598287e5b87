"""Who it is, asked again: before tokens, and before a password."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.models import ApiToken, SignInLink
from accounts.sessions import BEGAN
from tests.accounts.account_setup import ann, use

__all__ = ["ann"]  # fixtures
pytestmark = pytest.mark.django_db
TOKEN = {"name": "script", "days": 7}


@pytest.fixture
def away(client: Client, ann: User) -> Client:
    """Ann's browser, an hour after she signed in. Her password is `correct`."""
    ann.set_password("correct")
    ann.save()
    client.force_login(ann)
    session = client.session
    session[BEGAN] = time.time() - 3600
    session.save()
    return client


def test_a_token_needs_a_recent_sign_in(away: Client) -> None:
    answer = away.post("/tokens", TOKEN)
    assert answer.headers["Location"] == "/account/confirm?next=%2Ftokens"
    assert not ApiToken.objects.exists()
    assert "Confirm that it is you" in away.get("/tokens").text


def test_the_password_confirms(away: Client) -> None:
    wrong = away.post("/account/confirm", {"password": "wrong", "next": "/tokens"})
    assert wrong.status_code == 403
    away.post("/tokens", TOKEN)
    assert not ApiToken.objects.exists()
    right = away.post("/account/confirm", {"password": "correct", "next": "/tokens"})
    assert right.headers["Location"] == "/tokens"
    away.post("/tokens", TOKEN)
    assert ApiToken.objects.count() == 1


def test_the_admin_sets_no_password_without_a_recent_sign_in(away: Client, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_staff=True, is_superuser=True)
    page = f"/admin/auth/user/{ann.pk}/password/"
    new = {"usable_password": "true", "password1": "n3w-w0rds!", "password2": "n3w-w0rds!"}
    assert away.get(page).headers["Location"].startswith("/account/confirm?next=%2Fadmin")
    assert away.post(page, new).headers["Location"].startswith("/account/confirm")
    ann.refresh_from_db()
    assert ann.check_password("correct")
    away.post("/account/confirm", {"password": "correct"})
    away.post(page, new)
    ann.refresh_from_db()
    assert ann.check_password("n3w-w0rds!")


def test_no_one_guesses_a_password_in_the_admin(away: Client, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_staff=True)
    form = {"old_password": "correct", "new_password1": "n3w-w0rds!", "new_password2": "n3w-w0rds!"}
    assert away.post("/admin/password_change/", form).headers["Location"] == "/account/password"
    ann.refresh_from_db()
    assert ann.check_password("correct")


def test_guesses_at_the_page_are_limited(away: Client, settings: Any) -> None:
    for _ in range(settings.SIGN_IN_FAILURES + 1):
        answer = away.post("/account/confirm", {"password": "wrong"})
    assert answer.status_code == 429


def test_the_password_of_someone_else_does_not_confirm(away: Client) -> None:
    User.objects.create_user("bob", password="of bob")
    answer = away.post("/account/confirm", {"username": "bob", "password": "of bob"})
    assert answer.status_code == 403


@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_page_leads_to_no_other_site(url: str, away: Client) -> None:
    answer = away.post("/account/confirm", {"password": "correct", "next": url})
    assert answer.headers["Location"] == "/account/security"


def test_a_new_link_confirms_who_has_no_password(away: Client, ann: User) -> None:
    ann.set_unusable_password()
    ann.save()
    away.force_login(ann)
    session = away.session
    session[BEGAN] = time.time() - 3600
    session.save()
    assert "Ask an operator for a sign-in link" in away.get("/account/confirm").text
    use(SignInLink.make(ann), away)
    assert away.post("/tokens", TOKEN).status_code == 200


def test_no_one_confirms_without_signing_in(client: Client, ann: User) -> None:
    answer = client.post("/account/confirm", {"password": "x"})
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_sign_in_to_come_is_not_recent(away: Client) -> None:
    """The clock was set back since."""
    session = away.session
    session[BEGAN] = time.time() + 3600
    session.save()
    assert away.post("/tokens", TOKEN).headers["Location"].startswith("/account/confirm")
