"""
The functions of `Wire` for what a wire format has not: a module takes them under their names.

    embeddings, read_embeddings = unsupported.embeddings, unsupported.read_embeddings
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from registry.providers.reading import bad_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.providers.wire import Body, Completion, Embeddings, Native, Request, Target

RELAYS: Mapping[str, Native] = {}


def embeddings(target: Target, body: Body) -> Request:
    raise PortalError("invalid_request", f"{target.provider} has no embeddings.", param="model")


def read_embeddings(data: bytes) -> Embeddings:
    raise bad_response("it holds no vectors")


def fit_completion(body: Body) -> tuple[str, ...]:
    raise _no_completions("This model's provider")


def completion(target: Target, body: Body) -> Request:
    raise _no_completions(target.provider)


def _no_completions(name: str) -> PortalError:
    return PortalError("invalid_request", f"{name} has no raw completions.", param="model")


def read_completion(data: bytes) -> Completion:
    raise bad_response("it holds no text")


def loaded(target: Target) -> None:
    """Return None: servers do not report which models are in memory."""


def read_loaded(data: bytes, name: str) -> bool:
    raise NotImplementedError
