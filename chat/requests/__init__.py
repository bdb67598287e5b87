"""
The requests of completions and embeddings: read, checked, and fitted to their provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from chat.requests.dangers import refused
from chat.requests.fields import EMBEDDING, REQUEST
from chat.requests.fit import DROPPED, PASSED, allowed, fit, fit_completion, report
from chat.requests.shapes import Chat, Completion, Embeddings
from core.errors import PortalError
from core.http.body import check_types

if TYPE_CHECKING:
    from registry.entities import Resolution

T = TypeVar("T")
__all__ = [
    "Chat", "Completion", "Embeddings", "allowed", "fit", "fit_completion", "fit_embeddings",
    "read_chat", "read_completion", "read_embeddings", "report",
]  # fmt: skip


def read_chat(body: dict[str, Any]) -> dict[str, Any]:
    """Return a chat request of the right types, without `model`. Raises PortalError."""
    body, checked = _checked(body, Chat)
    for name in ("max_tokens", "max_completion_tokens"):
        if getattr(checked, name) == 0:
            raise refused(f"{name}: an answer has at least one token.", name)
    return {key: value for key, value in body.items() if key != "model"}


def read_completion(body: dict[str, Any]) -> dict[str, Any]:
    """Return a raw completion's request of the right types, without `model`. Raises PortalError."""
    body, checked = _checked(body, Completion)
    prompt = checked.prompt
    if isinstance(prompt, list) and len({type(item) for item in prompt}) > 1:
        raise refused("prompt: texts and tokens cannot be mixed.", "prompt")
    return {key: value for key, value in body.items() if key != "model"}


def read_embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Return an embeddings request of the right types, without `model`. Raises PortalError."""
    body, checked = _checked(body, Embeddings)
    inputs = checked.input
    if isinstance(inputs, list) and len({type(item) for item in inputs}) > 1:
        raise refused("input: texts and tokens cannot be mixed.", "input")
    return {key: value for key, value in body.items() if key != "model"}


def _checked(body: dict[str, Any], shape: type[T]) -> tuple[dict[str, Any], T]:
    """Return the body and its typed form; 1024.0 is a whole number (Java's Gson writes it)."""
    try:
        return body, check_types(body, shape)
    except PortalError:
        body = {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in body.items()
        }
        return body, check_types(body, shape)


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
