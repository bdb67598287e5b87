"""LiteLLM's fallbacks: `[{alias: [other alias, …]}]` → `fallback` at a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.text import quote
from core.yaml.tree import to_data
from registry.config.rules.fallbacks import MAX_FALLBACKS, NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.yaml.tree import Node
    from registry.config.importing.draft import Draft
    from registry.config.importing.section import Section

MESSAGE = "A fallback is a listed model with the same capability, and there are at most two."


def read_fallbacks(section: Section, draft: Draft, names: Mapping[str, str]) -> None:
    """Take `fallbacks` of `section`; `names` has the IDs of the models by their aliases."""
    for node in section.items("fallbacks"):
        data = to_data(node)
        for alias, others in data.items() if isinstance(data, dict) else ():
            _fallback(str(alias), others, node, draft, names)


def _fallback(alias: str, others: Any, node: Node, draft: Draft, names: Mapping[str, str]) -> None:
    model = _model(names.get(alias, ""), draft)
    capabilities = set(model.get("capabilities", ())) - set(NEVER)
    aliases = others if isinstance(others, list | tuple) else [others]
    ids = dict.fromkeys(names.get(str(other), "") for other in aliases)
    kept = [
        other
        for other in ids
        if other != names.get(alias)
        and capabilities & set(_model(other, draft).get("capabilities", ()))
    ][:MAX_FALLBACKS]
    if kept:
        model["fallback"] = kept
    if len(kept) < len(aliases):
        draft.report.note(node, f"Not all fallbacks of {quote(alias)} are imported. {MESSAGE}")


def _model(model_id: str, draft: Draft) -> dict[str, Any]:
    """Return the fields of a model of the draft; nothing if it is not there."""
    provider, _, name = model_id.partition(":")
    fields: dict[str, Any] = draft.providers.get(provider, {}).get("registry", {}).get(name, {})
    return fields
