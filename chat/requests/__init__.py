"""
The requests of completions and embeddings: read, checked, and fitted to their provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from chat.requests.fields import EMBEDDING, REQUEST
from chat.requests.fit import DROPPED, PASSED, fit, report
from chat.requests.shapes import Chat, Embeddings
from core.http.body import check_types

if TYPE_CHECKING:
    from registry.entities import Resolution

__all__ = ["Chat", "Embeddings", "fit", "fit_embeddings", "read_chat", "read_embeddings", "report"]


def read_chat(body: dict[str, Any]) -> dict[str, Any]:
    """Return a chat request of the right types, without `model`. Raises PortalError."""
    checked = check_types(body, Chat)
    for name in ("max_tokens", "max_completion_tokens"):
        if getattr(checked, name) == 0:
            raise refused(f"{name}: an answer has at least one token.", name)
    return {key: value for key, value in body.items() if key != "model"}


def read_embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Return an embeddings request of the right types, without `model`. Raises PortalError."""
    inputs = check_types(body, Embeddings).input
    if isinstance(inputs, list) and len({type(item) for item in inputs}) > 1:
        raise refused("input: texts and tokens cannot be mixed.", "input")
    return {key: value for key, value in body.items() if key != "model"}


def fit_embeddings(
    body: dict[str, Any], resolution: Resolution
) -> tuple[dict[str, Any], Resolution]:
    """Return a checked request as its provider gets it, and the resolution that reports it."""
    provider, model = resolution.provider, resolution.model
    unknown = {name for name in body.keys() - EMBEDDING if body[name] is not None}
    passed = unknown if provider.passes_all else unknown & provider.passes
    passed = passed - REQUEST  # servers embed whole chats, too, and load what is in them
    PASSED.check({name: body[name] for name in passed}, "")
    DROPPED.check({name: body[name] for name in unknown - passed}, "")
    first = body["input"][0] if isinstance(body["input"], list) else ""
    if not isinstance(first, str) and not (model and model.ref.tokenizer):
        raise refused(
            "input: numbers of tokens mean something to one tokenizer only. Send text (in "
            "LangChain: check_embedding_ctx_length=False), or ask an operator to name the model's "
            "`tokenizer`.",
            "input",
        )
    fitted = {name: v for name, v in body.items() if name in EMBEDDING or name in passed}
    return fitted, report(resolution, sorted(unknown - passed))
