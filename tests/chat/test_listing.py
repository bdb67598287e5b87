"""The list of conversations: headings by date, pins and folders."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from chat.models import Conversation
from chat.pages.periods import period
from tests.chat.conversation_setup import _registry, ann, talk

__all__ = ["_registry", "ann", "talk"]  # fixtures
pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("days", "heading"),
    [(-1, "Today"), (0, "Today"), (1, "Yesterday"), (2, "Previous 7 days"), (7, "Previous 7 days"),
     (8, "Previous 30 days"), (30, "Previous 30 days"), (31, "February 2026"), (400, "February 2025")],
)  # fmt: skip
def test_a_day_has_a_heading(days: int, heading: str) -> None:
    assert period(TODAY - timedelta(days=days), TODAY) == heading


def headings(page: str) -> list[str]:
    return re.findall(r"<h2>(.+?)</h2>", page)


def test_the_list_has_headings_and_pins_first(client: Client, ann: User) -> None:
    for days in (0, 0, 1, 5):
        at = timezone.now() - timedelta(days=days)
        Conversation.objects.create(user=ann, title=f"{days} days", updated=at)
    old = Conversation.objects.create(
        user=ann, title="Old", updated=timezone.now() - timedelta(days=20), pinned=True
    )
    page = client.get("/chat/conversations").content.decode()
    assert headings(page) == ["Pinned", "Today", "Yesterday", "Previous 7 days"]
    assert page.index(str(old.pk)) < page.index("0 days")


def test_a_heading_is_not_repeated_by_the_next_part_of_the_list(client: Client, ann: User) -> None:
    for number in range(45):
        Conversation.objects.create(user=ann, title=f"Talk {number}")
    assert headings(client.get("/chat/conversations").content.decode()) == ["Today"]
    assert headings(client.get("/chat/conversations?skip=40").content.decode()) == []


def test_a_conversation_is_pinned_and_unpinned(client: Client, talk: Conversation) -> None:
    for pinned in (True, False):
        response = client.post(f"/chat/{talk.pk}/pin")
        assert "conversations-changed" in response.headers["HX-Trigger"]
        talk.refresh_from_db()
        assert talk.pinned is pinned


def test_a_folder_is_there_while_a_conversation_is_in_it(
    client: Client, talk: Conversation, ann: User
) -> None:
    other = Conversation.objects.create(user=ann, title="Other")
    path = f"/chat/{talk.pk}/folder"
    assert "conversations-changed" in client.post(path, {"value": " Ships "}).headers["HX-Trigger"]
    assert '<option value="Ships">' in client.get(f"/chat/{other.pk}/folder").content.decode()
    page = client.get("/chat/conversations", {"folder": "Ships"}).content.decode()
    assert str(talk.pk) in page
    assert str(other.pk) not in page
    client.post(path, {"value": ""})
    assert "All folders" not in client.get("/chat/conversations").content.decode()


def test_pins_and_folders_are_exported(client: Client, talk: Conversation) -> None:
    client.post(f"/chat/{talk.pk}/folder", {"value": "Ships"})
    exported = json.loads(client.get(f"/chat/{talk.pk}.json").content)
    assert (exported["folder"], exported["pinned"]) == ("Ships", False)
