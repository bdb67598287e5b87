"""The record of sign-ins and tokens, and that its size is bounded."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts import record
from accounts.models import ApiToken, Event, SignInLink
from tests.accounts.account_setup import ann, enter, output_of, use

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db
HOME, EVIL = "192.0.2.1", "203.0.113.1"


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob", password="right-bob")


def rows() -> list[tuple[Any, ...]]:
    """Return the rows, the oldest first, and forget them."""
    fields = "kind", "username", "address", "detail", "count", "by"
    values = [*Event.objects.order_by("pk").values_list(*fields)]
    Event.objects.all().delete()
    return [row if row[-1] else row[:-1] for row in values]


def slowed() -> list[tuple[str, ...]]:
    return [row[:4] for row in rows() if row[0] == "slowed"]


def test_sign_ins_and_sign_outs_are_recorded(bob: User, client: Client) -> None:
    enter("bob", "right-bob", HOME, client)
    client.post("/sign-out", REMOTE_ADDR=HOME)
    assert rows() == [
        ("signed_in", "bob", HOME, "password", 1), ("signed_out", "bob", HOME, "", 1)
    ]  # fmt: skip
    use(SignInLink.make(bob), REMOTE_ADDR=HOME)
    assert rows() == [
        ("link_made", "bob", "", "by a command", 1), ("signed_in", "bob", HOME, "link", 1)
    ]  # fmt: skip


def test_refusals_of_an_hour_are_one_row(bob: User) -> None:
    for _ in range(12):
        enter("bob", "wrong", EVIL)
    assert rows() == [
        ("refused", "bob", EVIL, "password", 10), ("slowed", "bob", EVIL, "password", 2)
    ]  # fmt: skip


def test_names_that_no_one_has_are_not_stored(bob: User) -> None:
    for name in ("hunter2", "eve\n2026 root signed in", "root", "BOB"):
        enter(name, "wrong", "2001:db8::1")
    assert rows() == [("refused", "", "2001:db8::/64", "unknown name", 4)]


def test_refused_links_are_recorded_without_their_secret(bob: User) -> None:
    for number in range(3):
        use(f"/sign-in/link#guess-{number}", REMOTE_ADDR=EVIL)
    assert rows() == [("refused", "", EVIL, "link", 3)]


def test_attempts_that_cost_an_attacker_nothing_add_no_rows(bob: User) -> None:
    for number in range(60):
        enter("bob", "wrong", f"203.0.113.{number}")
    assert slowed() == [("slowed", "bob", "", "password")]
    for number in range(60):
        enter(f"guess-{number}", "wrong", "198.51.100.1")
    assert slowed() == [("slowed", "", "198.51.100.1", "password")]


def test_tokens_are_recorded_when_they_are_made_and_revoked(ann: User, client: Client) -> None:
    client.force_login(ann)
    rows()
    client.post("/tokens", {"name": "script", "days": 7}, REMOTE_ADDR=HOME)
    key = ApiToken.objects.get().token_key
    client.post(f"/tokens/{key}/revoke", REMOTE_ADDR=HOME)
    detail = f"script ({key}…) for use"
    assert rows() == [
        ("token_made", "ann", HOME, detail, 1), ("token_revoked", "ann", HOME, detail, 1)
    ]  # fmt: skip


def test_who_revoked_a_token_of_another_is_recorded(ann: User, client: Client) -> None:
    output_of("create_token", "ann")
    (made,) = rows()
    assert made[3].endswith("for use, by a command")
    client.force_login(User.objects.create_superuser("root"))
    rows()
    token = ApiToken.objects.get()
    client.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    (revoked,) = rows()
    assert revoked[:2] == ("token_revoked", "ann")
    assert revoked[3].endswith("for use")
    assert revoked[5] == "root"


def test_a_long_name_is_stored_whole_and_erased_whole(ann: User, client: Client) -> None:
    name = "r" * 150
    client.force_login(User.objects.create_superuser(name))
    ApiToken.make(ann, "t" * 100)
    token = ApiToken.objects.get()
    client.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert Event.objects.filter(by=name, username="ann").count() == 1
    output_of("people", "erase", name, "--yes", "--later")
    assert "rrr" not in str(Event.objects.values_list())
    assert Event.objects.filter(username="ann", kind="token_revoked").exclude(by="").exists()


@pytest.mark.parametrize(
    ("detail", "right"),
    [
        ("script (abc…) for use, by root", ("script (abc…) for use", "root")),
        ("by root", ("", "root")),
        ("script, by hand (abc…) for use", ("script, by hand (abc…) for use", "")),
        ("script, by a command", ("script, by a command", "")),
        (f"{'t' * 190}, by rooooo", ("t" * 190, "")),
    ],
)
def test_the_name_in_an_old_row_moves_to_a_column(detail: str, right: tuple[str, str]) -> None:
    assert import_module("accounts.migrations.0007_event_by").split(detail[:200]) == right


def test_tokens_of_a_deleted_person_are_recorded(ann: User) -> None:
    ApiToken.make(ann, "script")
    ann.delete()
    assert [row[0] for row in rows()] == ["token_made", "token_revoked"]


def test_the_record_is_bounded_by_age_and_by_person(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(record, "MAX_EACH", 3)
    old = timezone.now() - timedelta(days=settings.RECORD_DAYS + 1)
    kind = Event.Kind.TOKEN_MADE
    Event.objects.create(kind=kind, username="old", at=old, last=old)
    Event.objects.create(kind=kind, username="ann")
    for number in range(5):
        Event.objects.create(kind=kind, username="eve", detail=str(number))
    record.delete_old()
    assert [(row[1], row[3]) for row in rows()] == [
        ("ann", ""), ("eve", "2"), ("eve", "3"), ("eve", "4")
    ]  # fmt: skip


def test_the_admin_shows_the_record_and_no_one_edits_it(ann: User, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    enter("ann", "wrong", EVIL)
    page = client.get("/admin/accounts/event/?q=ann")
    assert EVIL in page.content.decode()
    row = Event.objects.latest("pk")
    for address in ("add/", f"{row.pk}/delete/"):
        assert client.post(f"/admin/accounts/event/{address}").status_code == 403
    User.objects.create_user("stan", is_staff=True)
    client.force_login(User.objects.get(username="stan"))
    assert client.get("/admin/accounts/event/").status_code == 403
