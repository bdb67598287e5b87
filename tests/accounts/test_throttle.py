"""How often passwords may be guessed, and that no one can lock out another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import FailureCount, SignInLink
from accounts.sign_in.throttle import MAX_NAME, WINDOW, delete_old
from tests.accounts.account_setup import enter, output_of, use

pytestmark = pytest.mark.django_db
LIMIT = 10
HOME, OFFICE, EVIL = "192.0.2.1", "198.51.100.1", "203.0.113.1"


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass but by `later`: the shortest wait is a second."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture(autouse=True)
def people(settings: Any) -> None:
    settings.SIGN_IN_FAILURES = LIMIT
    for name in ("ann", "bob"):
        User.objects.create_user(name, password=f"right-{name}")


def statuses(count: int, name: str, password: str = "wrong", address: str = EVIL) -> list[int]:
    return [enter(name, password, address).status_code for _ in range(count)]


def later(**time: float) -> None:
    """Let time pass."""
    passed = timedelta(**time)
    FailureCount.objects.update(due=F("due") - passed, until=F("until") - passed)


def addresses() -> Iterator[str]:
    return (f"203.0.113.{number}" for number in range(1, 255))


def test_a_name_is_locked_at_an_address_after_ten_failures() -> None:
    assert statuses(LIMIT, "bob") == [200] * LIMIT
    answer = enter("bob", "right-bob", EVIL)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "15 minutes" in answer.content.decode()
    later(minutes=15)
    assert enter("bob", "right-bob", EVIL).status_code == 302


def test_success_forgets_no_failures_against_others() -> None:
    for sign_in in (
        lambda: enter("ann", "right-ann", EVIL),
        lambda: use(SignInLink.make(User.objects.get(username="ann")), REMOTE_ADDR=EVIL),
    ):
        FailureCount.objects.all().delete()
        assert statuses(LIMIT - 1, "bob") == [200] * (LIMIT - 1)
        assert sign_in().status_code == 302
        assert statuses(3, "bob") == [200, 429, 429]


def test_success_forgets_ones_own_failures() -> None:
    for _ in range(3):
        assert statuses(LIMIT - 1, "ann") == [200] * (LIMIT - 1)
        assert enter("ann", "right-ann", EVIL).status_code == 302


def test_failures_at_one_address_slow_down_no_one_elsewhere() -> None:
    statuses(LIMIT + 5, "bob")
    assert enter("bob", "right-bob", HOME).status_code == 302


def test_a_name_waits_longer_and_longer_but_never_for_long() -> None:
    waits = []
    for address in addresses():
        answer = enter("bob", "wrong", address)
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            later(seconds=waits[-1])
        if len(waits) == 12:
            break
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    assert enter("bob", "right-bob", HOME).status_code == 302
    later(seconds=60)


def test_what_is_refused_does_not_extend_the_wait() -> None:
    for address in [*addresses()][: LIMIT + 1]:
        enter("bob", "wrong", address)
    assert statuses(20, "bob", address=HOME) == [429] * 20
    later(seconds=1)
    assert enter("bob", "right-bob", HOME).status_code == 302


def test_an_address_that_tries_many_names_is_slowed_down_and_an_office_is_not_locked() -> None:
    answers = [enter(f"guess-{n}", "Summer2026", OFFICE).status_code for n in range(3 * LIMIT + 1)]
    assert answers == [200] * (3 * LIMIT) + [429]
    refused = enter("ann", "right-ann", OFFICE)
    assert int(refused.headers["Retry-After"]) <= 60
    later(seconds=60)
    assert enter("ann", "right-ann", OFFICE).status_code == 302
    assert enter("bob", "right-bob", HOME).status_code == 302


def test_a_known_device_is_not_slowed_down() -> None:
    device = Client()
    assert enter("bob", "right-bob", OFFICE, device).status_code == 302
    device.post("/sign-out")
    for number in range(4 * LIMIT):
        enter("bob", "wrong", OFFICE)
        enter(f"guess-{number}", "wrong", OFFICE)
    assert enter("bob", "right-bob", OFFICE).status_code == 429
    assert enter("bob", "right-bob", OFFICE, device).status_code == 302


def test_a_device_is_known_for_its_own_people_only() -> None:
    device = Client()
    enter("ann", "right-ann", EVIL, device)
    device.post("/sign-out")
    assert [enter("bob", "wrong", EVIL, device).status_code for _ in range(LIMIT + 1)] == [
        *[200] * LIMIT, 429
    ]  # fmt: skip
    enter("bob", "right-bob", HOME, device)
    device.post("/sign-out")
    cookie = device.cookies["device"].value
    assert enter("ann", "right-ann", HOME, device).status_code == 302, "it remembers both"
    for forged in (cookie[:-1], "x", "", cookie.replace(":", ".", 1)):
        device.cookies["device"] = forged
        device.post("/sign-out")
        assert enter("bob", "right-bob", EVIL, device).status_code == 429


def test_a_known_device_may_not_guess_on() -> None:
    device = Client()
    enter("bob", "right-bob", EVIL, device)
    device.post("/sign-out")
    for _ in range(2 * LIMIT):
        assert enter("bob", "wrong", EVIL, device).status_code == 200
    assert enter("bob", "right-bob", EVIL, device).status_code == 429


def test_the_devices_cookie_holds_no_name_and_no_script_reads_it() -> None:
    device = Client()
    enter("ann", "right-ann", HOME, device)
    cookie = device.cookies["device"]
    assert cookie["httponly"]
    assert "ann" not in cookie.value
    assert device.get("/").headers.get("Set-Cookie", "").find("device") == -1


@pytest.mark.parametrize("name", ["BOB", "Bob ", " bob", "ｂｏｂ", "ＢＯＢ"])
def test_other_spellings_of_a_name_are_the_same_name(name: str) -> None:
    statuses(LIMIT, "bob")
    assert enter(name, "right-bob", EVIL).status_code == 429


def test_all_addresses_of_a_home_are_one() -> None:
    for number in range(LIMIT):
        enter("bob", "wrong", f"2001:db8::{number:x}")
    assert enter("bob", "right-bob", "2001:db8::ffff:1").status_code == 429
    assert enter("bob", "right-bob", "2001:db8:0:1::1").status_code == 302
    for number in range(LIMIT):
        enter("ann", "wrong", f"::ffff:192.0.2.{number % 2}")
    assert enter("ann", "wrong", "192.0.2.0").status_code == 200


@pytest.mark.parametrize("name", ["nobody", "bob"])
def test_refusals_do_not_show_whether_someone_exists(name: str) -> None:
    User.objects.filter(username="bob").update(is_active=False)
    assert statuses(LIMIT + 1, name) == [200] * LIMIT + [429]


def test_every_call_of_authenticate_is_counted() -> None:
    for _ in range(LIMIT):
        assert authenticate(None, username="bob", password="wrong") is None
    assert authenticate(None, username="bob", password="right-bob") is None
    assert authenticate(None, username="ann", password="right-ann")


def test_the_admin_has_no_sign_in_page_of_its_own(client: Client) -> None:
    form = {"username": "bob", "password": "right-bob", "next": "/admin/"}
    answer = client.post("/admin/login/?next=/admin/registry/", form)
    assert answer.headers["Location"] == "/sign-in?next=/admin/registry/"
    assert "_auth_user_id" not in client.session
    client.force_login(User.objects.get(username="bob"))
    assert client.get("/admin/", follow=True).status_code == 403, "no loop"
    User.objects.update(is_staff=True)
    assert client.get("/admin/login/").headers["Location"] == "/admin/"


def test_long_names_and_passwords_are_refused_without_effect(client: Client) -> None:
    long = "eve\n2026 CRITICAL root signed in\x1b[31m" * 100_000
    for name, password in ((long, "x"), ("bob", "x" * 2_000_000), ("a\x00b", "x")):
        answer = enter(name, password)
        assert answer.status_code == 200
        assert len(answer.content) < 5_000
    assert not FailureCount.objects.exists()
    assert authenticate(None, username="b" * (MAX_NAME + 1), password="x") is None


def test_names_are_neither_logged_nor_stored_beside_failures(
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = "eve\n2026-11-28 03:00:00,000 CRITICAL root signed in\x1b[31m"
    statuses(LIMIT + 2, name)
    assert "eve" not in caplog.text
    assert "eve" not in str([*FailureCount.objects.values()])


def test_an_operator_can_unlock_a_name_or_an_address() -> None:
    statuses(LIMIT, "bob")
    assert output_of("sign_in_unlock", "Bob") == ["The failures of Bob are forgotten."]
    assert enter("bob", "right-bob", EVIL).status_code == 302
    statuses(LIMIT, "ann")
    assert output_of("sign_in_unlock", EVIL) == [f"The failures of {EVIL} are forgotten."]
    assert enter("ann", "right-ann", EVIL).status_code == 302
    assert output_of("sign_in_unlock", "192.0.2.99") == ["192.0.2.99 has no failures."]
    with pytest.raises(CommandError, match="No one is called zoe"):
        output_of("sign_in_unlock", "zoe")


def test_counts_are_deleted_when_they_have_no_effect() -> None:
    statuses(LIMIT, "bob")
    delete_old()
    assert FailureCount.objects.count() == 3
    later(minutes=2 * WINDOW.total_seconds() / 60)
    delete_old()
    assert not FailureCount.objects.exists()
