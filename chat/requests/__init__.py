"""
The requests of models: read, checked, and fitted to their provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from chat.requests.fields import EMBEDDING
from chat.requests.fit import allowed, fit, fit_completion, fit_known, report
from chat.requests.relays import (
    fit_images,
    fit_rerank,
    fit_transcription,
    read_images,
    read_rerank,
    read_transcription,
)
from chat.requests.shapes import (
    Chat,
    Completion,
    Embeddings,
    ImageGeneration,
    Rerank,
    Transcription,
    checked,
)

if TYPE_CHECKING:
    from registry.entities import Resolution

__all__ = [
    "Chat", "Completion", "Embeddings", "ImageGeneration", "Rerank", "Transcription", "allowed",
    "fit", "fit_completion", "fit_embeddings", "fit_images", "fit_rerank", "fit_transcription",
    "read_chat", "read_completion", "read_embeddings", "read_images", "read_rerank",
    "read_transcription", "report",
]  # fmt: skip


def read_chat(body: dict[str, Any]) -> dict[str, Any]:
    """Return a chat request of the right types, without `model`. Raises PortalError."""
    body, typed = checked(body, Chat)
    for name in ("max_tokens", "max_completion_tokens"):
        if getattr(typed, name) == 0:
            raise refused(f"{name}: an answer has at least one token.", name)
    return {key: value for key, value in body.items() if key != "model"}


def read_completion(body: dict[str, Any]) -> dict[str, Any]:
    """Return a raw completion's request of the right types, without `model`. Raises PortalError."""
    body, typed = checked(body, Completion)
    prompt = typed.prompt
    if isinstance(prompt, list) and len({type(item) for item in prompt}) > 1:
        raise refused("prompt: texts and tokens cannot be mixed.", "prompt")
    return {key: value for key, value in body.items() if key != "model"}


def read_embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Return an embeddings request of the right types, without `model`. Raises PortalError."""
    body, typed = checked(body, Embeddings)
    inputs = typed.input
    if isinstance(inputs, list) and len({type(item) for item in inputs}) > 1:
        raise refused("input: texts and tokens cannot be mixed.", "input")
    return {key: value for key, value in body.items() if key != "model"}


def fit_embeddings(
    body: dict[str, Any], resolution: Resolution
) -> tuple[dict[str, Any], Resolution]:
    """Return a checked request as its provider gets it, and the resolution that reports it."""
    fitted, resolution = fit_known(body, resolution, EMBEDDING)
    model = resolution.model
    first = body["input"][0] if isinstance(body["input"], list) else ""
    if not isinstance(first, str) and not (model and model.ref.tokenizer):
        raise refused(
            "input: numbers of tokens mean something to one tokenizer only. Send text (in "
            "LangChain: check_embedding_ctx_length=False), or ask an operator to name the model's "
            "`tokenizer`.",
            "input",
        )
    return fitted, resolution
