"""OpenAI's official client: transcripts and images."""

from __future__ import annotations

import base64
import os
from typing import Any

import openai
import pytest
from openai import AzureOpenAI, OpenAI

SOUND = ("speech.mp3", b"ID3" + bytes(1000), "audio/mpeg")


@pytest.fixture
def client() -> OpenAI:
    return OpenAI(max_retries=0)


def test_sound_becomes_text(client: OpenAI) -> None:
    transcript = client.audio.transcriptions.create(model="oai:scribe", file=SOUND)
    assert transcript.text == "Hello there."
    assert client.audio.translations.create(model="oai:scribe", file=SOUND).text == "Hello there."


@pytest.mark.parametrize("form", ["text", "srt", "vtt"])
def test_a_transcript_is_text(client: OpenAI, form: Any) -> None:
    text = client.audio.transcriptions.create(
        model="oai:scribe", file=SOUND, response_format=form, language="en", temperature=0.2
    )
    assert text == "Hello there.\n"


def test_a_transcript_has_times_and_chunks(client: OpenAI) -> None:
    verbose: Any = client.audio.transcriptions.create(
        model="oai:scribe", file=SOUND, response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
        chunking_strategy={"type": "server_vad", "threshold": 0.5}, include=["logprobs"],
    )  # fmt: skip
    assert verbose.text == "Hello there."


def test_a_transcript_is_streamed(client: OpenAI) -> None:
    events = client.audio.transcriptions.create(model="oai:scribe", file=SOUND, stream=True)
    *deltas, last = events
    assert "".join(event.delta for event in deltas) == "Hello there."  # type: ignore[union-attr]
    assert last.type == "transcript.text.done"


def test_images_are_drawn_and_streamed(client: OpenAI) -> None:
    images: Any = client.images.generate(model="oai:painter", prompt="A cat", n=2, size="1024x1024")
    assert [base64.b64decode(row.b64_json)[1:4] for row in images.data] == [b"PNG", b"PNG"]
    events: Any = client.images.generate(
        model="oai:painter", prompt="A cat", stream=True, partial_images=1
    )
    kinds = [event.type for event in events]
    assert kinds == ["image_generation.partial_image", "image_generation.completed"]


def test_a_model_that_cannot_is_a_typed_error(client: OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="Models that can: oai:scribe"):
        client.audio.transcriptions.create(model="oai:talker", file=SOUND)
    with pytest.raises(openai.BadRequestError):
        client.images.generate(model="oai:painter", prompt="A cat", n=20)
    with pytest.raises(openai.NotFoundError, match="Served are"):
        client.images.edit(model="oai:painter", prompt="A cat", image=b"x")


def test_azures_client_hears_and_draws() -> None:
    azure = AzureOpenAI(azure_endpoint=os.environ["PORTAL_URL"], api_version="2024-10-21",
                        api_key=os.environ["PORTAL_TOKEN"], max_retries=0)  # fmt: skip
    assert azure.audio.transcriptions.create(model="oai:scribe", file=SOUND).text == "Hello there."
    assert azure.images.generate(model="oai:painter", prompt="A cat").data
