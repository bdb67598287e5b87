"""Rules of what names a model elsewhere in models.yaml: defaults and replacements."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from core.text import did_you_mean, listing, quote
from registry.config.model_index import key_of
from registry.model_id import did_you_mean_model, serves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.errors import Finding
    from registry.config.model_index import ModelIndex
    from registry.config.schema import ModelRef

MAX_REPORTED = 20  # wrong replacements


def check_defaults(index: ModelIndex) -> Iterator[Finding]:
    """Yield the defaults that name no listed model with their capability."""
    for capability, text in index.models.defaults.items():
        path = ("defaults", capability)
        provider, _, name = text.partition(":")
        ref = index.find(text)
        if capability not in index.known:
            near = did_you_mean(capability, index.known)
            yield (
                path,
                f"{quote(capability)} is not a capability.{near} Known: {listing(index.known)}. "
                "Declare others in `models.capabilities`.",
            )
        elif ref is None and not index.is_dropped(provider, "registry", name):
            near = _without_provider(text, index.able(capability)) or did_you_mean_model(
                text, index.able(capability)
            )
            yield (
                path,
                f"{quote(text)} is not listed.{near} Add it to its provider's `registry`.",
            )
        elif ref is not None and _is_unable(ref, capability, (provider, name), index):
            yield (
                path,
                f"{quote(text)} does not have {quote(capability)}: its capabilities are "
                f"{listing(ref.capabilities)}.",
            )


def _without_provider(text: str, able: list[str]) -> str:
    """Return the ID that `text` is without its provider, as a question."""
    ids = [model_id for model_id in able if model_id.partition(":")[2] == text]
    return f" Did you mean {quote(ids[0], 80)}?" if ids else ""


def _is_unable(ref: ModelRef, capability: str, model: tuple[str, str], index: ModelIndex) -> bool:
    """Does `ref` lack `capability`? Not if its list of capabilities is invalid itself."""
    provider, name = model
    valid = set(ref.capabilities) <= set(index.known)
    dropped = index.is_dropped(provider, "registry", name, "capabilities")
    return not serves(ref.capabilities, capability) and valid and not dropped


def deprecated_defaults(index: ModelIndex) -> Iterator[Finding]:
    """Yield the defaults that name a deprecated model."""
    for capability, text in index.models.defaults.items():
        ref = index.find(text)
        if ref is not None and ref.deprecated:
            advice = f" Use {quote(ref.replacement)}." if ref.replacement else ""
            yield ("defaults", capability), f"{quote(text)} is deprecated.{advice}"


def restricted_defaults(index: ModelIndex) -> Iterator[Finding]:
    """Yield the defaults that only some groups may use."""
    for capability, text in index.models.defaults.items():
        ref = index.find(text)
        section = index.models.providers.get(text.partition(":")[0])
        if ref is None or section is None:
            continue
        allow = section.allow if ref.allow is None else ref.allow
        if allow is not None:
            message = f"Only members of {listing(allow) or 'no group'} may use {quote(text, 80)}: "
            yield ("defaults", capability), f"{message}for all others there is no default."


def check_replacements(index: ModelIndex) -> Iterator[Finding]:
    """Yield the replacements that are not listed, or are the model itself: MAX_REPORTED at most."""
    replacements = (
        (name, model, ref.replacement, index.find(ref.replacement))
        for name, provider in index.models.providers.items()
        for model, ref in provider.registry.items()
        if ref.replacement
    )
    wrong = (reference for reference in replacements if _is_wrong(*reference, index))
    for name, model, text, ref in islice(wrong, MAX_REPORTED):
        path = (name, "registry", model, "replacement")
        if ref is not None:
            yield path, "A model cannot be its own replacement."
        else:
            near = did_you_mean_model(text, index.refs)
            yield path, f"{quote(text)} is not listed.{near} Write the ID of a listed model."


def _is_wrong(name: str, model: str, text: str, ref: ModelRef | None, index: ModelIndex) -> bool:
    provider, _, other = text.partition(":")
    if ref is None:
        return not index.is_dropped(provider, "registry", other)
    return key_of(provider, other, index.models) == key_of(name, model, index.models)
