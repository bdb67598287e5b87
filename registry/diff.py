"""The changes between two registries: what an edit of models.yaml does. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.entities import Provider
    from registry.snapshot import Registry

Parts = dict[str, Any]  # of a provider or a model, by name


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is adds, removes, changes or drops.

    `what` is a capability, provider, model, default, fallback, budget or primary.
    """

    kind: str
    what: str
    name: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.what} {self.name}{self.detail and f', {self.detail}'}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def changes(old: Registry, new: Registry) -> list[Change]:
    """Return what changes from `old` to `new` under the primaries that are set now."""
    fresh = new.with_primaries(old.primaries, old.primaries_version)
    return [
        *_compared("capability", _capabilities(old), _capabilities(new)),
        *_compared("provider", _providers(old), _providers(new)),
        *_models(old, new),
        *(
            Change("drops", "primary", capability, f"{primary.model} is gone or cannot do it")
            for capability, primary in old.primaries.items()
            if capability not in fresh.primaries
        ),
        *_named("default", old.defaults, fresh.defaults),
        *_named("fallback", _joined(old.fallbacks), _joined(new.fallbacks)),
        *_compared("budget", _budgets(old), _budgets(new)),
    ]


def summary(edits: list[Change]) -> str:
    """Return the changes as one sentence, such as "adds 2 models, removes model a:b, …"."""
    if not edits:
        return "changes nothing"
    kinds: dict[tuple[str, str], list[Change]] = {}
    for change in edits:
        kinds.setdefault((change.kind, change.what), []).append(change)
    return ", ".join(
        str(group[0]) if len(group) == 1 else f"{kind} {len(group)} {_many(what)}"
        for (kind, what), group in kinds.items()
    )


def _many(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"


def _compared(what: str, old: Mapping[str, Parts], new: Mapping[str, Parts]) -> Iterator[Change]:
    """Yield added, changed and removed names, with the changed parts. Values may be secret."""
    for name in sorted(new.keys() - old.keys()):
        yield Change("adds", what, name)
    for name in sorted(old.keys() & new.keys()):
        parts = [part for part in new[name] if old[name][part] != new[name][part]]
        if parts:
            yield Change("changes", what, name, f"its {' and '.join(parts)}")
    for name in sorted(old.keys() - new.keys()):
        yield Change("removes", what, name)


def _capabilities(registry: Registry) -> dict[str, Parts]:
    return {name: {} for name in registry.capabilities}


def _budgets(registry: Registry) -> dict[str, Parts]:
    renamed = {"most": "amount"}
    return {
        each.name: {renamed.get(part, part): value for part, value in asdict(each).items()}
        for each in registry.budgets
    }


def _providers(registry: Registry) -> dict[str, Parts]:
    return {name: _of_provider(provider) for name, provider in registry.providers.items()}


def _of_provider(provider: Provider) -> Parts:
    endpoint = provider.endpoint
    return {
        "api": provider.api,
        "apis": provider.apis,
        "address": (endpoint.base_url, endpoint.servers),
        "key or headers": endpoint.headers,
        "variables": (endpoint.variables, endpoint.missing),
        "timeout": provider.timeout,
        "first_byte": provider.first_byte,
        "unlisted": provider.deny_unlisted,
        "allow": provider.allow,
        "serve": provider.serves,
        "local": provider.local,
        "fetches": provider.fetches,
        "tools": provider.tools,
        "pass": (provider.passes, provider.passes_all),
        "shared_cache": provider.shared_cache,
        "cache_salt": provider.cache_salt,
    }


def _models(old: Registry, new: Registry) -> Iterator[Change]:
    """Compare models, except for their lines. A removed default is reported as such."""
    for change in _compared("model", _of_models(old), _of_models(new)):
        used = [c for c, chosen in old.defaults.items() if chosen == change.name]
        if change.kind == "removes" and used:
            yield replace(change, detail=f"which answers for {' and '.join(used)}")
        else:
            yield change


def _of_models(registry: Registry) -> dict[str, Parts]:
    return {
        name: {**dict(model.ref), "allow": model.allow} for name, model in registry.models.items()
    }


def _joined(fallbacks: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {capability: ", ".join(ids) or "none" for capability, ids in fallbacks.items()}


def _named(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """Yield the capabilities whose models change."""
    for capability in sorted(old.keys() | new.keys()):
        before, after = old.get(capability, "none"), new.get(capability, "none")
        if before != after:
            yield Change("changes", what, capability, f"{before} → {after}")
