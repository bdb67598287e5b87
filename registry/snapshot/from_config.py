"""Configuration → `Registry`, with the resolution of each model and capability made once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from registry.alert_rules import AlertRules
from registry.budgets.budget import Budget
from registry.config.model_index import known_capabilities
from registry.entities import Model, Provider, Resolution
from registry.identifiers import Check
from registry.limit_rules import LimitRules
from registry.model_id import fold, served, spelled
from registry.notices import Notice, beginning, ending
from registry.snapshot.fallbacks import with_fallbacks
from registry.snapshot.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.access import Groups
    from registry.config.beside import NoticeConfig
    from registry.config.load import Config
    from registry.config.schema import ProviderConfig


def build(config: Config) -> Registry:
    """Return the registry that `config` describes, without primaries."""
    providers = {
        name: _provider(name, section, config) for name, section in config.models.providers.items()
    }
    models = {model.id: model for model in _models(config, providers)}
    registry = Registry(
        revision=config.revision,
        models=models,
        providers=providers,
        capabilities=known_capabilities(config.models),
        file_defaults={},
        fallbacks=config.models.fallbacks,
        limits=LimitRules.of_config(config.limits),
        models_list=config.models.models_list,
        identifiers=tuple(map(Check.of, dict.fromkeys(config.local_only.identifiers))),
        prompts=config.prompts,
        notices=tuple(map(_notice, config.notices)),
        budgets=tuple(Budget.of_config(*item) for item in config.budgets.items()),
        alerts=AlertRules.of_config(config.alerts, config.targets),
        _listed=with_fallbacks(
            dict(_listings(models.values(), providers, config.revision)), config.models
        ),
    )
    registry = replace(registry, _by_folded={registry.folded(id_): m for id_, m in models.items()})
    # A default may be `x` where the list has `x:latest`: use the listed ID.
    defaults = {c: registry.resolve(c, text).id for c, text in config.models.defaults.items()}
    registry = replace(registry, file_defaults=defaults)
    return registry.with_primaries({}, 0)


def _notice(config: NoticeConfig) -> Notice:
    start, end = beginning(config.start), ending(config.until)
    return Notice(config.text, config.level, start, end, _groups(config.groups))


def _provider(name: str, section: ProviderConfig, config: Config) -> Provider:
    provider = _without_servers(name, section, config)
    urls = provider.endpoint.servers
    servers = tuple(
        replace(provider, server=label, endpoint=replace(provider.endpoint, base_url=url))
        for url, label in zip(urls, _labels(urls), strict=True)
    )
    return replace(provider, servers=servers)


def _labels(urls: Iterable[str]) -> list[str]:
    """Return host and port of each server, which are no secret; with a number if they repeat."""
    hosts = [urlsplit(url).netloc for url in urls]
    return [
        f"{host}#{hosts[:number].count(host) + 1}" if hosts.count(host) > 1 else host
        for number, host in enumerate(hosts)
    ]


def _without_servers(name: str, section: ProviderConfig, config: Config) -> Provider:
    return Provider(
        name,
        section.api or name,
        config.endpoints[name],
        section.timeout,
        section.unlisted == "deny" or _restricts(section),
        _groups(section.allow),
        section.serve is not None,
        section.is_local,
        section.fetches,
        frozenset(section.tools),
        frozenset(() if section.passes == "all" else section.passes),
        section.passes == "all",
        frozenset(section.apis),
        section.first_byte,
        shared_cache=section.has_shared_cache,
        cache_salt=section.cache_salt or "",
        guarded=_guarded(name, config),
        data=section.data or "",
        absent=config.absent.get(name, ""),
        weights=section.serve,
    )


def _guarded(name: str, config: Config) -> dict[str, tuple[Groups, ...]]:
    """Return who may use what other sections list, and restrict, of the server of this one."""
    guarded: dict[str, tuple[Groups, ...]] = {}
    for other in config.sharing(name):
        section = config.models.providers[other]
        for model, ref in section.registry.items():
            allow = _groups(section.allow if ref.allow is None else ref.allow)
            if allow is not None:
                key = spelled(model)
                guarded[key] = (*guarded.get(key, ()), allow)
    return guarded


def _restricts(section: ProviderConfig) -> bool:
    """Is a model of this provider for some groups only? An unlisted name could reach it."""
    return any(ref.allow is not None for ref in section.registry.values())


def _groups(names: Iterable[str] | None) -> Groups | None:
    return None if names is None else frozenset(names)


def _models(config: Config, providers: Mapping[str, Provider]) -> Iterable[Model]:
    for name, section in config.models.providers.items():
        for key, ref in section.registry.items():
            allow = _groups(ref.allow) if ref.allow is not None else providers[name].allow
            yield Model(f"{name}:{key}", name, key, ref, allow, config.line(name, "registry", key))


def _listings(
    models: Iterable[Model], providers: Mapping[str, Provider], revision: str
) -> Iterable[tuple[tuple[str, str], Resolution]]:
    for model in models:
        provider = providers[model.provider]
        for capability in served(model.capabilities):
            resolution = Resolution(
                capability, provider, model.name, model.id, True, "override", revision, model
            )
            yield (capability, model.id), resolution
            if provider.wire.FOLDS:
                yield (capability, f"{model.provider}:{fold(model.name)}"), resolution
