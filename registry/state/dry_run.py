"""
A dry run: what a text would change if it were the content of models.yaml.

Variables are not looked up, neither for the text nor for the current registry: the result must not
reveal the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import ConfigError, Problem
from registry import snapshot
from registry.config.endpoint import Endpoint
from registry.config.load import Config, load_config
from registry.diff import Change, changes, summary
from registry.state.service import service

if TYPE_CHECKING:
    from registry.config.schema import ProviderConfig
    from registry.snapshot import Registry


@dataclass(frozen=True, slots=True)
class Outcome:
    """Mistakes, or else warnings and changes."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def summary(self) -> str:
        return "is invalid" if self.errors else summary(list(self.changes))

    def as_dict(self) -> dict[str, Any]:
        return {
            "valid": not self.errors,
            "summary": self.summary,
            "errors": [problem._asdict() for problem in self.errors],
            "warnings": [problem._asdict() for problem in self.warnings],
            "changes": [change.as_dict() for change in self.changes],
        }


def dry_run(text: str) -> Outcome:
    """Return what `text` would do to what is in use now, primaries included."""
    try:
        config = load_config(text.encode(errors="replace"), None)
    except ConfigError as error:
        return Outcome(errors=error.problems)
    service.ensure_loaded()
    assert service.config is not None
    old, primaries = _as_written(service.config), service.primaries
    old = old.with_primaries(primaries.chosen, primaries.version)
    return Outcome((), config.warnings, tuple(changes(old, _as_written(config))))


def _as_written(config: Config) -> Registry:
    """Return the registry with addresses, keys and headers as in the file, variables included."""
    registry = snapshot.build(config)
    providers = {
        name: replace(provider, endpoint=_written(config.models.providers[name]))
        for name, provider in registry.providers.items()
    }
    return replace(registry, providers=providers)


def _written(section: ProviderConfig) -> Endpoint:
    address = section.endpoint or section.host or ""
    headers = {"": section.api_key or "", **section.headers}
    return Endpoint(address, headers, servers=section.endpoints)
