"""Answers of several models to one question: which are taken, and which is part of the talk."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from chat import conversations
from chat.conversations import Begun, Record
from chat.frames import MAX_BESIDE
from chat.models import Message, State
from core.errors import PortalError
from tests.chat.conversation_setup import ask

pytestmark = pytest.mark.django_db


def beside(user: User, first: Begun, **more: object) -> Begun:
    fields = {"conversation": first.conversation, "beside": first.question, **more}
    return ask(user, "", **fields)


def test_another_model_answers_while_the_first_does(ann: User) -> None:
    first = ask(ann, "What is a ship?")
    second = beside(ann, first, model="a:big")
    assert (second.question, second.context.messages) == (first.question, first.context.messages)
    answers = Message.objects.filter(parent=first.question).order_by("pk")
    assert [(row.model, row.state, row.replaced) for row in answers] == [
        ("a:small", State.RUNNING, False),
        ("a:big", State.RUNNING, True),
    ]


def test_an_answer_beside_is_not_read_by_later_ones(ann: User) -> None:
    first = ask(ann, "What is a ship?")
    second = beside(ann, first, model="a:big")
    for begun, text in ((first, "A boat."), (second, "A vessel.")):
        conversations.finish(begun.answer, Record([text], state=State.COMPLETE))
    later = ask(ann, "Of what?", conversation=first.conversation)
    assert [m["content"] for m in later.context.messages] == ["What is a ship?", "A boat.", "Of what?"]  # fmt: skip


def test_an_answer_to_something_else_waits(ann: User) -> None:
    first = ask(ann, "What is a ship?")
    conversations.finish(first.answer, Record(["A boat."], state=State.COMPLETE))
    later = ask(ann, "Of what?", conversation=first.conversation)
    with pytest.raises(PortalError, match="is being answered") as refused:
        beside(ann, first)
    assert refused.value.code == "busy"
    beside(ann, later)
    with pytest.raises(PortalError, match="is being answered"):
        ask(ann, "And?", conversation=first.conversation)


def test_the_next_question_does_not_wait_for_answers_beside(ann: User) -> None:
    first = ask(ann, "What is a ship?")
    beside(ann, first, model="a:big")
    conversations.finish(first.answer, Record(["A boat."], state=State.COMPLETE))
    later = ask(ann, "Of what?", conversation=first.conversation)
    assert [m["content"] for m in later.context.messages][1] == "A boat."


def test_so_many_answer_at_once(ann: User) -> None:
    first = ask(ann, "What is a ship?")
    for _ in range(MAX_BESIDE - 1):
        beside(ann, first)
    with pytest.raises(PortalError, match=f"{MAX_BESIDE} models answer") as refused:
        beside(ann, first)
    assert refused.value.code == "busy"
    conversations.finish(first.answer, Record(["A boat."], state=State.COMPLETE))
    beside(ann, first)


def test_only_an_own_question_is_answered_beside(ann: User) -> None:
    first = ask(ann, "What is a ship?")
    conversations.finish(first.answer, Record(["A boat."], state=State.COMPLETE))
    eve = User.objects.create_user("eve")
    with pytest.raises(PortalError, match="no such conversation"):
        beside(eve, first)
    for number in (first.answer, first.answer + 99):
        with pytest.raises(PortalError, match="no such message"):
            beside(ann, first, beside=number)
    with pytest.raises(PortalError, match="need the `conversation`"):
        beside(ann, first, conversation=None)
