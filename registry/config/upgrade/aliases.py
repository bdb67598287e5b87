"""`<alias>_model: value` → a model in its provider's `registry`."""

from __future__ import annotations

from typing import Any

from core.text import quote
from core.yaml.tree import Entry, Node
from registry.config.upgrade.draft import Alias, Draft
from registry.config.upgrade.fields import ADVICE, MODEL, take_fields


def collect_aliases(draft: Draft) -> None:
    """Take the aliases of the file, and those of each section, into `draft.aliases`."""
    for alias, entry in take_fields(draft, draft.models, MODEL).items():
        if provider := _owner(draft, alias, entry.node.value):
            _add_alias(draft, provider, alias, entry)
        else:
            draft.report(
                entry,
                f"The provider of {quote(alias + MODEL)} is not known. Move the line into its "
                "provider's section, or write the model's ID, provider:name.",
            )
    for provider, section in draft.providers.items():
        for alias, entry in take_fields(draft, section.node.value, MODEL).items():
            _add_alias(draft, provider, alias, entry)


def _owner(draft: Draft, alias: str, value: str) -> str | None:
    """Return the provider of a model outside of all sections, if it can be derived."""
    prefix, colon, _ = value.partition(":")
    if colon and prefix in draft.providers:
        return prefix
    if alias in draft.providers:
        return alias
    return next(iter(draft.providers)) if len(draft.providers) == 1 else None


def _add_alias(draft: Draft, provider: str, alias: str, entry: Entry) -> None:
    value: str = entry.node.value
    prefix, colon, _ = value.partition(":")
    if colon and prefix != provider and prefix in draft.providers:
        draft.report(
            entry.node,
            f"{quote(value)} is in the section of {quote(provider)}. "
            "IDs begin with the provider's name.",
        )
        return
    target = draft.target(provider, value.removeprefix(f"{provider}:"))
    draft.aliases.append(Alias(alias, target, entry))


def list_model(draft: Draft, alias: Alias) -> None:
    """Add the alias's model to `registry`, unless it is listed there."""
    provider, name = alias.target
    registry = draft.registry(provider)
    same = [other for other in draft.aliases if other.target == alias.target]
    if same[0] is not alias:
        return  # done with an earlier alias
    for named in (other for other in same if other.alias):
        old = quote(named.alias + MODEL)
        if name in registry:
            draft.warn(
                named.entry, f"{old} is ignored: line {registry[name].line} lists the model."
            )
        else:
            advice = f"Write {quote(name)} in `{provider}.registry`; {ADVICE}"
            draft.warn(named.entry, f"{old} is version 1. {advice}")
    if name not in registry:
        registry[name] = _model_entry(alias.entry, _uses(draft, alias, same))


def _uses(draft: Draft, alias: Alias, same: list[Alias]) -> list[str]:
    """Return the capabilities of a model: by its primaries, else by its aliases, else chat."""
    by_name = (c for a in same for c in draft.capabilities if a.alias.startswith(c))
    capabilities = list(dict.fromkeys(draft.uses.get(alias.target) or by_name))
    if not capabilities:
        name = quote(alias.target.name)
        draft.warn(alias.entry, f"The capabilities of {name} are not known; chat is assumed.")
    return capabilities or ["chat"]


def _model_entry(origin: Entry, capabilities: list[str]) -> Entry:
    def node(value: Any) -> Node:
        return Node(value, origin.line, origin.column)

    listed = Entry(origin.line, origin.column, node([node(name) for name in capabilities]))
    return Entry(origin.line, origin.column, node({"capabilities": listed}))
