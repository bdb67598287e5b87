"""The calls beside chat and vectors, by their names: the provider's own answers are relayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.providers.openai.relays import images, ranking, transcripts
from registry.providers.openai.relays.events import EventStream
from registry.providers.openai.relays.images import ImageStream
from registry.providers.openai.relays.transcripts import TranscriptStream
from registry.providers.wire import Native

if TYPE_CHECKING:
    from collections.abc import Mapping

RELAYS: Mapping[str, Native] = {
    "rerank": Native(ranking.write, ranking.read, EventStream),
    "transcription": Native(transcripts.transcription, transcripts.read, TranscriptStream),
    "translation": Native(transcripts.translation, transcripts.read, TranscriptStream),
    "image_generation": Native(images.write, images.read, ImageStream),
}
