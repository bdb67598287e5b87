"""`<capability>_primary: value` → a line of `defaults`."""

from __future__ import annotations

from core.text import quote
from core.yaml.tree import Entry
from registry.config.upgrade.draft import Alias, Draft, mapping_in
from registry.config.upgrade.fields import ADVICE, PRIMARY
from registry.model_id import ModelID


def add_default(draft: Draft, capability: str, entry: Entry) -> None:
    """Add the model that a primary means to `defaults`, unless they name one already."""
    old = quote(capability + PRIMARY)
    defaults = mapping_in(draft.models, "defaults", entry)
    if capability in defaults:
        line = defaults[capability].line
        draft.warn(entry, f"{old} is ignored: `defaults.{capability}` on line {line} replaces it.")
        return
    target = _match(draft, entry.node.value)
    if target is None:
        draft.report(
            entry.node,
            f"{quote(entry.node.value)} is not a model of this file. "
            "Write the model's ID, provider:name.",
        )
        return
    if capability in draft.capabilities:  # otherwise only the default is reported
        draft.uses.setdefault(target, []).append(capability)
    if target not in draft.listed():
        draft.aliases.append(Alias("", target, entry))
    defaults[capability] = entry._replace(node=entry.node._replace(value=str(target)))
    draft.warn(
        entry,
        f"{old} is version 1. Write {quote(f'{capability}: {target}', 80)} in `defaults`; {ADVICE}",
    )


def _match(draft: Draft, value: str) -> ModelID | None:
    """Return the model of a primary's value, which is an ID, an alias, a name or a provider."""
    if target := by_id(draft, value):
        return target
    models = draft.listed()
    aliased = {alias.target for alias in draft.aliases if alias.alias == value}
    named = {t for t in models if t == draft.target(t.provider, value)}
    own = {t for t in models if t.provider == value}
    candidates = aliased or named or own
    return candidates.pop() if len(candidates) == 1 else None


def by_id(draft: Draft, value: str) -> ModelID | None:
    """Return the model, if `value` is an ID, provider:name."""
    prefix, colon, name = value.partition(":")
    return draft.target(prefix, name) if colon and prefix in draft.providers else None
