"""
Model IDs: `provider:modelName`, split at the first colon.

`ollama:name:7b` is provider `ollama`, name `name:7b`. Names may hold colons, slashes and dots, as
in `ollama:hf.co/org/x-GGUF:q4`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from core.errors import PortalError
from core.text import nearest, quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


PROVIDER_PATTERN = r"[a-z][a-z0-9_-]{0,31}"  # the same for capabilities
NAME_PATTERN = r"[!-~]{1,200}"
REGISTRY = "registry.ollama.ai/"  # where Ollama looks for names without a host
TITLE = "title"  # names conversations
STANDS_IN = {TITLE: "chat"}  # models with the one capability serve for the other
WORDS = {"embed": "embeddings", "rerank": "rerank", "transcri": "transcription"}
_PROVIDER = re.compile(PROVIDER_PATTERN)
_NAME = re.compile(NAME_PATTERN)


class ModelID(NamedTuple):
    """The two halves of a model ID."""

    provider: str
    name: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


def is_provider(text: str) -> bool:
    return _PROVIDER.fullmatch(text) is not None


is_capability = is_provider


def is_model_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def parse_model_id(text: str) -> ModelID:
    """Return the provider and the name in `text`. Raises PortalError `model_not_found`."""
    provider, colon, name = text.partition(":")
    if colon and is_provider(provider) and is_model_name(name):
        return ModelID(provider, name)
    raise PortalError(
        "model_not_found",
        f"{quote(text)} is not a model ID. Write provider:name, as in GET /v1/ai/models.",
        param="model",
    )


def guess_capability(name: str) -> str:
    """Return what a model can probably do, by the words in its name."""
    name = name.lower()
    return next((able for word, able in WORDS.items() if word in name), "chat")


def serves(capabilities: Collection[str], capability: str) -> bool:
    """Return whether a model with these capabilities may be used for `capability`."""
    return capability in capabilities or STANDS_IN.get(capability) in capabilities


def served(capabilities: Iterable[str]) -> Iterator[str]:
    """Yield each capability for which a model with these may be used."""
    own = tuple(capabilities)
    yield from own
    yield from (name for name in STANDS_IN if name not in own and serves(own, name))


def fold(name: str) -> str:
    """Return the full name of a model of Ollama, for which `x` is `x:latest`."""
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def spelled(name: str) -> str:
    """Return the name as a server may understand it: other spellings reach the same model."""
    return fold(name.casefold().removeprefix(REGISTRY).removeprefix("library/"))


def did_you_mean_model(text: str, ids: Iterable[str]) -> str:
    """Return " Did you mean 'provider:x'?" for the nearest of `ids`, compared without provider.

    With it, any two IDs of one provider would look similar.
    """
    whole = text.strip().casefold()
    provider, colon, name = text.strip().partition(":")
    name = name if colon else provider
    by_name: dict[str, str] = {}
    for candidate in ids:
        owner, _, other = candidate.partition(":")
        if other.casefold() in (whole, name.casefold()):
            return f" Did you mean {quote(candidate, 80)}?"
        if owner == provider or not colon:
            by_name.setdefault(other, candidate)
    tagged = (other for other in by_name if other.startswith(f"{name}:"))
    near = nearest(name, by_name) or next(tagged, None)
    return f" Did you mean {quote(by_name[near], 80)}?" if near else ""
