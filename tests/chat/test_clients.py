"""The official clients of OpenAI and Ollama work with the portal and with the fake provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ollama
import openai
import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import http

HI: Any = [{"role": "user", "content": "Hi"}]


@pytest.fixture
def client(portal: Portal) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{portal.url}/v1", api_key=portal.tokens["ann"], max_retries=2
    ) as client:
        yield client


def test_the_openai_client_lists_and_retrieves_models(client: openai.OpenAI) -> None:
    ids = [model.id for model in client.models.list()]
    assert "fake:talker" in ids
    assert client.models.retrieve("fake:other/name:v2").owned_by == "fake"


def test_the_openai_client_chats(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="fake:talker", messages=HI)
    assert answer.choices[0].message.content == "Hello from the fake."
    assert answer.usage is not None
    assert answer.usage.total_tokens == 12


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_the_openai_client_streams(client: openai.OpenAI, model: str) -> None:
    stream = client.chat.completions.create(model=model, messages=HI, stream=True)
    chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "Hello from the fake."
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_the_openai_client_embeds(client: openai.OpenAI) -> None:
    embeddings = client.embeddings.create(model="fake:embedder", input=["a", "bcd"])
    assert [row.embedding for row in embeddings.data] == [[1.0, 0.5, -0.25], [3.0, 0.5, -0.25]]


def test_the_openai_client_raises_typed_errors(client: openai.OpenAI, fake: FakeProvider) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="nope:x", messages=HI)
    assert missing.value.code == "provider_not_found"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="fake:embedder", messages=HI)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="nope").models.list()
    with pytest.raises(openai.InternalServerError) as unset:
        client.chat.completions.create(model="keyless:silent", messages=HI)
    assert unset.value.code == "provider_unconfigured"
    assert fake.posts == []


def test_the_openai_client_does_not_retry_permanent_errors(
    client: openai.OpenAI, fake: FakeProvider
) -> None:
    fake.script(http(401, {}))
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="fake:talker", messages=HI)
    assert len(fake.posts) == 1


def test_the_openai_client_retries_temporary_errors(
    client: openai.OpenAI, fake: FakeProvider
) -> None:
    fake.script(http(503, {}))
    answer = client.chat.completions.create(model="fake:talker", messages=HI)
    assert answer.choices[0].message.content == "Hello from the fake."
    assert len(fake.posts) == 2


def test_an_error_in_a_stream_is_raised(client: openai.OpenAI, fake: FakeProvider) -> None:
    from tests.support.provider_messages import SSE_HEAD, chunk, event

    fake.script(SSE_HEAD + event(chunk("Hel")))
    with pytest.raises(openai.APIError, match="broke off"):
        list(client.chat.completions.create(model="fake:talker", messages=HI, stream=True))


def test_openais_client_accepts_the_fake_provider(fake: FakeProvider) -> None:
    with openai.OpenAI(base_url=f"{fake.url}/v1", api_key="x") as client:
        assert [m.id for m in client.models.list()] == ["fake"]
        answer = client.chat.completions.create(model="x", messages=HI)
        assert answer.choices[0].message.content == "Hello from the fake."
        chunks = list(client.chat.completions.create(model="x", messages=HI, stream=True))
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert (
            client.embeddings.create(model="x", input="a", encoding_format="float")
            .data[0]
            .embedding
        )


def test_ollamas_client_accepts_the_fake_provider(fake: FakeProvider) -> None:
    client = ollama.Client(host=fake.url)
    answer = client.chat(model="x", messages=HI)
    assert answer.message.content == "Hello from the fake."
    words = [
        part.message.content or "" for part in client.chat(model="x", messages=HI, stream=True)
    ]
    assert "".join(words) == "Hello from the fake."
    assert client.embed(model="x", input=["a", "b"]).embeddings
    assert [m.model for m in client.list().models] == ["fake:latest"]
    assert client.generate(model="x", prompt="p").response == "SELECT 1"
    client._client.close()
