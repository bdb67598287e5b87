"""The fields of version 1: `<capability>_primary` and `<alias>_model`."""

from __future__ import annotations

from core.program import command
from core.text import quote
from core.yaml.tree import Entry, Node
from registry.config.upgrade.draft import Draft

PRIMARY, MODEL = "_primary", "_model"
ADVICE = f"`{command('models migrate')}` rewrites the file."


def is_v1(models: Node) -> bool:
    """Has the file a field of version 1?"""
    sections = [e.node.value for e in models.value.values() if isinstance(e.node.value, dict)]
    return any(
        is_old(key, entry) for keys in (models.value, *sections) for key, entry in keys.items()
    )


def is_old(key: str, entry: Entry) -> bool:
    """Is it a field of version 1?"""
    scalar = not isinstance(entry.node.value, (dict, list))
    return scalar and key.endswith((PRIMARY, MODEL)) and not key.startswith("_")


def take_fields(draft: Draft, mapping: dict[str, Entry], ending: str) -> dict[str, Entry]:
    """Remove the version-1 fields with `ending` from `mapping`, and return the valid ones."""
    fields = {k: e for k, e in mapping.items() if is_old(k, e) and k.endswith(ending)}
    for key, entry in fields.items():
        del mapping[key]
        if not isinstance(entry.node.value, str) or "${" in entry.node.value:
            draft.report(entry.node, f"{quote(key)} must be a name. Put it in quotes.")
    return {
        key.removesuffix(ending): entry
        for key, entry in fields.items()
        if isinstance(entry.node.value, str) and "${" not in entry.node.value
    }
