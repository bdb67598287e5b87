"""What models read before a conversation: of models.yaml, of a person, of the conversation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, http, openai_stream
from tests.support.socket_client import SocketClient

MODELS = """
models:
  defaults: {chat: "fake:polite"}
  fake:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry:
      polite: {capabilities: [chat], system: Be polite., fallback: ["fake:brief"]}
      brief: {capabilities: [chat], system: Be brief.}
      plain: {capabilities: [chat]}
"""
OWN = (
    "from chat.models import Instructions; from django.contrib.auth.models import User; "
    "Instructions.objects.create(user=User.objects.get(username='ann'), text='I am Ann.')"
)


@pytest.fixture(scope="module")
def instructed(module_portal: Portal) -> Portal:
    module_portal.manage("shell", "-v0", "-c", OWN)
    return module_portal


@pytest.fixture
def client(instructed: Portal, fake: FakeProvider) -> Iterator[SocketClient]:
    with SocketClient(instructed) as client:
        yield client


def system_of(fake: FakeProvider) -> str:
    """Return what the model read first in the last request; without it, an empty text."""
    first, *rest = fake.posts[-1].body["messages"]
    assert all(message["role"] != "system" for message in rest)
    return str(first["content"]) if first["role"] == "system" else ""


def test_the_models_come_first_then_the_persons_then_the_conversations(
    client: SocketClient, fake: FakeProvider
) -> None:
    frames = client.ask("Hello?", instructions=True, system="This is about tax.")
    assert system_of(fake) == "Be polite.\n\nI am Ann.\n\nThis is about tax."
    assert frames[0]["context"] == {"messages_sent": 1, "messages_dropped": 0}
    number = frames[0]["conversation"]
    client.ask("And?", conversation=number, instructions=True, model="fake:plain")
    assert system_of(fake) == "I am Ann.\n\nThis is about tax."
    client.ask("And?", conversation=number, instructions=True, model="fake:plain", system=" ")
    assert system_of(fake) == "I am Ann."


def test_programs_get_only_those_of_the_conversation(
    client: SocketClient, fake: FakeProvider
) -> None:
    number = client.ask("Hello?")[0]["conversation"]
    assert system_of(fake) == ""
    client.ask("Hello?", conversation=number, system="Speak German.")
    assert system_of(fake) == "Speak German."
    client.ask("Hello?", conversation=number)
    assert system_of(fake) == "Speak German."


def test_a_temporary_conversation_sends_its_own(client: SocketClient, fake: FakeProvider) -> None:
    client.ask("Hello?", temporary=True, instructions=True, system="Speak German.")
    assert system_of(fake) == "Be polite.\n\nSpeak German."


def test_another_model_that_answers_reads_its_own(client: SocketClient, fake: FakeProvider) -> None:
    fake.script(http(500, {"error": "broken"}), KEEP)
    fake.script(SSE_HEAD + openai_stream("Hi"))
    frames = client.ask("Hello?", model="fake:polite", fallback=True, instructions=True)
    assert frames[-1]["resolution"]["id"] == "fake:brief"
    assert system_of(fake) == "Be brief.\n\nI am Ann."


def test_the_api_sends_none(instructed: Portal, fake: FakeProvider) -> None:
    body = {"messages": [{"role": "user", "content": "Hello?"}]}
    assert instructed.post("/v1/chat/completions", body).status_code == 200
    assert system_of(fake) == ""


@pytest.mark.parametrize("system", ["a\0b", "x" * 20_001, 3])
def test_invalid_ones_are_refused(client: SocketClient, system: object) -> None:
    [error] = client.ask("Hello?", system=system)
    assert error["error"]["code"] == "invalid_request"
    assert "system" in error["error"]["message"]
