"""The last use of tokens: noted in memory, written seldom."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken
from core.auth.credentials import Credentials
from core.auth.principals import look_up
from core.auth.uses import LastUses, check_use
from core.personal_data import personal_data
from tests.workflow.sources.asking import APPS

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> ApiToken:
    ApiToken.make(User.objects.create(username="ann"), "t")
    (made,) = ApiToken.objects.all()
    assert isinstance(made, ApiToken)
    return made


def test_a_thousand_requests_are_one_write(token: ApiToken) -> None:
    uses = LastUses()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for number in range(1000):
            if uses.is_due(token.digest):
                uses.put(token.digest, f"10.0.0.{number}")
            uses.write()
    assert len(queries) == 1
    token.refresh_from_db()
    assert token.last_address == "10.0.0.0"
    assert token.last_used is not None


def test_a_request_asks_no_database_for_it(django_assert_num_queries: Any) -> None:
    principal = look_up(Credentials(token=ApiToken.make(User.objects.create(username="b"), "t")))
    with django_assert_num_queries(0):
        check_use(principal, lambda: "10.0.0.1")


def test_the_newest_use_of_all_workers_stays(token: ApiToken) -> None:
    one, other = LastUses(), LastUses()
    one.put(token.digest, "10.0.0.1")
    other.put(token.digest, "10.0.0.2")
    other.write()
    one.write()
    token.refresh_from_db()
    assert token.last_address == "10.0.0.2"


@pytest.mark.django_db(transaction=True, available_apps=APPS)
def test_what_could_not_be_written_is_written_later(token: ApiToken) -> None:
    uses = LastUses()
    uses.put(token.digest, "10.0.0.1")
    with connection.execute_wrapper(_down), pytest.raises(DatabaseError):
        uses.write()
    uses.write()
    token.refresh_from_db()
    assert token.last_address == "10.0.0.1"


def _down(*arguments: Any) -> None:
    raise DatabaseError


def test_the_archive_of_a_person_has_limits_and_last_use(token: ApiToken) -> None:
    exported = personal_data.kinds["tokens"].exported(token)
    assert {"model_ids", "networks", "last_used", "last_address"} <= set(exported)
    assert "digest" not in exported
