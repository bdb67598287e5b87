"""Sessions: what the table holds of them, and when they end."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from http.cookies import Morsel
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from accounts.sessions import SessionStore
from core.auth.credentials import Credentials
from core.auth.principals import look_up
from core.errors import PortalError
from tests.accounts.account_setup import ann, enter

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def olga() -> User:
    return User.objects.create_user("olga", is_staff=True)


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[timedelta], None]:
    """Return a function that moves the clock of sessions."""
    settings.AUTH_CACHE_SECONDS = 0.0
    real, ahead = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + ahead[0])
    monkeypatch.setattr(time, "time", lambda: (real() + ahead[0]).timestamp())

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move


def cookie(client: Client) -> Morsel[str]:
    return client.cookies["sessionid"]


def works(client: Client, *, used: bool = True) -> bool:
    try:
        look_up(Credentials(session=cookie(client).value, used=used))
    except PortalError as error:
        return error.message != "Your session has ended. Sign in again."
    return True


def test_the_table_holds_no_key(ann: User, client: Client) -> None:
    client.force_login(ann)
    key = cookie(client).value
    assert key not in str([*Session.objects.values()])
    row = Session.objects.get()
    assert row.user == ann
    assert client.get("/tokens").status_code == 200
    client.cookies["sessionid"] = row.session_key
    assert client.get("/tokens").status_code == 302, "what the table holds signs no one in"


def test_signing_out_deletes_the_row(ann: User, client: Client) -> None:
    client.force_login(ann)
    client.post("/sign-out")
    assert not Session.objects.filter(user=ann).exists()


def test_signing_in_changes_the_key(client: Client) -> None:
    User.objects.create_user("bob", password="right-bob")
    store = SessionStore()
    store.create()
    client.cookies["sessionid"] = str(store.session_key)
    enter("bob", "right-bob", client=client)
    assert cookie(client).value != store.session_key
    assert Session.objects.count() == 1


def test_a_session_ends_when_it_is_not_used(
    ann: User, olga: User, pass_time: Callable[[timedelta], None]
) -> None:
    person, operator = Client(), Client()
    person.force_login(ann)
    operator.force_login(olga)
    for _ in range(4):
        pass_time(HOUR * 0.9)
        assert works(operator)
    pass_time(HOUR * 1.1)
    assert not works(operator)
    assert operator.get("/tokens").status_code == 302
    assert works(person)
    pass_time(71 * HOUR)
    assert works(person)
    pass_time(73 * HOUR)
    assert not works(person)


def test_a_session_ends_even_if_it_is_used(
    ann: User, olga: User, pass_time: Callable[[timedelta], None]
) -> None:
    person, operator = Client(), Client()
    person.force_login(ann)
    operator.force_login(olga)
    hours = 0.0
    while works(operator):
        hours += 0.5
        pass_time(HOUR / 2)
    assert hours == 12
    while works(person):
        hours += 12
        pass_time(12 * HOUR)
    assert hours == 14 * 24


def test_what_pages_do_by_themselves_is_no_use(
    olga: User, pass_time: Callable[[timedelta], None]
) -> None:
    operator = Client()
    operator.force_login(olga)
    for _ in range(2):
        pass_time(HOUR * 0.4)
        assert works(operator, used=False)
        assert operator.get("/tokens", headers={"HX-Request": "true"}).status_code == 200
    pass_time(HOUR * 0.4)
    assert operator.get("/tokens").status_code == 302


def test_a_page_is_a_use(olga: User, pass_time: Callable[[timedelta], None]) -> None:
    operator = Client()
    operator.force_login(olga)
    for _ in range(4):
        pass_time(HOUR * 0.9)
        assert operator.get("/tokens").status_code == 200


def test_a_person_who_becomes_an_operator_has_an_operators_session(
    ann: User, client: Client, pass_time: Callable[[timedelta], None]
) -> None:
    client.force_login(ann)
    User.objects.update(is_staff=True)
    assert works(client)
    pass_time(HOUR * 1.1)
    assert not works(client)


def test_an_operators_page_is_not_shown_in_a_session_that_is_too_old(
    ann: User, client: Client, pass_time: Callable[[timedelta], None]
) -> None:
    client.force_login(ann)
    pass_time(13 * HOUR)
    User.objects.update(is_staff=True, is_superuser=True)
    assert client.get("/admin/").status_code == 302


def test_a_use_is_seldom_written(ann: User, client: Client) -> None:
    client.force_login(ann)
    works(client)
    ends = Session.objects.get().expire_date
    works(client)
    assert Session.objects.get().expire_date == ends


def test_the_cookie_lives_as_long_as_the_session_may(client: Client) -> None:
    User.objects.create_user("bob", password="right-bob")
    enter("bob", "right-bob", client=client)
    assert 13.9 * 24 * 3600 < cookie(client)["max-age"] <= 14 * 24 * 3600
    assert cookie(client)["httponly"]
    assert cookie(client)["samesite"] == "Lax"


def test_ended_sessions_are_cleared(ann: User, client: Client) -> None:
    client.force_login(ann)
    call_command("clearsessions")
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=timezone.now())
    call_command("clearsessions")
    assert not Session.objects.exists()


def test_sessions_end_with_their_person(ann: User, client: Client) -> None:
    client.force_login(ann)
    ann.delete()
    assert not Session.objects.exists()


def test_the_asynchronous_calls_use_the_hash_too() -> None:
    async def use() -> None:
        store = SessionStore()
        await store.aset("colour", "red")
        await store.asave()
        key = str(store.session_key)
        again = SessionStore(key)
        assert await again.aget("colour") == "red"
        assert await again.aexists(key)
        assert not await Session.objects.filter(session_key=key).aexists()
        await again.adelete()
        assert not await again.aexists(key)

    async_to_sync(use)()
