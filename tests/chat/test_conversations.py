"""Conversations: what is stored, and what the page shows."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import conversations
from chat.models import Conversation, Message, State
from chat.pages.presentation import view
from chat.progress import store_progress
from core.errors import PortalError
from registry.state.service import service
from tests.chat.conversation_setup import _registry, ann, ask, talk

__all__ = ["_registry", "ann", "talk"]  # fixtures
pytestmark = pytest.mark.django_db

# ── What is stored ──────────────────────────────────────────────────────────────────────────


def test_a_question_makes_a_conversation_with_a_title(ann: User) -> None:
    begun = ask(ann, "\n  What   is a ship?\nTell me.")
    conversation = Conversation.objects.get(pk=begun.conversation)
    assert conversation.title == "What is a ship?"
    question, answer = conversation.messages.all()
    assert (question.pk, answer.pk) == (begun.question, begun.answer)
    assert answer.state == State.RUNNING
    assert answer.model == "a:small"


def test_a_refused_question_stores_nothing(ann: User, talk: Conversation) -> None:
    invalid_fields: list[dict[str, Any]] = [
        {"model": "unknown:x"},
        {"conversation": uuid.uuid4()},
        {"conversation": talk.pk, "retry_of": 10**6},
        {"conversation": talk.pk, "edit_of": 10**6},
        {"edit_of": talk.messages.all()[0].pk},
        {"conversation": talk.pk, "retry_of": talk.messages.all()[0].pk},  # not an answer
        {"conversation": talk.pk, "edit_of": talk.messages.all()[1].pk},  # not a question
        {"content": "x" * 2000},  # longer than the model's context
    ]
    for fields in invalid_fields:
        before = (Conversation.objects.count(), Message.objects.count())
        with pytest.raises(PortalError):
            ask(ann, **{"content": "Hi", **fields})
        assert (Conversation.objects.count(), Message.objects.count()) == before
        assert not Message.objects.filter(replaced=True).exists()


def test_a_full_conversation_is_refused_without_being_read(ann: User, talk: Conversation) -> None:
    question, _ = talk.messages.all()
    huge = talk.messages.create(role="assistant", content="x" * 3_000_000)
    with CaptureQueriesContext(connection) as queries, pytest.raises(PortalError) as caught:
        ask(ann, conversation=talk.pk)
    assert caught.value.code == "payload_too_large"
    assert not [query for query in queries if re.search(r'"content"(,| FROM)', query["sql"])]
    again = ask(ann, "What is a boat?", conversation=talk.pk, edit_of=question.pk)
    assert again.percent_full == 0
    huge.refresh_from_db()
    assert huge.replaced


def test_what_was_replaced_is_bounded_and_the_rest_goes_on(ann: User, talk: Conversation) -> None:
    question, _ = talk.messages.all()
    talk.messages.create(role="assistant", content="x" * 8_000_001, replaced=True)
    with pytest.raises(PortalError) as caught:
        ask(ann, "What is a boat?", conversation=talk.pk, edit_of=question.pk)
    assert (caught.value.code, caught.value.param) == ("payload_too_large", "conversation")
    assert ask(ann, "And a boat?", conversation=talk.pk).percent_full == 0


def test_another_users_conversation_does_not_exist(talk: Conversation) -> None:
    bob = User.objects.create_user("bob")
    question, answer = talk.messages.all()
    requests: list[dict[str, Any]] = [
        {},
        {"retry_of": answer.pk},
        {"edit_of": question.pk},
    ]
    for fields in requests:
        with pytest.raises(PortalError) as caught:
            ask(bob, conversation=talk.pk, **fields)
        assert caught.value.code == "not_found"


def test_a_message_of_another_conversation_cannot_be_replaced(
    ann: User, talk: Conversation
) -> None:
    other = ask(ann)
    conversations.finish(other.answer, conversations.Record(state=State.COMPLETE))
    with pytest.raises(PortalError):
        ask(ann, conversation=uuid.UUID(other.conversation), edit_of=talk.messages.all()[0].pk)


def test_messages_that_do_not_fit_are_counted(ann: User, talk: Conversation) -> None:
    begun = ask(ann, "x" * 120, conversation=talk.pk)  # 44 of the 60 tokens beside the answer
    assert (begun.context.sent, begun.context.dropped) == (1, 2)
    answer = Message.objects.get(pk=begun.answer)
    assert "the last 1 message of 3" in view(answer, service.current).left_out
    with_all = ask_again(ann, begun, model="a:big")
    assert (with_all.context.sent, with_all.context.dropped) == (3, 0)


def ask_again(user: User, begun: conversations.Begun, **more: Any) -> conversations.Begun:
    conversations.finish(begun.answer, conversations.Record(state=State.FAILED))
    return ask(user, "", conversation=uuid.UUID(begun.conversation), retry_of=begun.answer, **more)


def test_an_answer_that_never_began_is_not_sent(ann: User) -> None:
    begun = ask(ann, "One?", model="a:big")
    conversations.finish(begun.answer, conversations.Record(state=State.FAILED))
    next_question = ask(ann, "Two?", model="a:big", conversation=uuid.UUID(begun.conversation))
    assert next_question.context.messages == [{"role": "user", "content": "One?\n\nTwo?"}]


def test_after_a_crash_nothing_stays_running(ann: User) -> None:
    begun = ask(ann)
    store_progress(begun.answer, conversations.Record(["Half an ans"]))
    conversations.recover(lambda worker: True)
    answer = Message.objects.get(pk=begun.answer)
    assert (answer.state, answer.content) == (State.INTERRUPTED, "Half an ans")
    store_progress(begun.answer, conversations.Record(["too late"]))
    answer.refresh_from_db()
    assert answer.content == "Half an ans"


def test_an_answer_of_a_deleted_conversation_is_not_stored(ann: User) -> None:
    begun = ask(ann)
    Conversation.objects.all().delete()
    store_progress(begun.answer, conversations.Record(["x"]))
    conversations.finish(begun.answer, conversations.Record(state=State.COMPLETE))
    assert not Message.objects.exists()


# ── What the page shows ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"state": "complete", "content": "All of it."}, ""),
        ({"state": "complete", "content": ""}, "The model said nothing."),
        ({"state": "stopped", "content": "Two words"}, "Stopped by you after 2 words."),
        ({"state": "interrupted", "content": "One"}, "Connection lost after 1 word."),
        ({"state": "interrupted", "content": "One two", "finish_reason": "length"},
         "The answer reached the model's length limit: it is not finished."),
        ({"state": "interrupted", "content": "One two", "finish_reason": "bored"},
         "The model ended this early. Its reason: bored."),
        ({"state": "interrupted", "content": "One two", "error": {"code": "x", "message": "It broke."}},
         "Broken off after 2 words. It broke."),
        ({"state": "failed", "error": {"code": "x", "message": "No answer."}}, "No answer."),
    ],
)  # fmt: skip
def test_every_state_has_a_note(fields: dict[str, Any], note: str) -> None:
    message = Message(role="assistant", model="a:small", **fields)
    assert view(message, service.current).note == note


def test_an_answer_shows_its_model_timing_and_tokens(client: Client, talk: Conversation) -> None:
    page = client.get(f"/chat/{talk.pk}").content.decode()
    for part in ("The small one", "a:small (the primary)", "first word after 0.2 s", "1.5 s in all",
                 "9 tokens in, 4 out", "A <em>large</em> boat."):  # fmt: skip
        assert part in page
    assert "<b>ships</b>" not in page


def test_a_model_removed_from_the_file_keeps_its_name() -> None:
    message = Message(role="assistant", model="gone:some/model:v1", resolution={"registry": True})
    row = view(message, service.current)
    assert row.title == "some/model:v1"
    assert "no longer listed" in row.facts
    message.resolution = {"registry": False}
    assert "no longer listed" not in view(message, service.current).facts, (
        "the model was never listed"
    )
