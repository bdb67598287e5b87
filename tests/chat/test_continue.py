"""Going on with an answer that was cut."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from chat import conversations
from chat.continuing import PROMPT
from chat.models import Conversation, Message, State
from core.errors import PortalError
from tests.chat.conversation_setup import _registry, ann, ask, talk
from tests.chat.stored_answers import begin_answer, stored
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, openai_stream
from tests.support.servers.databases import rows
from tests.support.socket_client import SocketClient, text_of

__all__ = ["_registry", "ann", "talk"]  # fixtures


def cut(talk: Conversation, **more: Any) -> Message:
    answer = talk.messages.get(role="assistant")
    for name, value in {"state": State.STOPPED, "content": "A large b", **more}.items():
        setattr(answer, name, value)
    answer.save()
    return answer


@pytest.mark.django_db
def test_the_model_gets_the_answer_and_is_asked_to_go_on(ann: User, talk: Conversation) -> None:
    answer = cut(talk, thoughts="Hm.", thought_ms=5)
    begun = ask(ann, "", conversation=talk.pk, continue_of=answer.pk, model="a:big")
    assert begun.context.messages == [
        {"role": "user", "content": "What is a ship?"},
        {"role": "assistant", "content": "A large b"},
        {"role": "user", "content": PROMPT},
    ]
    assert (begun.answer, begun.record.content, begun.record.thoughts) == (
        answer.pk,
        "A large b",
        "Hm.",
    )
    assert talk.messages.count() == 2, "the request to go on is no message"
    answer.refresh_from_db()
    assert (answer.state, answer.model, answer.replaced) == (State.RUNNING, "a:big", False)


@pytest.mark.django_db
@pytest.mark.parametrize("more", [{"state": State.COMPLETE}, {"content": ""}, {"replaced": True}])
def test_other_answers_do_not_go_on(ann: User, talk: Conversation, more: dict[str, Any]) -> None:
    answer = cut(talk, **more)
    with pytest.raises(PortalError) as refusal:
        ask(ann, "", conversation=talk.pk, continue_of=answer.pk)
    assert refusal.value.param == "continue_of"


@pytest.mark.django_db
def test_only_the_last_answer_goes_on_and_only_ones_own(ann: User, talk: Conversation) -> None:
    answer = cut(talk)
    olga = User.objects.create_user("olga")
    with pytest.raises(PortalError):
        ask(olga, "", conversation=talk.pk, continue_of=answer.pk)
    begun = ask(ann, "Next?", conversation=talk.pk)
    conversations.finish(begun.answer, conversations.Record(["x"], state=State.STOPPED))
    with pytest.raises(PortalError):
        ask(ann, "", conversation=talk.pk, continue_of=answer.pk)


def newest(portal: Portal) -> int:
    return int(rows(portal, "SELECT max(id) FROM chat_message")[0][0])


def test_what_comes_is_added_to_the_answer(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as client:
        conversation = begin_answer(portal, fake, client)
        client.send(type="stop", id="1")
        client.until("done")
        message = newest(portal)
        fake.script(SSE_HEAD + openai_stream(", and the rest."))
        frames = client.ask("", id="2", conversation=conversation, continue_of=message)
    assert text_of(frames) == "Half an answer, and the rest."
    assert (frames[0]["message"], frames[0]["user_message"]) == (message, None)
    assert stored(portal)[-1] == ("complete", "Half an answer, and the rest.")


def test_one_that_breaks_off_again_keeps_what_it_has(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as client:
        conversation = begin_answer(portal, fake, client)
        client.send(type="stop", id="1")
        client.until("done")
        message = newest(portal)
        fake.script(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        frames = client.ask("", id="2", conversation=conversation, continue_of=message)
    assert frames[-1]["type"] == "error"
    assert stored(portal)[-1] == ("interrupted", "Half an answer")
