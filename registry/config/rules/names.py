"""
Rules of models.yaml beyond its schema: names, references, duplicates.

Each rule yields findings: a path below `models`, and a message that names the remedy. Parts that
were removed because they are invalid (`dropped`) are not reported again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import did_you_mean, listing, looks_like_key, quote
from core.variables import VARIABLE
from registry.config.model_index import ModelIndex, key_of
from registry.config.price import UNREADABLE, bad_prices, is_day
from registry.config.rules.fallbacks import check_fallbacks
from registry.config.rules.model_files import check_model_file
from registry.config.rules.references import (
    check_defaults,
    check_replacements,
    deprecated_defaults,
    restricted_defaults,
)
from registry.config.schema import RELAYED, SETTINGS, ModelsFile, ProviderConfig
from registry.model_id import is_capability, is_model_name, is_provider
from registry.providers import APIS, WIRES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from core.yaml.errors import Finding
    from core.yaml.tree import Path
    from registry.config.schema import ModelRef, ModelsConfig

MAX_SERVERS = 16
ADDRESSES = ("endpoint", "endpoints", "host")


def check(
    models: ModelsConfig, dropped: Collection[Path] = ()
) -> tuple[list[Finding], list[Finding]]:
    """Return the mistakes in `models`, and the warnings."""
    index = ModelIndex(models, dropped)
    mistakes = [*_capabilities(models)]
    for name, provider in models.providers.items():
        mistakes += _provider(name, provider, index)
    mistakes += [*_twins(models), *check_defaults(index), *check_replacements(index)]
    mistakes += check_fallbacks(index)
    warnings = [*_literal_keys(models), *_doubled(models), *_unserved(models)]
    warnings += [*deprecated_defaults(index), *restricted_defaults(index)]
    return mistakes, warnings


def _capabilities(models: ModelsConfig) -> Iterator[Finding]:
    for number, name in enumerate(models.capabilities):
        if not is_capability(name):
            yield (
                ("capabilities", number),
                f"{quote(name)} is not a valid name for a capability. Use a-z, 0-9, _ and -.",
            )


def _provider(name: str, provider: ProviderConfig, index: ModelIndex) -> Iterator[Finding]:
    api = provider.api or name
    if api not in WIRES and not index.is_dropped(name, "api"):
        yield (name, "api") if provider.api else (name,), _unknown_format(api, provider)
    if not is_provider(name):
        yield (
            (name,),
            f"{quote(name)} is not a valid name for a provider. Use a-z, 0-9, _ and -; "
            "begin with a letter.",
        )
    if api not in WIRES and name not in {*ProviderConfig.model_fields, *ModelsFile.model_fields}:
        yield from _any_address(name, provider, index)
    if api in WIRES:
        yield from _address(name, provider, WIRES[api].ADDRESS, index)
    yield from _apis(name, provider, api)
    yield from _salt(name, provider, api)
    if provider.serve and not any(path[:2] == (name, "serve") for path in index.dropped):
        for path, message in check_model_file(provider.serve):
            yield (name, "serve", *path), message
    for model, ref in provider.registry.items():
        yield from _model(name, model, ref, index)


def _unknown_format(api: str, provider: ProviderConfig) -> str:
    if not provider.api and api in ProviderConfig.model_fields:
        return f"{quote(api)} is a key of a provider. Indent it below the provider's name."
    if api in ModelsFile.model_fields:
        return outside(api)
    near = did_you_mean(api, [*WIRES, *SETTINGS])
    message = f"{quote(api)} is not a wire format.{near} Set `api:` to one of {', '.join(WIRES)}."
    return f"{message} Most servers understand `api: openai`." if not near else message


def _apis(name: str, provider: ProviderConfig, api: str) -> Iterator[Finding]:
    """Yield what the server cannot speak beside its wire format."""
    for number, other in enumerate(provider.apis):
        path = (name, "apis", number)
        if other in WIRES:
            yield path, f"{quote(other)} is a wire format. Write `api: {other}`."
        elif other not in APIS:
            message = f"{quote(other)} is not an API that a server may have besides."
            yield path, f"{message}{did_you_mean(other, APIS)} Known: {', '.join(APIS)}."
        elif api in WIRES and api not in APIS[other]:
            message = f"{quote(other)} goes with `api: {' or '.join(APIS[other])}` only."
            yield path, f"{message} Give it a section of its own."


def _salt(name: str, provider: ProviderConfig, api: str) -> Iterator[Finding]:
    if provider.cache_salt and api in WIRES and api != "openai":
        yield (name, "cache_salt"), "Only servers of `api: openai` know it: vLLM and SGLang."


def outside(section: str) -> str:
    """Return the message for a section of the file that is inside of `models`."""
    return f"{quote(section)} is a key beside `models:`. Indent it less."


def _any_address(name: str, provider: ProviderConfig, index: ModelIndex) -> Iterator[Finding]:
    dropped = any(index.is_dropped(name, field) for field in (*ADDRESSES, "api"))
    if provider.registry and not (any(getattr(provider, field) for field in ADDRESSES) or dropped):
        yield (name,), f"'endpoint' is missing. Write the address of {quote(name)}."


def _address(
    name: str, provider: ProviderConfig, field: str, index: ModelIndex
) -> Iterator[Finding]:
    other = "host" if field == "endpoint" else "endpoint"
    if getattr(provider, other) is not None:
        yield (name, other), f"This wire format uses '{field}', not '{other}'."
    elif provider.endpoints:
        yield from _servers(name, provider, field)
    elif not getattr(provider, field) and not any(index.is_dropped(name, f) for f in ADDRESSES):
        yield (name,), f"'{field}' is missing. Write the address of {quote(name)}."


def _servers(name: str, provider: ProviderConfig, field: str) -> Iterator[Finding]:
    """Yield what is wrong where there are several addresses."""
    path = (name, "endpoints")
    if getattr(provider, field) is not None:
        yield path, f"Write '{field}' for one server or 'endpoints' for several, not both."
    elif provider.serve is not None:
        yield path, f"`serve` runs one server. Write its address as '{field}'."
    elif len(provider.endpoints) > MAX_SERVERS:
        yield path, f"At most {MAX_SERVERS} servers."


def _model(name: str, model: str, ref: ModelRef, index: ModelIndex) -> Iterator[Finding]:
    path = (name, "registry", model)
    if not is_model_name(model):
        yield path, f"{quote(model)} is not a valid name: 1 to 200 characters of ASCII, no spaces."
    if "*" in model:
        yield path, "Names have no wildcards. `unlisted: allow` lets callers name any model."
    if ref.id is not None and ref.id != f"{name}:{model}":
        yield (*path, "id"), _wrong_id(ref.id, name, model)
    for number, capability in enumerate(ref.capabilities):
        if capability not in index.known:
            if not index.is_dropped("capabilities"):
                near = did_you_mean(capability, index.known)
                yield (
                    (*path, "capabilities", number),
                    f"{quote(capability)} is not a capability.{near} Known: "
                    f"{listing(index.known)}. Declare others in `models.capabilities`.",
                )
        elif capability in ref.capabilities[:number]:
            yield (*path, "capabilities", number), f"{quote(capability)} appears twice."
    if not any(dropped[:4] == (*path, "price") for dropped in index.dropped):
        for tail, message in bad_prices(ref.price):
            yield (*path, "price", *tail), message
    if ref.ends is not None and not is_day(ref.ends):
        yield (*path, "ends"), UNREADABLE


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


def _doubled(models: ModelsConfig) -> Iterator[Finding]:
    """Yield models whose names have the provider's name, which their IDs have anyway."""
    for name, provider in models.providers.items():
        for model in provider.registry:
            if model.startswith(f"{name}:"):
                message = f"Its ID is {quote(f'{name}:{model}', 80)}. Write the name only: "
                yield (name, "registry", model), f"{message}{quote(model.partition(':')[2], 80)}."


def _unserved(models: ModelsConfig) -> Iterator[Finding]:
    """Yield the capabilities for which the wire format of their model has no call."""
    for name, provider in models.providers.items():
        api = provider.api or name
        for model, ref in provider.registry.items():
            for number, capability in enumerate(ref.capabilities):
                wire = WIRES.get(api)
                if wire and capability in RELAYED and capability not in wire.RELAYS:
                    able = [name for name, other in WIRES.items() if capability in other.RELAYS]
                    yield (
                        (name, "registry", model, "capabilities", number),
                        f"`api: {api}` has no call for {quote(capability)}: requests will be "
                        f"refused. It needs a server of `api: {listing(able)}`.",
                    )


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
