"""Saved prompts: whose they are, and what is refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from chat.models import Prompt
from chat.prompts import shared_with
from tests.chat.conversation_setup import _registry, ann

__all__ = ["_registry", "ann"]
pytestmark = pytest.mark.django_db


def test_a_prompt_that_is_too_long_is_refused(client: Client, ann: User) -> None:
    page = client.post("/prompts", {"title": "A", "text": "x" * 20_001})
    assert "at most 20000 characters" in page.content.decode()
    assert not Prompt.objects.exists()


def test_one_is_shared_only_with_ones_own_groups(client: Client, ann: User) -> None:
    group = Group.objects.create(name="law")
    client.post("/prompts", {"title": "A", "text": "x", "groups": [group.pk]})
    assert not Prompt.objects.exists()


def test_anothers_prompt_cannot_be_read_or_deleted(client: Client, ann: User) -> None:
    row = Prompt.objects.create(user=User.objects.create_user("bob"), title="A", text="x")
    assert client.get(f"/prompts/{row.pk}").status_code == 404
    assert client.post(f"/prompts/{row.pk}/delete").status_code == 404
    assert Prompt.objects.filter(pk=row.pk).exists()


def test_a_group_that_its_owner_left_is_not_offered_a_prompt(ann: User) -> None:
    law, bob = Group.objects.create(name="law"), User.objects.create_user("bob")
    row = Prompt.objects.create(user=ann, title="A", text="x")
    for member in (ann, bob, row):
        member.groups.add(law)
    assert list(shared_with(bob)) == [row]
    ann.groups.remove(law)
    assert list(shared_with(bob)) == []
