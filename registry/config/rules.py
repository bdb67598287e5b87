"""
Rules of models.yaml beyond its schema: names, references, duplicates.

Each rule yields findings: a path below `models`, and a message that names the remedy. Parts that
were removed because they are invalid (`dropped`) are not reported again.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from core.text import did_you_mean, listing, looks_like_key, quote
from core.variables import VARIABLE
from registry.config.schema import CAPABILITIES, SETTINGS
from registry.model_id import did_you_mean_model, fold, is_capability, is_model_name, is_provider
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from core.yaml_errors import Finding
    from core.yaml_tree import Path
    from registry.config.schema import ModelRef, ModelsConfig, ProviderConfig


MAX_REPORTED = 20  # wrong replacements


class _Checked:
    """The configuration, the removed parts, and the models by ID."""

    def __init__(self, models: ModelsConfig, dropped: Collection[Path]) -> None:
        self.models = models
        self.dropped = dropped
        self.known = known_capabilities(models)
        self.index = {
            key_of(name, model, models): ref
            for name, section in models.providers.items()
            for model, ref in section.registry.items()
        }

    def find(self, text: str) -> ModelRef | None:
        provider, _, name = text.partition(":")
        return self.index.get(key_of(provider, name, self.models))

    def is_dropped(self, *path: str | int) -> bool:
        """Was `path`, or a part around it, removed as invalid?"""
        return any(path[:end] in self.dropped for end in range(1, len(path) + 1))

    def able(self, capability: str) -> list[str]:
        return [key for key, ref in self.index.items() if capability in ref.capabilities]


def check(
    models: ModelsConfig, dropped: Collection[Path] = ()
) -> tuple[list[Finding], list[Finding]]:
    """Return the mistakes in `models`, and the warnings."""
    checked = _Checked(models, dropped)
    mistakes = [*_capabilities(models)]
    for name, provider in models.providers.items():
        mistakes += _provider(name, provider, checked)
    mistakes += [*_twins(models), *_defaults(checked), *_replacements(checked)]
    return mistakes, [*_literal_keys(models), *_deprecated_defaults(checked)]


def known_capabilities(models: ModelsConfig) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*CAPABILITIES, *models.capabilities)))


def key_of(provider: str, name: str, models: ModelsConfig) -> str:
    """Return the ID of a model, folded where its wire format folds names."""
    section = models.providers.get(provider)
    wire = WIRES.get((section and section.api) or provider)
    return f"{provider}:{fold(name) if wire and wire.FOLDS else name}"


def _capabilities(models: ModelsConfig) -> Iterator[Finding]:
    for number, name in enumerate(models.capabilities):
        if not is_capability(name):
            yield (
                ("capabilities", number),
                f"{quote(name)} is not a valid name for a capability. Use a-z, 0-9, _ and -.",
            )


def _provider(name: str, provider: ProviderConfig, checked: _Checked) -> Iterator[Finding]:
    api = provider.api or name
    if api not in WIRES and not checked.is_dropped(name, "api"):
        near = did_you_mean(api, [*WIRES, *SETTINGS])
        yield (
            (name, "api") if provider.api else (name,),
            f"{quote(api)} is not a wire format.{near} Set `api:` to one of {', '.join(WIRES)}.",
        )
    if not is_provider(name):
        yield (
            (name,),
            f"{quote(name)} is not a valid name for a provider. Use a-z, 0-9, _ and -; "
            "begin with a letter.",
        )
    if api in WIRES:
        yield from _address(name, provider, WIRES[api].ADDRESS, checked)
    for model, ref in provider.registry.items():
        yield from _model(name, model, ref, checked)


def _address(
    name: str, provider: ProviderConfig, field: str, checked: _Checked
) -> Iterator[Finding]:
    other = "host" if field == "endpoint" else "endpoint"
    if getattr(provider, other) is not None:
        yield (name, other), f"This wire format uses '{field}', not '{other}'."
    elif not getattr(provider, field) and not checked.is_dropped(name, field):
        yield (name,), f"'{field}' is missing. Write the address of {quote(name)}."


def _model(name: str, model: str, ref: ModelRef, checked: _Checked) -> Iterator[Finding]:
    path = (name, "registry", model)
    if not is_model_name(model):
        yield path, f"{quote(model)} is not a valid name: 1 to 200 characters of ASCII, no spaces."
    if ref.id is not None and ref.id != f"{name}:{model}":
        yield (*path, "id"), _wrong_id(ref.id, name, model)
    for number, capability in enumerate(ref.capabilities):
        if capability not in checked.known:
            if not checked.is_dropped("capabilities"):
                near = did_you_mean(capability, checked.known)
                yield (
                    (*path, "capabilities", number),
                    f"{quote(capability)} is not a capability.{near} Known: "
                    f"{listing(checked.known)}. Declare others in `models.capabilities`.",
                )
        elif capability in ref.capabilities[:number]:
            yield (*path, "capabilities", number), f"{quote(capability)} appears twice."


def _wrong_id(model_id: str, provider: str, model: str) -> str:
    prefix, colon, _ = model_id.partition(":")
    if colon and prefix != provider:
        return (
            f"{quote(model_id)} is in the section of {quote(provider)}. "
            "IDs begin with the provider's name."
        )
    return f"The ID must be {quote(f'{provider}:{model}', 80)}. It may be omitted."


def _twins(models: ModelsConfig) -> Iterator[Finding]:
    """Yield models whose names differ only in case, or in the tag `latest`."""
    for name, provider in models.providers.items():
        seen: dict[str, str] = {}
        for model in provider.registry:
            first = seen.setdefault(key_of(name, model, models).casefold(), model)
            if first != model:
                yield (
                    (name, "registry", model),
                    f"{quote(model)} and {quote(first)} are the same model. Keep one.",
                )


def _defaults(checked: _Checked) -> Iterator[Finding]:
    for capability, text in checked.models.defaults.items():
        path = ("defaults", capability)
        provider, _, name = text.partition(":")
        ref = checked.find(text)
        if capability not in checked.known:
            near = did_you_mean(capability, checked.known)
            yield path, f"{quote(capability)} is not a capability.{near}"
        elif ref is None and not checked.is_dropped(provider, "registry", name):
            near = did_you_mean_model(text, checked.able(capability))
            yield (
                path,
                f"{quote(text)} is not listed.{near} Add it to its provider's `registry`.",
            )
        elif ref is not None and _is_unable(ref, capability, (provider, name), checked):
            yield (
                path,
                f"{quote(text)} does not have {quote(capability)}: its capabilities are "
                f"{listing(ref.capabilities)}.",
            )


def _is_unable(ref: ModelRef, capability: str, model: tuple[str, str], checked: _Checked) -> bool:
    """Does `ref` lack `capability`? Not if its list of capabilities is invalid itself."""
    provider, name = model
    valid = set(ref.capabilities) <= set(checked.known)
    dropped = checked.is_dropped(provider, "registry", name, "capabilities")
    return capability not in ref.capabilities and valid and not dropped


def _replacements(checked: _Checked) -> Iterator[Finding]:
    replacements = (
        (name, model, ref.replacement, checked.find(ref.replacement))
        for name, provider in checked.models.providers.items()
        for model, ref in provider.registry.items()
        if ref.replacement
    )
    wrong = (one for one in replacements if _is_wrong(*one, checked))
    for name, model, text, ref in islice(wrong, MAX_REPORTED):
        path = (name, "registry", model, "replacement")
        if ref is not None:
            yield path, "A model cannot be its own replacement."
        else:
            near = did_you_mean_model(text, checked.index)
            yield path, f"{quote(text)} is not listed.{near} Write the ID of a listed model."


def _is_wrong(name: str, model: str, text: str, ref: ModelRef | None, checked: _Checked) -> bool:
    provider, _, other = text.partition(":")
    if ref is None:
        return not checked.is_dropped(provider, "registry", other)
    return key_of(provider, other, checked.models) == key_of(name, model, checked.models)


def _literal_keys(models: ModelsConfig) -> Iterator[Finding]:
    for name, provider in models.providers.items():
        variable = f"{name.upper().replace('-', '_')}_API_KEY"
        advice = f"Put it into a variable, and write ${{{variable}}}."
        key = provider.api_key or ""
        if key and (not VARIABLE.search(key) or looks_like_key(key)):
            yield (name, "api_key"), f"The file contains a key. {advice}"
        for header, value in provider.headers.items():
            if looks_like_key(value):
                yield (name, "headers", header), f"The file contains a key. {advice}"


def _deprecated_defaults(checked: _Checked) -> Iterator[Finding]:
    for capability, text in checked.models.defaults.items():
        ref = checked.find(text)
        if ref is not None and ref.deprecated:
            advice = f" Use {quote(ref.replacement)}." if ref.replacement else ""
            yield ("defaults", capability), f"{quote(text)} is deprecated.{advice}"
