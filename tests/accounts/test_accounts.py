"""Sign-in links, API tokens, sessions, and what is stored of secrets."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, SignInLink
from core import auth
from core.errors import PortalError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    reset()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def said(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip().splitlines()


# ── Links ───────────────────────────────────────────────────────────────────────────────────


def test_a_link_signs_in_once(ann: User, client: Client) -> None:
    path = SignInLink.make(ann)
    page = client.get(path)
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session, "looking at the page does nothing"
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
    for wrong in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = strict.post(path, token, headers=wrong)
        assert refused.status_code == 403
        assert refused.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in refused.headers["Cache-Control"]
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


def test_a_valid_link_that_is_refused_is_neither_stored_nor_logged(
    ann: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(settings.SIGN_IN_FAILURES):
        client.post(f"/sign-in/guess-{number}")
    good = SignInLink.make(ann)
    assert client.post(good).status_code == 429
    secret = good.rsplit("/", 1)[1]
    assert secret not in caplog.text
    assert secret not in str([*AccessAttempt.objects.values(), *AccessFailureLog.objects.values()])
    assert AccessAttempt.objects.exists()


def test_behind_a_proxy_the_address_is_the_one_that_it_saw(
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
    (link,) = said("sign_in_link", "ann", "--base", "https://ai.example.org/")
    assert link.startswith("https://ai.example.org/sign-in/")
    assert client.post(link.removeprefix("https://ai.example.org")).status_code == 302


def test_the_command_lists_the_users_who_exist(ann: User) -> None:
    with pytest.raises(CommandError, match=r"No active user is called bob\. Known: ann\."):
        call_command("sign_in_link", "bob")


# ── Tokens ──────────────────────────────────────────────────────────────────────────────────


def principal(token: str) -> auth.Principal:
    return auth.look_up(auth.read_credentials(f"Bearer {token}", ""))


def test_the_command_creates_a_token_and_its_user() -> None:
    token = said("create_token", "carl")[-1]
    found = principal(token)
    assert (found.name, found.operator, found.by_session) == ("carl", False, False)
    assert not User.objects.get(username="carl").has_usable_password()


def test_staff_operate() -> None:
    assert principal(said("create_token", "olga", "--staff")[-1]).operator is True
    assert principal(said("create_token", "olga")[-1]).operator is False, "this token may only use"


def test_the_command_does_not_make_an_existing_user_an_operator(ann: User) -> None:
    with pytest.raises(CommandError, match="is not an operator"):
        call_command("create_token", "ann", "--staff")
    assert not ApiToken.objects.exists()


def test_a_token_is_valid_for_90_days(ann: User) -> None:
    token = ApiToken.make(ann, "t")
    (stored,) = ApiToken.objects.all()
    assert stored.expiry - timezone.now() > timedelta(days=89)
    assert token not in str(ApiToken.objects.values())
    ApiToken.objects.update(expiry=timezone.now())
    with pytest.raises(PortalError, match="has expired"):
        principal(token)


def test_a_revoked_token_and_a_disabled_user_are_refused(ann: User) -> None:
    token = ApiToken.make(ann, "t")
    User.objects.update(is_active=False)
    with pytest.raises(PortalError, match="not valid"):
        principal(token)
    ApiToken.objects.all().delete()
    with pytest.raises(PortalError, match="not valid"):
        principal(token)


def test_cookies_are_ignored_beside_a_bearer_header(client: Client, ann: User) -> None:
    client.force_login(ann)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert auth.look_up(auth.read_credentials(None, cookie)).by_session
    with pytest.raises(PortalError):
        auth.look_up(auth.read_credentials("Bearer nope", cookie))


def test_credentials_are_not_in_their_repr() -> None:
    shown = auth.read_credentials("Bearer aim_secret", "sessionid=other")
    assert "secret" not in repr(shown)
    assert b"secret" not in shown.key


def test_groups_limit_what_a_user_may_use(ann: User) -> None:
    token = ApiToken.make(ann, "t")
    assert principal(token).groups == frozenset()
    User.objects.update(is_superuser=True)
    assert principal(token).groups is None


# ── Sessions on the plain ASGI routes ───────────────────────────────────────────────────────


@pytest.fixture
def browser(portal: Any) -> Any:
    """A requests session that signed in on the running portal, and its CSRF token."""
    import requests

    link = portal.manage("sign_in_link", "ann", "--base", portal.url).stdout.strip()
    session = requests.Session()
    form = session.get(link).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token
    session.post(link, data={"csrfmiddlewaretoken": token[1]}, headers={"Referer": link})
    yield session
    session.close()


CHAT = {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_browser_session_needs_csrf_and_origin(portal: Any, browser: Any) -> None:
    url = f"{portal.url}/v1/ai/chat/completion"
    token = {"X-CSRFToken": browser.cookies["csrftoken"]}
    good = {**token, "Origin": portal.url}
    assert browser.post(url, json=CHAT, headers=good).status_code == 200
    for headers in ({}, token, {"Origin": portal.url}, {**token, "Origin": "http://evil.example"},
                    {**token, "Origin": "null"}, {**token, "Origin": portal.url + "0"},
                    {**good, "X-CSRFToken": "x" * 64}):  # fmt: skip
        answer = browser.post(url, json=CHAT, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")


def test_an_ended_session_is_refused(portal: Any, browser: Any) -> None:
    import time

    url = f"{portal.url}/v1/ai/chat/completion"
    token = browser.cookies["csrftoken"]
    kept = {name: browser.cookies[name] for name in ("sessionid", "csrftoken")}
    data = {"csrfmiddlewaretoken": token}
    browser.post(f"{portal.url}/sign-out", data=data, headers={"Origin": portal.url})
    time.sleep(0.6)  # AUTH_CACHE_SECONDS of the portal under test
    browser.cookies.update(kept)
    answer = browser.post(url, json=CHAT, headers={"X-CSRFToken": token, "Origin": portal.url})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["", ], "cannot be a user's name"), (["a b<x>"], "cannot be a user's name"),
     (["ann", "--days", "0"], "at least one day"), (["ann", "--days", "99999999"], "at most")],
)  # fmt: skip
def test_the_token_command_validates_its_arguments(
    ann: User, arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("create_token", *arguments)
    assert User.objects.count() == 1
    assert not ApiToken.objects.exists()


def test_a_disabled_user_gets_no_token(ann: User) -> None:
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="is disabled"):
        call_command("create_token", "ann")
