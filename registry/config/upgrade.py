"""
Version 1 of models.yaml → version 2, by pattern: the code contains no name of a model.

Version 1 named a primary per capability and a model per alias:

    models:                             models:
      chat_primary: fast                  defaults: {chat: "acme:big"}
      acme:                       →       acme:
        fast_model: big                     registry: {big: {capabilities: [chat]}}

Where the file has the version-2 field, too, that wins, and the old field is a warning. New nodes
keep the place of the field that they come from, so that later errors point at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.errors import Problem
from core.text import quote
from core.yaml_tree import Entry, Node
from registry.config.schema import CAPABILITIES, SETTINGS
from registry.model_id import ModelID, fold
from registry.providers import WIRES

PRIMARY, MODEL = "_primary", "_model"
ADVICE = "`manage.py models migrate` rewrites the file."


class Alias(NamedTuple):
    """`<alias>_model: value`. Without `alias` it comes from a primary that names its model."""

    alias: str
    target: ModelID
    entry: Entry


@dataclass
class _Upgrade:
    """One upgrade. `models` and its sections are copies that the steps modify."""

    models: dict[str, Entry]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    uses: dict[ModelID, list[str]] = field(default_factory=dict)  # capabilities of the primaries

    def warn(self, entry: Entry, message: str) -> None:
        self.warnings.append(Problem(entry.line, entry.column, message))

    def complain(self, place: Entry | Node, message: str) -> None:
        self.problems.append(Problem(place.line, place.column, message))

    @property
    def providers(self) -> dict[str, Entry]:
        return {
            key: entry
            for key, entry in self.models.items()
            if key not in SETTINGS and isinstance(entry.node.value, dict)
        }

    @property
    def capabilities(self) -> list[str]:
        declared = self.models.get("capabilities")
        own = declared.node.value if declared and isinstance(declared.node.value, list) else []
        return [*CAPABILITIES, *(node.value for node in own if isinstance(node.value, str))]

    def registry(self, provider: str) -> dict[str, Entry]:
        """Return the provider's `registry` mapping, which is created if missing."""
        section = self.models[provider]
        return _mapping(section.node.value, "registry", section)

    def listed(self) -> list[ModelID]:
        """Return the models in `registry` mappings, and those of aliases."""
        sections = self.providers.items()
        own = [
            ModelID(provider, name)
            for provider, section in sections
            if "registry" in section.node.value
            for name in self.registry(provider)
        ]
        return list(dict.fromkeys([*own, *(alias.target for alias in self.aliases)]))

    def target(self, provider: str, name: str) -> ModelID:
        """Return the model's ID; if the file lists the same folded name, that ID."""
        section = self.models[provider].node.value
        api = section["api"].node.value if "api" in section else provider
        if isinstance(api, str) and api in WIRES and WIRES[api].FOLDS:
            alike = (
                t for t in self.listed() if t.provider == provider and fold(t.name) == fold(name)
            )
            return next(alike, ModelID(provider, name))
        return ModelID(provider, name)


def upgrade(root: Node) -> tuple[Node, list[Problem], list[Problem]]:
    """Return `root` as version 2, a warning per version-1 field, and the problems."""
    models = root.value.get("models")
    if models is None or not isinstance(models.node.value, dict) or not _is_v1(models.node):
        return root, [], []
    run = _Upgrade({key: _copy(entry) for key, entry in models.node.value.items()})
    primaries = _take(run, run.models, PRIMARY)
    _collect_aliases(run)
    # Those with a full model ID come first: others may mean the model that they add.
    with_id = [c for c, entry in primaries.items() if _by_id(run, entry.node.value)]
    for capability in dict.fromkeys([*with_id, *primaries]):
        _primary(run, capability, primaries[capability])
    for alias in run.aliases:
        _list_model(run, alias)
    first = {"defaults": run.models["defaults"]} if "defaults" in run.models else {}
    node = models.node._replace(value={**first, **run.models})
    upgraded = root._replace(value={**root.value, "models": models._replace(node=node)})
    return upgraded, run.warnings, run.problems


def _is_v1(models: Node) -> bool:
    sections = [e.node.value for e in models.value.values() if isinstance(e.node.value, dict)]
    return any(
        _old(key, entry) for keys in (models.value, *sections) for key, entry in keys.items()
    )


def _old(key: str, entry: Entry) -> bool:
    scalar = not isinstance(entry.node.value, (dict, list))
    return scalar and key.endswith((PRIMARY, MODEL)) and not key.startswith("_")


def _copy(entry: Entry) -> Entry:
    """Return `entry` with copied mappings, two levels deep: the steps modify them."""
    value = entry.node.value
    if not isinstance(value, dict):
        return entry
    inner = dict(value)
    if "registry" in inner and isinstance(inner["registry"].node.value, dict):
        listed = inner["registry"]
        node = listed.node._replace(value=dict(listed.node.value))
        inner["registry"] = listed._replace(node=node)
    return entry._replace(node=entry.node._replace(value=inner))


def _take(run: _Upgrade, mapping: dict[str, Entry], ending: str) -> dict[str, Entry]:
    """Remove the version-1 fields with `ending` from `mapping`, and return the valid ones."""
    fields = {k: e for k, e in mapping.items() if _old(k, e) and k.endswith(ending)}
    for key, entry in fields.items():
        del mapping[key]
        if not isinstance(entry.node.value, str) or "${" in entry.node.value:
            run.complain(entry.node, f"{quote(key)} must be a name. Put it in quotes.")
    return {
        key.removesuffix(ending): entry
        for key, entry in fields.items()
        if isinstance(entry.node.value, str) and "${" not in entry.node.value
    }


def _mapping(parent: dict[str, Entry], key: str, origin: Entry) -> dict[str, Entry]:
    if key not in parent:
        parent[key] = Entry(origin.line, origin.column, Node({}, origin.line, origin.column))
    value = parent[key].node.value
    return value if isinstance(value, dict) else {}


def _collect_aliases(run: _Upgrade) -> None:
    for alias, entry in _take(run, run.models, MODEL).items():
        if provider := _owner(run, alias, entry.node.value):
            _alias(run, provider, alias, entry)
        else:
            run.complain(
                entry,
                f"The provider of {quote(alias + MODEL)} is not known. Move the line into its "
                "provider's section, or write the model's ID, provider:name.",
            )
    for provider, section in run.providers.items():
        for alias, entry in _take(run, section.node.value, MODEL).items():
            _alias(run, provider, alias, entry)


def _owner(run: _Upgrade, alias: str, value: str) -> str | None:
    """Return the provider of a model outside of all sections, if it can be derived."""
    prefix, colon, _ = value.partition(":")
    if colon and prefix in run.providers:
        return prefix
    if alias in run.providers:
        return alias
    return next(iter(run.providers)) if len(run.providers) == 1 else None


def _alias(run: _Upgrade, provider: str, alias: str, entry: Entry) -> None:
    value: str = entry.node.value
    prefix, colon, _ = value.partition(":")
    if colon and prefix != provider and prefix in run.providers:
        run.complain(
            entry.node,
            f"{quote(value)} is in the section of {quote(provider)}. "
            "IDs begin with the provider's name.",
        )
        return
    target = run.target(provider, value.removeprefix(f"{provider}:"))
    run.aliases.append(Alias(alias, target, entry))


def _by_id(run: _Upgrade, value: str) -> ModelID | None:
    prefix, colon, name = value.partition(":")
    return run.target(prefix, name) if colon and prefix in run.providers else None


def _primary(run: _Upgrade, capability: str, entry: Entry) -> None:
    old = quote(capability + PRIMARY)
    defaults = _mapping(run.models, "defaults", entry)
    if capability in defaults:
        line = defaults[capability].line
        run.warn(entry, f"{old} is ignored: `defaults.{capability}` on line {line} replaces it.")
        return
    target = _match(run, entry.node.value)
    if target is None:
        run.complain(
            entry.node,
            f"{quote(entry.node.value)} is not a model of this file. "
            "Write the model's ID, provider:name.",
        )
        return
    if capability in run.capabilities:  # otherwise only the default is reported
        run.uses.setdefault(target, []).append(capability)
    if target not in run.listed():
        run.aliases.append(Alias("", target, entry))
    defaults[capability] = entry._replace(node=entry.node._replace(value=str(target)))
    run.warn(
        entry,
        f"{old} is version 1. Write {quote(f'{capability}: {target}', 80)} in `defaults`; {ADVICE}",
    )


def _match(run: _Upgrade, value: str) -> ModelID | None:
    """Return the model of a primary's value, which is an ID, an alias, a name or a provider."""
    if target := _by_id(run, value):
        return target
    models = run.listed()
    aliased = {alias.target for alias in run.aliases if alias.alias == value}
    named = {t for t in models if t == run.target(t.provider, value)}
    own = {t for t in models if t.provider == value}
    candidates = aliased or named or own
    return candidates.pop() if len(candidates) == 1 else None


def _list_model(run: _Upgrade, alias: Alias) -> None:
    """Add the alias's model to `registry`, unless it is listed there."""
    provider, name = alias.target
    registry = run.registry(provider)
    same = [one for one in run.aliases if one.target == alias.target]
    if same[0] is not alias:
        return  # done with an earlier alias
    for one in (one for one in same if one.alias):
        old = quote(one.alias + MODEL)
        if name in registry:
            run.warn(one.entry, f"{old} is ignored: line {registry[name].line} lists the model.")
        else:
            advice = f"Write {quote(name)} in `{provider}.registry`; {ADVICE}"
            run.warn(one.entry, f"{old} is version 1. {advice}")
    if name not in registry:
        registry[name] = _model_entry(alias.entry, _uses(run, alias, same))


def _uses(run: _Upgrade, alias: Alias, same: list[Alias]) -> list[str]:
    """Return the capabilities of a model: by its primaries, else by its aliases, else chat."""
    named = (c for one in same for c in run.capabilities if one.alias.startswith(c))
    capabilities = list(dict.fromkeys(run.uses.get(alias.target) or named))
    if not capabilities:
        name = quote(alias.target.name)
        run.warn(alias.entry, f"The capabilities of {name} are not known; chat is assumed.")
    return capabilities or ["chat"]


def _model_entry(origin: Entry, capabilities: list[str]) -> Entry:
    def node(value: Any) -> Node:
        return Node(value, origin.line, origin.column)

    listed = Entry(origin.line, origin.column, node([node(name) for name in capabilities]))
    return Entry(origin.line, origin.column, node({"capabilities": listed}))
