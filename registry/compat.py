"""
Version 1 of models.yaml → version 2, by pattern: no name of a model stands here.

Version 1 named a primary per capability and a model per alias:

    models:                             models:
      chat_primary: fast                  defaults: {chat: "acme:big"}
      acme:                       →       acme:
        fast_model: big                     registry: {big: {capabilities: [chat]}}

Where version 2 says the same thing, it wins and the old field is a warning. Nodes made here keep
the place of the field that they come from, so that later errors point at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from registry.document import Entry, Node
from registry.errors import ConfigError, Problem
from registry.ids import quote
from registry.schema import CAPABILITIES

PRIMARY, MODEL = "_primary", "_model"
SETTINGS = ("defaults", "capabilities")


class Alias(NamedTuple):
    """`<alias>_model: value`, and the provider that it belongs to."""

    alias: str
    provider: str
    name: str
    entry: Entry


@dataclass
class _Upgrade:
    """One run: `models` and its sections are copies that the steps write into."""

    models: dict[str, Entry]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    capabilities: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def warn(self, entry: Entry, message: str) -> None:
        self.warnings.append(Problem(entry.line, entry.column, message))

    @property
    def providers(self) -> dict[str, Entry]:
        return {
            key: entry
            for key, entry in self.models.items()
            if key not in SETTINGS and isinstance(entry.node.value, dict)
        }

    def registry(self, provider: str) -> dict[str, Entry]:
        """Return the provider's `registry` mapping, made if absent."""
        section = self.models[provider]
        return _mapping(section.node.value, "registry", section)


def upgrade(root: Node) -> tuple[Node, list[Problem]]:
    """Return `root` as version 2, and a warning per version-1 field. Raises ConfigError."""
    models = root.value.get("models") if isinstance(root.value, dict) else None
    if models is None or not isinstance(models.node.value, dict) or not _is_v1(models.node):
        return root, []
    run = _Upgrade({key: _copy(entry) for key, entry in models.node.value.items()})
    primaries = _take(run.models, PRIMARY)
    _collect_aliases(run)
    for key, entry in primaries.items():
        _primary(run, key, entry)
    for alias in run.aliases:
        _list_model(run, alias)
    if run.problems:
        raise ConfigError(run.problems)
    first = {"defaults": run.models["defaults"]} if "defaults" in run.models else {}
    node = models.node._replace(value={**first, **run.models})
    return root._replace(value={**root.value, "models": models._replace(node=node)}), run.warnings


def _is_v1(models: Node) -> bool:
    sections = [e.node.value for e in models.value.values() if isinstance(e.node.value, dict)]
    return any(
        _old(key, entry) for keys in (models.value, *sections) for key, entry in keys.items()
    )


def _old(key: str, entry: Entry) -> bool:
    scalar = not isinstance(entry.node.value, (dict, list))
    return scalar and key.endswith((PRIMARY, MODEL)) and not key.startswith("_")


def _copy(entry: Entry) -> Entry:
    """Return `entry` with mappings of its own, two levels deep: what the steps write into."""
    value = entry.node.value
    if not isinstance(value, dict):
        return entry
    inner = dict(value)
    if "registry" in inner and isinstance(inner["registry"].node.value, dict):
        listed = inner["registry"]
        inner["registry"] = listed._replace(
            node=listed.node._replace(value=dict(listed.node.value))
        )
    return entry._replace(node=entry.node._replace(value=inner))


def _take(mapping: dict[str, Entry], ending: str) -> dict[str, Entry]:
    """Remove the version-1 fields with `ending` from `mapping` and return them."""
    found = {k: e for k, e in mapping.items() if _old(k, e) and k.endswith(ending)}
    for key in found:
        del mapping[key]
    return {key.removesuffix(ending): entry for key, entry in found.items()}


def _mapping(parent: dict[str, Entry], key: str, origin: Entry) -> dict[str, Entry]:
    if key not in parent:
        parent[key] = Entry(origin.line, origin.column, Node({}, origin.line, origin.column))
    value = parent[key].node.value
    return value if isinstance(value, dict) else {}


def _collect_aliases(run: _Upgrade) -> None:
    for alias, entry in _take(run.models, MODEL).items():
        if provider := _owner(run, alias, str(entry.node.value)):
            _alias(run, provider, alias, entry)
        else:
            run.problems.append(
                Problem(
                    entry.line,
                    entry.column,
                    (
                        f"Whose model is {quote(alias + MODEL)}? Move it into its provider's "
                        "section, or write the model's ID, provider:name."
                    ),
                )
            )
    for provider, section in run.providers.items():
        for alias, entry in _take(section.node.value, MODEL).items():
            _alias(run, provider, alias, entry)


def _owner(run: _Upgrade, alias: str, value: str) -> str | None:
    """Return the provider of a model that stands outside every section."""
    prefix, colon, _ = value.partition(":")
    if colon and prefix in run.providers:
        return prefix
    if alias in run.providers:
        return alias
    return next(iter(run.providers)) if len(run.providers) == 1 else None


def _alias(run: _Upgrade, provider: str, alias: str, entry: Entry) -> None:
    name = str(entry.node.value).removeprefix(f"{provider}:")
    run.aliases.append(Alias(alias, provider, name, entry))
    run.warn(
        entry,
        f"{quote(alias + MODEL)} is version 1. Write {quote(name)} under "
        f"`{provider}.registry`; `manage.py models migrate` does it.",
    )


def _primary(run: _Upgrade, capability: str, entry: Entry) -> None:
    field_name = quote(capability + PRIMARY)
    defaults = _mapping(run.models, "defaults", entry)
    if capability in defaults:
        line = defaults[capability].line
        run.warn(entry, f"{field_name} is ignored: `defaults.{capability}` on line {line} wins.")
        return
    target = _match(run, str(entry.node.value))
    if target is None:
        run.problems.append(
            Problem(
                entry.node.line,
                entry.node.column,
                (
                    f"{quote(str(entry.node.value))} is no model that this file names. "
                    "Write the model's ID, provider:name."
                ),
            )
        )
        return
    provider, name = target
    if capability in _known(run):  # else the default alone is complained of
        run.capabilities.setdefault(target, []).append(capability)
    if name not in run.registry(provider) and not _is_alias(run, target):
        run.aliases.append(Alias(capability, provider, name, entry))
    identifier = f"{provider}:{name}"
    defaults[capability] = entry._replace(node=entry.node._replace(value=identifier))
    run.warn(
        entry,
        f'{field_name} is version 1. Write `defaults: {{{capability}: "{identifier}"}}`;'
        " `manage.py models migrate` does it.",
    )


def _known(run: _Upgrade) -> list[str]:
    declared = run.models.get("capabilities")
    own = declared.node.value if declared and isinstance(declared.node.value, list) else []
    return [*CAPABILITIES, *(node.value for node in own)]


def _is_alias(run: _Upgrade, target: tuple[str, str]) -> bool:
    return any((alias.provider, alias.name) == target for alias in run.aliases)


def _match(run: _Upgrade, value: str) -> tuple[str, str] | None:
    """Return provider and name of the model that a primary's value means."""
    prefix, colon, rest = value.partition(":")
    if colon and prefix in run.providers:
        return prefix, rest
    models = _all_models(run)
    aliased = {(found.provider, found.name) for found in run.aliases if found.alias == value}
    named = {(provider, name) for provider, name in models if name == value}
    own = {(provider, name) for provider, name in models if provider == value}
    candidates = aliased or named or own
    return candidates.pop() if len(candidates) == 1 else None


def _all_models(run: _Upgrade) -> list[tuple[str, str]]:
    listed = [
        (provider, name)
        for provider, section in run.providers.items()
        if "registry" in section.node.value
        for name in run.registry(provider)
    ]
    old = [(found.provider, found.name) for found in run.aliases]
    return list(dict.fromkeys([*listed, *old]))


def _list_model(run: _Upgrade, found: Alias) -> None:
    registry, entry = run.registry(found.provider), found.entry
    if found.name in registry:
        if (line := registry[found.name].line) != entry.line:
            run.warn(
                entry, f"{quote(found.alias + MODEL)} is ignored: line {line} lists the model."
            )
        return
    capabilities = run.capabilities.get((found.provider, found.name)) or [
        name for name in CAPABILITIES if found.alias.startswith(name)
    ]
    if not capabilities:
        capabilities = ["chat"]
        run.warn(entry, f"What can {quote(found.name)} do? Taken as chat; list its capabilities.")
    registry[found.name] = _model_entry(entry, capabilities)


def _model_entry(origin: Entry, capabilities: list[str]) -> Entry:
    def node(value: Any) -> Node:
        return Node(value, origin.line, origin.column)

    listed = Entry(origin.line, origin.column, node([node(name) for name in capabilities]))
    return Entry(origin.line, origin.column, node({"capabilities": listed}))
