"""What is older than its setting is deleted, and nothing else."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import ApiToken
from chat.models import Conversation
from core.personal_data import personal_data, retention
from registry.models import Change
from tests.support.portal import Portal
from tests.support.servers.databases import rows
from tests.support.socket_client import SocketClient

OLDER = """
from datetime import timedelta
from django.utils import timezone
from chat.models import Conversation
Conversation.objects.update(updated=timezone.now() - timedelta(days=2))
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def talk(user: User, days: float) -> Conversation:
    when = timezone.now() - timedelta(days=days)
    row = Conversation.objects.create(user=user, title=f"{days}", created=when, updated=when)
    row.messages.create(role="user", content="Hi")
    return row


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)  # so that a few rows are several batches


def test_by_default_nothing_expires(ann: User) -> None:
    talk(ann, 9999)
    assert retention.expire() == {}


def test_old_conversations_are_deleted_and_new_ones_stay(ann: User, settings: Any) -> None:
    settings.CHAT_DAYS = 30
    for days in (31, 32, 33, 29.9):
        talk(ann, days)
    assert retention.expire() == {"conversations": 3}
    assert [row.title for row in Conversation.objects.all()] == ["29.9"]


def test_a_token_is_deleted_some_days_after_its_end(ann: User, settings: Any) -> None:
    settings.ENDED_DAYS = 7
    for name, days in (("old", -8), ("ended", -6), ("valid", 5)):
        ApiToken.make(ann, name, days=days)
    ApiToken.objects.create(ann, name="endless", expiry=None)
    assert retention.expire() == {"tokens": 1}
    assert "old" not in ApiToken.objects.values_list("name", flat=True)


def test_every_setting_of_a_kind_deletes(ann: User, settings: Any) -> None:
    """The field that a kind counts from exists, and can be compared."""
    for kind in personal_data.kinds.values():
        if kind.expiry:
            setattr(settings, kind.expiry.setting, 1)
    talk(ann, 2)
    Change.edited("a", "b", "…")
    Change.objects.update(at=timezone.now() - timedelta(days=2))
    assert retention.expire() == {"changes": 1, "conversations": 1}


def test_it_looks_once_an_hour(ann: User, settings: Any) -> None:
    settings.CHAT_DAYS = 1
    looks = retention.Retention()
    for left in (0, 1):  # the second look comes too early
        talk(ann, 2)
        looks.do()
        assert Conversation.objects.count() == left


def test_housekeeping_of_a_portal_deletes(own_portal: Portal) -> None:
    own_portal.variables["CHAT_DAYS"] = "1"
    own_portal.start()
    with SocketClient(own_portal) as client:
        client.ask()
    own_portal.stop()
    own_portal.manage("shell", "-c", OLDER)
    own_portal.start()
    end = time.monotonic() + 15
    while rows(own_portal, "SELECT 1 FROM chat_message") and time.monotonic() < end:
        time.sleep(0.1)
    assert rows(own_portal, "SELECT 1 FROM chat_message") == []
    assert "Deleted because of their age: 1 of conversations" in own_portal.log.read_text()
