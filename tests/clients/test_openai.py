"""OpenAI's official client: the older completions, and Azure's paths."""

from __future__ import annotations

import os

import openai
import pytest
from openai import AzureOpenAI, OpenAI

MESSAGES = [{"role": "user", "content": "Hi"}]


@pytest.fixture
def azure() -> AzureOpenAI:
    return AzureOpenAI(
        azure_endpoint=os.environ["PORTAL_URL"],
        api_key=os.environ["PORTAL_TOKEN"],
        api_version="2024-10-21",
        max_retries=0,
    )


def test_a_text_is_continued(provider: str) -> None:
    client = OpenAI(max_retries=0)
    answer = client.completions.create(model=f"{provider}:talker", prompt="SELECT", max_tokens=5)
    assert answer.choices[0].text == "SELECT 1"
    with pytest.raises(openai.BadRequestError, match="prompt"):
        client.completions.create(model=f"{provider}:talker", prompt=[1, 2])


def test_a_continued_text_is_streamed(provider: str) -> None:
    chunks = OpenAI(max_retries=0).completions.create(
        model=f"{provider}:talker", prompt="SELECT", stream=True
    )
    assert "".join(chunk.choices[0].text for chunk in chunks) == "SELECT 1"


def test_azures_client_chats_and_streams(azure: AzureOpenAI, provider: str) -> None:
    model = f"{provider}:talker"
    answer = azure.chat.completions.create(model=model, messages=MESSAGES)
    assert answer.choices[0].message.content == "Hello there."
    chunks = azure.chat.completions.create(model=model, messages=MESSAGES, stream=True)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "Hello there."


def test_azures_client_embeds_and_lists(azure: AzureOpenAI, provider: str) -> None:
    vectors = azure.embeddings.create(model=f"{provider}:embedder", input=["a", "b"])
    assert len(vectors.data) == 2
    assert f"{provider}:talker" in [model.id for model in azure.models.list()]


def test_azures_client_gets_typed_errors(azure: AzureOpenAI, provider: str) -> None:
    with pytest.raises(openai.RateLimitError, match="try again in 2s"):
        azure.chat.completions.create(model=f"{provider}:busy", messages=MESSAGES)
    with pytest.raises(openai.AuthenticationError):
        azure.with_options(api_key="aim_wrong").models.list()
