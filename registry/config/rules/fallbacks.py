"""
Rules of fallbacks: the models that answer where another does not.

A model's own `fallback` and a capability's `fallbacks` are followed for one step only: what stands
at a fallback's own entry is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import did_you_mean, listing, quote
from registry.config.model_index import key_of
from registry.config.schema import RELAYED
from registry.model_id import did_you_mean_model, serves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.errors import Finding
    from core.yaml.tree import Path
    from registry.config.model_index import ModelIndex
    from registry.config.schema import ModelRef

MAX_FALLBACKS = 2
NEVER = ("embeddings", *RELAYED)
ONLY = "Embeddings, and answers that are relayed as they are, have no fallback."


def check_fallbacks(index: ModelIndex) -> Iterator[Finding]:
    """Yield the fallbacks that cannot answer instead: of capabilities, then of models."""
    for capability, ids in index.models.fallbacks.items():
        path = ("fallbacks", capability)
        if problem := _unusable(capability, index):
            yield path, problem
        else:
            yield from _several(path, ids, index, {capability})
    for name, provider in index.models.providers.items():
        for model, ref in provider.registry.items():
            if ref.fallback:
                yield from _of_model(name, model, ref, index)


def _unusable(capability: str, index: ModelIndex) -> str:
    if capability in NEVER:
        return ONLY
    if capability not in index.known:
        near = did_you_mean(capability, index.known)
        return f"{quote(capability)} is not a capability.{near} Known: {listing(index.known)}."
    return ""


def _of_model(name: str, model: str, ref: ModelRef, index: ModelIndex) -> Iterator[Finding]:
    path = (name, "registry", model, "fallback")
    capabilities = set(ref.capabilities) - set(NEVER)
    if not capabilities:
        yield path, ONLY
        return
    yield from _several(path, ref.fallback, index, capabilities)
    for number, text in enumerate(ref.fallback):
        if _key(text, index) == key_of(name, model, index.models):
            yield (*path, number), "A model cannot be its own fallback."
        elif _leaves(name, text, index):
            yield (*path, number), f"{quote(name)} is `local`, and this provider is not."


def _several(
    path: Path, ids: tuple[str, ...], index: ModelIndex, capabilities: set[str]
) -> Iterator[Finding]:
    if len(ids) > MAX_FALLBACKS:
        yield path, f"At most {MAX_FALLBACKS} models: each attempt takes a part of the time."
    seen: set[str] = set()
    for number, text in enumerate(ids):
        key = _key(text, index)
        if key in seen:
            yield (*path, number), f"{quote(text)} appears twice."
        elif problem := _problem(text, index, capabilities):
            yield (*path, number), problem
        seen.add(key)


def _problem(text: str, index: ModelIndex, capabilities: set[str]) -> str:
    ref = index.find(text)
    provider, _, name = text.partition(":")
    if ref is None:
        near = did_you_mean_model(text, index.refs)
        dropped = index.is_dropped(provider, "registry", name)
        return "" if dropped else f"{quote(text)} is not listed.{near} Write a listed model's ID."
    dropped = index.is_dropped(provider, "registry", name, "capabilities")
    if dropped or any(serves(ref.capabilities, capability) for capability in capabilities):
        return ""
    wanted = " or ".join(quote(capability) for capability in sorted(capabilities))
    return f"{quote(text)} does not have {wanted}: it has {listing(ref.capabilities)}."


def _leaves(name: str, text: str, index: ModelIndex) -> bool:
    """Would a request to a provider that is `local` leave it?"""
    if not index.models.providers[name].is_local or index.find(text) is None:
        return False
    return not index.models.providers[text.partition(":")[0]].is_local


def _key(text: str, index: ModelIndex) -> str:
    provider, _, name = text.partition(":")
    return key_of(provider, name, index.models)
