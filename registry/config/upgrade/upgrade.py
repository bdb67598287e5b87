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

from core.errors import Problem
from core.yaml.tree import Entry, Node
from registry.config.upgrade.aliases import collect_aliases, list_model
from registry.config.upgrade.draft import Draft
from registry.config.upgrade.fields import PRIMARY, is_v1, take_fields
from registry.config.upgrade.primaries import add_default, by_id


def upgrade(root: Node) -> tuple[Node, list[Problem], list[Problem]]:
    """Return `root` as version 2, a warning per version-1 field, and the problems."""
    models = root.value.get("models")
    if models is None or not isinstance(models.node.value, dict) or not is_v1(models.node):
        return root, [], []
    draft = Draft({key: _copied(entry) for key, entry in models.node.value.items()})
    primaries = take_fields(draft, draft.models, PRIMARY)
    collect_aliases(draft)
    # Those with a full model ID come first: others may mean the model that they add.
    with_id = [c for c, entry in primaries.items() if by_id(draft, entry.node.value)]
    for capability in dict.fromkeys([*with_id, *primaries]):
        add_default(draft, capability, primaries[capability])
    for alias in draft.aliases:
        list_model(draft, alias)
    first = {"defaults": draft.models["defaults"]} if "defaults" in draft.models else {}
    node = models.node._replace(value={**first, **draft.models})
    upgraded = root._replace(value={**root.value, "models": models._replace(node=node)})
    return upgraded, draft.warnings, draft.problems


def _copied(entry: Entry) -> Entry:
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
