"""Versions of an answer, and conversations that begin with a part of another."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat import conversations
from chat.conversations import Record
from chat.models import Conversation, State
from tests.chat.conversation_setup import _registry, ann, ask, talk

__all__ = ["_registry", "ann", "talk"]  # fixtures
pytestmark = pytest.mark.django_db


def answer(user: User, talk: Conversation, content: str, question: str = "", **more: int) -> int:
    """Ask, store this answer, and return its number."""
    begun = ask(user, question, conversation=talk.pk, **more)
    conversations.finish(begun.answer, Record([content], state=State.COMPLETE))
    return begun.answer


def shown(talk: Conversation) -> list[str]:
    return list(talk.messages.filter(replaced=False).values_list("content", flat=True))


def test_every_version_can_be_gone_on_from(client: Client, ann: User, talk: Conversation) -> None:
    first = talk.messages.get(role="assistant").pk
    second = answer(ann, talk, "A vessel.", retry_of=first)
    answer(ann, talk, "Of wood.", "Of what?")
    third = answer(ann, talk, "It floats.", retry_of=second)
    page = client.get(f"/chat/{talk.pk}").content.decode()
    assert "3/3" in page
    assert "replaced" not in re.sub(r"will be replaced", "", page), "they are behind the pager"
    page = client.post(f"/chat/messages/{second}/choose").content.decode()
    assert "2/3" in page
    assert shown(talk) == ["What is a ship?", "A vessel.", "Of what?", "Of wood."]
    answer(ann, talk, "Since long.", "Since when?")
    client.post(f"/chat/messages/{third}/choose")
    assert shown(talk) == ["What is a ship?", "It floats."]
    client.post(f"/chat/messages/{second}/choose")
    assert shown(talk)[-1] == "Since long."
    client.post(f"/chat/messages/{first}/choose")
    assert shown(talk) == ["What is a ship?", "A *large* boat."]
    begun = ask(ann, "And a boat?", conversation=talk.pk)
    assert [m["content"] for m in begun.context.messages][1] == "A *large* boat."


def test_no_version_is_chosen_while_one_is_written(
    client: Client, ann: User, talk: Conversation
) -> None:
    first = talk.messages.get(role="assistant").pk
    ask(ann, "", conversation=talk.pk, retry_of=first)
    for action in ("choose", "fork"):
        message = first if action == "choose" else talk.messages.first().pk  # type: ignore[union-attr]
        refused = client.post(f"/chat/messages/{message}/{action}")
        assert (refused.status_code, refused["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert talk.messages.get(pk=first).replaced


def test_an_edited_question_stays_with_its_answer(
    client: Client, ann: User, talk: Conversation
) -> None:
    question = talk.messages.get(role="user").pk
    answer(ann, talk, "Water.", "What is the sea?", edit_of=question)
    page = client.get(f"/chat/{talk.pk}").content.decode()
    assert "2 earlier messages, replaced" in page
    assert 'class="versions"' not in page


def test_a_conversation_goes_on_in_a_new_one(client: Client, ann: User, talk: Conversation) -> None:
    first = talk.messages.get(role="assistant")
    answer(ann, talk, "Of wood.", "Of what?")
    Conversation.objects.update(local_only=True)
    response = client.post(f"/chat/messages/{first.pk}/fork", headers={"HX-Request": "true"})
    key = response.headers["HX-Redirect"].rpartition("/")[2]
    copy = Conversation.objects.get(pk=key)
    assert (copy.user, copy.title, copy.local_only) == (ann, talk.title, True)
    question, answered = copy.messages.all()
    assert (question.content, question.parent) == ("What is a ship?", None)
    assert (answered.content, answered.parent) == (first.content, question)
    assert answered.usage == first.usage
    assert talk.messages.count() == 4, "the first one stays as it is"


def test_another_users_messages_are_not_there(
    client: Client, ann: User, talk: Conversation
) -> None:
    first = talk.messages.get(role="assistant").pk
    client.force_login(User.objects.create_user("olga"))
    for action in ("choose", "fork"):
        assert client.post(f"/chat/messages/{first}/{action}").status_code == 404
