"""The page about one's own password and sessions."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.models import Session
from accounts.sessions import BEGAN, stored_key
from tests.accounts.account_setup import ann, enter

__all__ = ["ann"]  # fixtures
pytestmark = pytest.mark.django_db
NEW = {"new_password1": "a long new phrase", "new_password2": "a long new phrase"}


def signed_in(user: User, agent: str = "") -> Client:
    client = Client(headers={"User-Agent": agent})
    user.set_password("correct")
    user.save()
    enter(user.username, "correct", client=client)
    assert "_auth_user_id" in client.session
    return client


def test_people_set_their_own_password(ann: User) -> None:
    client = signed_in(ann)
    assert client.post("/account/password", NEW).headers["Location"] == "/account/security"
    assert client.get("/account/security").status_code == 200, "this session goes on"
    assert enter("ann", "correct").status_code == 200
    assert enter("ann", "a long new phrase").status_code == 302


def test_a_new_password_ends_the_other_sessions(ann: User) -> None:
    other = signed_in(ann)
    client = signed_in(ann)
    client.post("/account/password", NEW)
    assert other.get("/account/security").status_code == 302
    assert Session.objects.filter(user=ann).count() == 1


def test_a_password_needs_a_recent_sign_in(ann: User) -> None:
    client = signed_in(ann)
    session = client.session
    session[BEGAN] = time.time() - 3600
    session.save()
    for answer in (client.get("/account/password"), client.post("/account/password", NEW)):
        assert answer.headers["Location"].startswith("/account/confirm")
    assert User.objects.get(pk=ann.pk).check_password("correct")


@pytest.mark.parametrize("words", [("short", "short"), ("12345678901", "12345678901"),
                                   ("a long new phrase", "another")])  # fmt: skip
def test_a_weak_password_is_refused(words: tuple[str, str], ann: User) -> None:
    client = signed_in(ann)
    form = dict(zip(NEW, words, strict=True))
    assert client.post("/account/password", form).status_code == 400
    assert User.objects.get(pk=ann.pk).check_password("correct")


def test_sessions_are_listed_with_their_browsers(ann: User) -> None:
    signed_in(ann, "Phone <b>")
    signed_in(User.objects.create_user("bob"), "Bob's")
    page = signed_in(ann, "Desk").get("/account/security").text
    assert "Phone &lt;b&gt;" in page
    assert "Desk" in page
    assert "Bob" not in page


def test_one_session_ends(ann: User) -> None:
    other, client = signed_in(ann), signed_in(ann)
    own = stored_key(str(client.session.session_key))
    key = Session.objects.filter(user=ann).exclude(pk=own).get().pk
    client.post("/account/sessions/end", {"key": key})
    assert other.get("/account/security").status_code == 302
    assert client.get("/account/security").status_code == 200


def test_all_others_end(ann: User) -> None:
    others, client = [signed_in(ann), signed_in(ann)], signed_in(ann)
    bob = signed_in(User.objects.create_user("bob"))
    client.post("/account/sessions/end")
    assert [one.get("/account/security").status_code for one in others] == [302, 302]
    assert client.get("/account/security").status_code == 200
    assert bob.get("/account/security").status_code == 200


def test_no_one_ends_a_session_of_someone_else(ann: User) -> None:
    bob = signed_in(User.objects.create_user("bob"))
    key = Session.objects.get(user__username="bob").pk
    signed_in(ann).post("/account/sessions/end", {"key": key})
    assert bob.get("/account/security").status_code == 200
