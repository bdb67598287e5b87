"""Warnings about sections that share a server, if one of them restricts who may use a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import quote
from registry.model_id import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.yaml.errors import Finding
    from registry.config.endpoint import Endpoint
    from registry.config.schema import ModelsConfig, ProviderConfig


def sharing(name: str, endpoints: Mapping[str, Endpoint]) -> list[str]:
    """Return the other sections with the same server as `name`. Unset addresses share nothing."""
    own = endpoints[name].origins
    return [
        other
        for other, endpoint in endpoints.items()
        if other != name and not own.isdisjoint(endpoint.origins)
    ]


def shared_servers(models: ModelsConfig, endpoints: Mapping[str, Endpoint]) -> Iterator[Finding]:
    """Yield the ways around an `allow`: through a section that has none for the same server."""
    for name, section in models.providers.items():
        for other in sharing(name, endpoints):
            restricted = _restricted(models.providers[other])
            yield from _listed_twice(name, section, other, restricted)
            if restricted and _is_open(section):
                yield (
                    (name,),
                    f"It has the same server as {quote(other)}, where {quote(min(restricted))} is "
                    "for some groups only. That name is refused here to others, but the server may "
                    "know other names for the model. Set `unlisted: deny`.",
                )


def _listed_twice(
    name: str, section: ProviderConfig, other: str, restricted: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    allows = {spelled(model): allow for model, allow in restricted.items()}
    for model, ref in section.registry.items():
        allow = section.allow if ref.allow is None else ref.allow
        guard = allows.get(spelled(model))
        if guard is not None and (allow is None or not guard.issuperset(allow)):
            yield (
                (name, "registry", model),
                f"{quote(other)} lists this model of the same server for fewer groups. "
                "Write the same `allow` in both.",
            )


def _restricted(section: ProviderConfig) -> dict[str, frozenset[str]]:
    allows = {
        model: section.allow if ref.allow is None else ref.allow
        for model, ref in section.registry.items()
    }
    return {model: frozenset(allow) for model, allow in allows.items() if allow is not None}


def _is_open(section: ProviderConfig) -> bool:
    """May callers outside of any group name models that are not listed?"""
    restricts = any(ref.allow is not None for ref in section.registry.values())
    return section.unlisted == "allow" and section.allow is None and not restricts
