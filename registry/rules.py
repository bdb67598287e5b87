"""
What must hold between the parts of models.yaml, beyond its shape.

Each rule yields findings: a path below `models`, and a message that names the remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.ids import did_you_mean, fold, is_model_name, is_provider, quote
from registry.providers import WIRES
from registry.schema import CAPABILITIES, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.schema import ModelRef, ModelsConfig, ProviderConfig

Finding = tuple[tuple[str | int, ...], str]


def check(models: ModelsConfig) -> tuple[list[Finding], list[Finding]]:
    """Return the mistakes in `models`, and its doubtful points."""
    mistakes = [*_capabilities(models)]
    for name, provider in models.providers.items():
        mistakes += _provider(name, provider, models)
    index = {
        _key(name, model, models): ref
        for name, provider in models.providers.items()
        for model, ref in provider.registry.items()
    }
    mistakes += [*_twins(models), *_defaults(models, index), *_replacements(models, index)]
    return mistakes, [*_literal_keys(models), *_deprecated_defaults(models, index)]


def known_capabilities(models: ModelsConfig) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*CAPABILITIES, *models.capabilities)))


def _key(provider: str, name: str, models: ModelsConfig) -> str:
    """Return the ID of a model, folded where its wire format folds names."""
    section = models.providers.get(provider)
    wire = WIRES.get((section and section.api) or provider)
    return f"{provider}:{fold(name) if wire and wire.FOLDS else name}"


def _find(text: str, models: ModelsConfig, index: dict[str, ModelRef]) -> ModelRef | None:
    provider, _, name = text.partition(":")
    return index.get(_key(provider, name, models))


def _capabilities(models: ModelsConfig) -> Iterator[Finding]:
    for number, name in enumerate(models.capabilities):
        if not is_provider(name):
            yield (
                ("capabilities", number),
                f"{quote(name)} cannot be a capability's name. Use a-z, 0-9, _ and -.",
            )


def _provider(name: str, provider: ProviderConfig, models: ModelsConfig) -> Iterator[Finding]:
    api = provider.api or name
    if api not in WIRES:
        near = did_you_mean(api, [*WIRES, "defaults", "capabilities"])
        yield (
            (name, "api") if provider.api else (name,),
            (f"{quote(api)} is not a wire format.{near} Set `api:` to one of {', '.join(WIRES)}."),
        )
        return
    if not is_provider(name):
        yield (
            (name,),
            f"{quote(name)} cannot be a provider's name. Use a-z, 0-9, _ and -; "
            "begin with a letter.",
        )
    yield from _address(name, provider, WIRES[api].ADDRESS)
    for model, ref in provider.registry.items():
        yield from _model(name, model, ref, models)


def _address(name: str, provider: ProviderConfig, wanted: str) -> Iterator[Finding]:
    other = "host" if wanted == "endpoint" else "endpoint"
    if getattr(provider, other) is not None:
        yield (name, other), f"This wire format has '{wanted}', not '{other}'."
    elif not getattr(provider, wanted):
        yield (name,), f"'{wanted}' is missing: where is {quote(name)}?"


def _model(name: str, model: str, ref: ModelRef, models: ModelsConfig) -> Iterator[Finding]:
    path = (name, "registry", model)
    if not is_model_name(model):
        yield path, f"{quote(model)} cannot be a model's name: 1 to 200 of ASCII, no spaces."
    if ref.id is not None and ref.id != f"{name}:{model}":
        yield (*path, "id"), _wrong_id(ref.id, name, model)
    known = known_capabilities(models)
    for number, capability in enumerate(ref.capabilities):
        if capability not in known:
            yield (
                (*path, "capabilities", number),
                (
                    f"{quote(capability)} is not a capability.{did_you_mean(capability, known)}"
                    f" Known: {', '.join(known)}. More are declared in `models.capabilities`."
                ),
            )


def _wrong_id(given: str, provider: str, model: str) -> str:
    prefix, colon, _ = given.partition(":")
    if colon and prefix != provider:
        return (
            f"{quote(given)} stands under provider {quote(provider)}. "
            "IDs begin with their provider's name."
        )
    return f"The ID must be {quote(f'{provider}:{model}', 80)}, or be left out."


def _twins(models: ModelsConfig) -> Iterator[Finding]:
    """Yield models whose names differ only in case, or by a tag that means the same."""
    for name, provider in models.providers.items():
        seen: dict[str, str] = {}
        for model in provider.registry:
            first = seen.setdefault(_key(name, model, models).casefold(), model)
            if first != model:
                yield (
                    (name, "registry", model),
                    (f"{quote(model)} and {quote(first)} are the same model. Keep one."),
                )


def _defaults(models: ModelsConfig, index: dict[str, ModelRef]) -> Iterator[Finding]:
    known = known_capabilities(models)
    for capability, text in models.defaults.items():
        path = ("defaults", capability)
        if capability not in known:
            yield path, f"{quote(capability)} is not a capability.{did_you_mean(capability, known)}"
        elif (ref := _find(text, models, index)) is None:
            able = [key for key, ref in index.items() if capability in ref.capabilities]
            yield (
                path,
                f"{quote(text)} is not listed.{did_you_mean(text, able)} "
                "List it under its provider's `registry`.",
            )
        elif capability not in ref.capabilities and set(ref.capabilities) <= set(known):
            yield (
                path,
                f"{quote(text)} cannot {quote(capability)}: its capabilities are "
                f"{', '.join(ref.capabilities)}.",
            )


def _replacements(models: ModelsConfig, index: dict[str, ModelRef]) -> Iterator[Finding]:
    for name, provider in models.providers.items():
        for model, ref in provider.registry.items():
            path = (name, "registry", model, "replacement")
            if ref.replacement and _find(ref.replacement, models, index) is None:
                near = did_you_mean(ref.replacement, index)
                yield path, f"{quote(ref.replacement)} is not listed.{near}"


def _literal_keys(models: ModelsConfig) -> Iterator[Finding]:
    for name, provider in models.providers.items():
        if provider.api_key and not VARIABLE.search(provider.api_key):
            yield (
                (name, "api_key"),
                (
                    "A key stands in the file. Set a variable instead, and write "
                    f"${{{name.upper().replace('-', '_')}_API_KEY}}."
                ),
            )


def _deprecated_defaults(models: ModelsConfig, index: dict[str, ModelRef]) -> Iterator[Finding]:
    for capability, text in models.defaults.items():
        ref = _find(text, models, index)
        if ref is not None and ref.deprecated:
            yield (
                ("defaults", capability),
                f"{quote(text)} is deprecated."
                + (f" Use {quote(ref.replacement)}." if ref.replacement else ""),
            )
