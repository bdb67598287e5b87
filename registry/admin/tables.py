"""
The tables of the admin's pages about the registry, ready for templates.

A secret is shown as "set" or "not set: VARIABLE", never its value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from core.variables import VARIABLE, scrub
from core.yaml.tree import Node
from registry.config.load import revision_of
from registry.config.rules.names import ADDRESSES
from registry.config.secret_values import SECRET, is_secret, leaves
from registry.health.health import not_listed
from registry.health.monitor import monitor
from registry.model_id import guess_capability
from registry.pages.choices import HEALTH
from registry.pages.overview import Row, rows

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from registry.config.endpoint import Endpoint
    from registry.config.load import Config
    from registry.entities import Provider
    from registry.health.health import Health
    from registry.health.traffic import Traffic
    from registry.snapshot import Registry
    from registry.workers.beat import Beat
    from registry.workers.worker import Worker


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the file: its path, its text, and its line."""

    path: str
    text: str
    line: int
    variables: str = ""  # its variables, and whether they are set


def configuration(config: Config) -> list[Value]:
    """Return the current values, except those of single models."""
    return [
        value
        for path, node in leaves(config.root)
        if len(path) < 3 or path[2] != "registry"
        for value in [_value(config, path, node)]
    ]


def file_in_force(config: Config, content: bytes) -> str:
    """Return the text of models.yaml without its keys; empty if it is not in force."""
    if revision_of(content) != config.revision:
        return ""
    values = (node.value for path, node in leaves(config.root) if is_secret(path))
    return scrub(content.decode(), (value for value in values if not VARIABLE.search(str(value))))


def of_model(config: Config, provider: str, name: str) -> list[Value]:
    """Return the values of one model."""
    return [
        _value(config, path, node)
        for path, node in leaves(config.root)
        if path[1:4] == (provider, "registry", name)
    ]


def _value(config: Config, path: tuple[str, ...], node: Node) -> Value:
    text, variables = _plain(node), ""
    if path[0] == "alerts" and is_secret(path):
        return Value(".".join(path), text if "${" in text else gettext("set"), node.line)
    endpoint = config.endpoints.get(path[1]) if len(path) > 2 and path[0] == "models" else None
    if endpoint is not None and path[2] in (*SECRET, *ADDRESSES):
        used = list(VARIABLE.finditer(text if path[2] in ADDRESSES else str(node.value)))
        unset = [match["name"] for match in used if match["name"] in endpoint.missing]
        if path[2] not in SECRET:
            filled = ", ".join(endpoint.servers or (endpoint.base_url,))
            text = text if unset else scrub(filled, endpoint.secrets)
        elif unset:
            text = gettext("not set: {names}").format(names=", ".join(unset))
        else:
            text = gettext("set")
        variables = ", ".join(_state(match, endpoint) for match in used)
    return Value(".".join(path), text, node.line, variables)


def _state(variable: re.Match[str], endpoint: Endpoint) -> str:
    """Return whether the variable is set, and what is wrong if it is not."""
    fine = gettext("set") if variable["default"] is None else gettext("set, or its default")
    return f"{variable['name']}: {endpoint.missing.get(variable['name'], fine)}"


def _plain(node: Node) -> str:
    value = [item.value for item in node.value] if isinstance(node.value, list) else node.value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# ── Models ──────────────────────────────────────────────────────────────────────────────────


def search(registry: Registry, query: Mapping[str, str]) -> list[Row]:
    """Return the models that match `q` (in ID or title), `provider`, `capability` and `health`."""
    words = query.get("q", "").lower().split()
    return [
        row
        for row in rows(registry, None)
        if query.get("provider", "") in ("", row.model.provider)
        and query.get("health", "") in ("", row.health.status)
        and (not query.get("capability") or query["capability"] in row.model.capabilities)
        and all(word in f"{row.model.id} {row.model.title}".lower() for word in words)
    ]


# ── Providers ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider, its health, and the differences between its models and the file."""

    provider: Provider
    health: Health
    traffic: Traffic
    listed: int
    missing: list[str]
    not_listed: list[str]

    @property
    def words(self) -> str:
        return str(HEALTH[self.health.status])

    @property
    def snippet(self) -> str:
        """Lines for models.yaml that list the unlisted models."""
        head = f"# Below `registry:` of {self.provider.name}. The capabilities are guesses.\n"
        return head + "\n".join(
            f"      {json.dumps(name)}: {{capabilities: [{guess_capability(name)}]}}"
            for name in self.not_listed
        )


def providers(registry: Registry) -> list[ProviderRow]:
    """Return a row for each provider."""
    health = monitor.of(registry)
    result = []
    for name, provider in registry.providers.items():
        models = [row for row in rows(registry, None) if row.model.provider == name]
        names = [row.model.name for row in models]
        result.append(
            ProviderRow(
                provider,
                health[name],
                monitor.traffic_of(provider),
                len(models),
                [row.model.id for row in models if row.missing],
                not_listed(names, health[name]),
            )
        )
    return result


# ── Workers ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker, and its differences from the one that answers."""

    beat: Beat
    me: bool
    living: bool
    other_revision: bool
    other_primaries: bool


def workers(worker: Worker) -> list[WorkerRow]:
    """Return all workers of the last minutes; the first is the one that answers."""
    me, *_ = beats = worker.workers()
    living = {beat.id for beat in worker.living()}
    return [
        WorkerRow(
            beat,
            beat.id == me.id,
            beat.id in living,
            beat.revision != me.revision,
            beat.version.partition(".")[2] != me.version.partition(".")[2],
        )
        for beat in beats
    ]
