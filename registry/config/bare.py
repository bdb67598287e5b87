"""Files whose text says less, or more, than their author meant."""

from __future__ import annotations

import re

from core.errors import Problem
from core.yaml.tree import Entry, Node
from registry.config.schema import ProviderConfig
from registry.config.synonyms import meant

_CUT = re.compile(r"^[ ]*(?:title|description): +[^\s\"'#|>][^#\n]*?[ ](#\w)", re.MULTILINE)
_ADDRESS = ("registry", "endpoint", "endpoints", "host")


def with_models(root: Node) -> tuple[Node, list[Problem]]:
    """Return `root` with `models:` around it if that is missing, and the problem."""
    sections = {key: entry for key, entry in root.value.items() if _is_section(key, entry.node)}
    if "models" in root.value or not sections:
        return root, []
    first = next(iter(root.value.values()))
    message = "`models:` is missing. Write it above this line, and indent the rest below it."
    inner = root._replace(value=dict(root.value))
    whole = Node({"models": Entry(first.line, first.column, inner)}, root.line, root.column)
    return whole, [Problem(first.line, first.column, message)]


def _is_section(key: str, node: Node) -> bool:
    """Is it a provider's section?"""
    if not isinstance(node.value, dict):
        return False
    known = list(ProviderConfig.model_fields)
    return any(meant(("models", key, name), known) in _ADDRESS for name in node.value)


def cut_values(source: bytes) -> list[Problem]:
    """Return the titles whose rest YAML reads as a comment, because it begins with ' #'."""
    text = source.decode("utf-8-sig")
    message = "What follows # is a comment. Put the value in quotes if it belongs to it."
    return [
        Problem(text.count("\n", 0, match.start(1)) + 1,
                match.start(1) - text.rfind("\n", 0, match.start(1)), message)
        for match in _CUT.finditer(text)
    ]  # fmt: skip
