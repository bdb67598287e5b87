"""The part of a receipt's page that leads to the answer."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat.models import Conversation, Message
from tests.chat.conversation_setup import _registry, ann, talk

__all__ = ["_registry", "ann", "talk"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(talk: Conversation) -> Message:
    message = talk.messages.get(role="assistant")
    message.receipt = uuid.uuid4()
    message.save()
    return message


def part(client: Client, answer: Message) -> str:
    response = client.get(f"/chat/receipts/{answer.receipt}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_leads_to_the_answer_and_says_how_to_ask_again(client: Client, answer: Message) -> None:
    html = part(client, answer)
    assert f'href="/chat/{answer.conversation_id}#message-{answer.pk}"' in html
    assert f"asks {answer.model} the same question again" in html


def test_it_says_if_the_model_is_gone_or_the_answer_was_replaced(
    client: Client, answer: Message
) -> None:
    Message.objects.filter(pk=answer.pk).update(model="fake:gone")
    assert "fake:gone is no longer listed" in part(client, answer)
    Message.objects.filter(pk=answer.pk).update(replaced=True)
    assert "It was replaced by another answer" in part(client, answer)


def test_others_and_those_who_deleted_the_conversation_see_nothing(
    client: Client, answer: Message
) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert part(client, answer).strip() == ""
    answer.conversation.delete()
    assert part(client, answer).strip() == ""
