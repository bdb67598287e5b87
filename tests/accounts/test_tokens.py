"""API tokens: how they are created, and what their users may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from core.auth.credentials import read_credentials
from core.auth.principals import Principal, look_up
from core.errors import PortalError
from registry.listing import visible
from registry.state.service import service
from tests.accounts.account_setup import ann, output_of

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db


def principal(token: str) -> Principal:
    return look_up(read_credentials(f"Bearer {token}", ""))


def test_the_command_creates_a_token_and_its_user() -> None:
    token = output_of("create_token", "carl")[-1]
    user = principal(token)
    assert (user.name, user.operator, user.by_session) == ("carl", False, False)
    assert not User.objects.get(username="carl").has_usable_password()


def test_the_command_prints_nothing_but_the_token_for_shells_to_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("create_token", "carl")
    printed = capsys.readouterr()
    assert principal(printed.out.removesuffix("\n")).name == "carl"
    assert "carl is shown once" in printed.err


def test_tokens_of_operators_may_operate() -> None:
    assert principal(output_of("create_token", "olga", "--staff")[-1]).operator is True
    assert principal(output_of("create_token", "olga")[-1]).operator is False, (
        "a token without --staff may not operate"
    )


def test_a_token_has_the_scope_sql_only_if_it_was_asked_for() -> None:
    assert principal(output_of("create_token", "carl")[-1]).scopes == {"use"}
    assert principal(output_of("create_token", "carl", "--sql")[-1]).scopes == {"use", "sql"}
    both = principal(output_of("create_token", "olga", "--sql", "--staff")[-1])
    assert both.scopes == {"use", "operate", "sql"}


def test_the_page_creates_tokens_for_one_purpose(client: Client, ann: User) -> None:
    client.force_login(ann)
    form = {"name": "agent", "days": 7}
    client.post("/tokens", {**form, "purpose": "sql"})
    client.post("/tokens", form)
    assert [token.scopes for token in ApiToken.objects.order_by("created")] == ["sql", "use"]


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
    assert look_up(read_credentials(None, cookie)).by_session
    with pytest.raises(PortalError):
        look_up(read_credentials("Bearer nope", cookie))


def test_credentials_are_not_in_their_repr() -> None:
    credentials = read_credentials("Bearer aim_secret", "sessionid=other")
    assert "secret" not in repr(credentials)
    assert b"secret" not in credentials.key


def test_groups_limit_what_a_user_may_use(ann: User) -> None:
    token = ApiToken.make(ann, "t")
    assert principal(token).groups == frozenset()
    User.objects.update(is_superuser=True)
    assert principal(token).groups is None


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


def test_a_token_rests_while_its_owner_is_away(ann: User, settings: Any) -> None:
    token = ApiToken.make(ann, "t")
    settings.TOKEN_SIGN_IN_DAYS = 30
    principal(token)  # of an account for programs, which never signed in
    ann.last_login = timezone.now() - timedelta(days=31)
    ann.save()
    with pytest.raises(PortalError, match="has not signed in for 30 days"):
        principal(token)
    settings.TOKEN_SIGN_IN_DAYS = 0
    principal(token)
    settings.TOKEN_SIGN_IN_DAYS = 30
    Client().force_login(ann)
    principal(token)


def test_the_page_limits_a_token_to_models_and_addresses(client: Client, ann: User) -> None:
    client.force_login(ann)
    usable = visible(service.current, frozenset())
    form = {"name": "agent", "days": 7, "model_ids": [usable[0].id], "networks": "::1, 10.0.0.0/8"}
    page = client.post("/tokens", form).content.decode()
    (token,) = ApiToken.objects.all()
    assert (token.model_ids, token.networks) == (usable[0].id, "::1/128 10.0.0.0/8")
    assert f"only {usable[0].id}" in page
    assert "only from ::1/128, 10.0.0.0/8" in page


@pytest.mark.parametrize(
    ("field", "words"),
    [({"networks": "10.0.0.0/99"}, "does not appear to be an IPv4 or IPv6 network"),
     ({"networks": "10.1.2.3/8"}, "Write 10.0.0.0/8 for all of it"),
     ({"model_ids": ["invented:model"]}, "not one of the available choices")],
)  # fmt: skip
def test_the_page_refuses_limits_that_are_none(
    client: Client, ann: User, field: dict[str, Any], words: str
) -> None:
    client.force_login(ann)
    answer = client.post("/tokens", {"name": "agent", "days": 7, **field})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--addresses", "10.0.0.0/99"], "does not appear to be"),
     (["--models", "invented:model"], "is not listed"),
     (["--models", "invented"], "is not a model ID"),
     (["--models", "invented:model", "--staff"], "is for all models")],
)  # fmt: skip
def test_the_command_refuses_limits_that_are_none(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("create_token", "carl", *arguments)
    assert not User.objects.filter(username="carl").exists()


def test_a_token_of_some_models_does_not_operate(ann: User) -> None:
    User.objects.update(is_superuser=True)
    token = ApiToken.make(ann, "t", "use operate", model_ids=["a:b"])
    assert principal(token).operator is False
