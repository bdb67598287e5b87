"""Which values of models.yaml are never shown: keys, headers, and addresses that may hold a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.tree import Node

Keys = tuple[str, ...]
SECRET = ("api_key", "headers")  # below a provider
SECRET_OF_ALERTS = ("webhook", "headers")  # below a target: an address may hold a key


def is_secret(path: Keys) -> bool:
    """Is what is at `path` of models.yaml, or below it, never shown?"""
    if path[:2] == ("alerts", "targets"):
        return path[3:4] != () and path[3] in SECRET_OF_ALERTS
    return path[:1] == ("models",) and path[2:3] != () and path[2] in SECRET


def leaves(node: Node, path: Keys = ()) -> Iterator[tuple[Keys, Node]]:
    """Yield the values that are no mappings, with their paths."""
    if isinstance(node.value, dict) and node.value:
        for key, entry in node.value.items():
            yield from leaves(entry.node, (*path, key))
    else:
        yield path, node
