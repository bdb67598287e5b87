"""Warnings about addresses that a server of their wire format most likely does not answer at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.config.endpoint import written_in
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.yaml.errors import Finding
    from registry.config.endpoint import Endpoint
    from registry.config.schema import ModelsConfig


def check_addresses(models: ModelsConfig, endpoints: Mapping[str, Endpoint]) -> Iterator[Finding]:
    """Yield the addresses with a route at their end, without /v1, or with Ollama's other APIs."""
    for name, provider in models.providers.items():
        wire, endpoint = WIRES[provider.api or name], endpoints[name]
        addresses = endpoint.servers or (endpoint.base_url,)
        for (path, written), base_url in zip(written_in(provider, wire), addresses, strict=True):
            if base_url and (other := wire.other_address(base_url)):
                # A variable's value, or a query, may be secret.
                public = "${" not in written and "?" not in written
                yield (name, *path), _message(base_url, other, public)


def _message(base_url: str, other: str, public: bool) -> str:
    if len(other) > len(base_url):
        where = f"Most servers of this format answer at {other}." if public else ""
        return f"This address has no /v1 at its end. {where or 'Most servers of this format do.'}"
    rest = base_url.partition("?")[0].removeprefix(other.partition("?")[0])
    where = f"Write {other}." if public else "Delete that part."
    return f"This address ends with {rest}, which the portal adds itself. {where}"
