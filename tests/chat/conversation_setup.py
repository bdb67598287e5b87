"""A registry, a user and a conversation, for tests of conversations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat import conversations
from chat.frames import Ask
from chat.models import Conversation
from core.auth.credentials import Credentials
from registry import snapshot
from registry.config.load import load_config
from registry.state.service import service

MODELS = b"""models:
  defaults: {chat: "a:small"}
  a:
    api: openai
    endpoint: http://127.0.0.1:9/v1
    registry:
      small: {capabilities: [chat], title: The small one, context_window: 100, options: {max_tokens: 40}}
      big: {capabilities: [chat]}
"""


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    before = service._registry
    service._registry = snapshot.build(load_config(MODELS, {}))
    yield
    service._registry = before


@pytest.fixture
def ann(client: Client) -> User:
    user = User.objects.create_user("ann")
    client.force_login(user)
    return user


@pytest.fixture
def talk(ann: User) -> Conversation:
    conversation = Conversation.objects.create(user=ann, title="About <b>ships</b>")
    add = conversation.messages.create
    add(role="user", content="What is a ship?")
    add(
        role="assistant", content="A *large* boat.", model="a:small", first_token_ms=250,
        duration_ms=1500, usage={"prompt_tokens": 9, "completion_tokens": 4}, sent=1,
        resolution={"resolved_by": "primary"}, finish_reason="stop",
    )  # fmt: skip
    return conversation


def ask(user: User, content: str = "Hi", **more: Any) -> conversations.Begun:
    client = Client()
    client.force_login(user)
    credentials = Credentials(session=client.cookies["sessionid"].value)
    return conversations.begin(credentials, Ask(id="1", content=content, **more))
