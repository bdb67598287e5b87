"""Files of environment variables, `NAME=value`, and Docker Compose's `environment`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.yaml.tree import Entry, Node

if TYPE_CHECKING:
    from registry.config.importing.section import Report

_LINE = re.compile(r"\s*(?:export\s+|set\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=(?P<value>.*)")


def looks_like_env(text: str) -> bool:
    """Are most lines of `text`, and the first one, NAME=value?"""
    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    matches = [line for line in lines if _LINE.fullmatch(line)]
    return bool(lines) and lines[0] in matches and len(matches) * 2 > len(lines)


def read_env(text: str, report: Report) -> Node:
    """Return the variables of `text` as a mapping. Other lines are reported."""
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match:
            column = match.start("value") + 1
            entries[match["name"]] = Entry(number, 1, Node(_value(match["value"]), number, column))
        elif line.strip() and line.lstrip()[0] != "#":
            report.note(Node(None, number, 1), "This line is not imported: it is not NAME=value.")
    return Node(entries, 1, 1)


def _value(text: str) -> str:
    text = text.strip()
    quoted = re.fullmatch(r"""(["'])(.*?)\1\s*(?:#.*)?""", text)
    return quoted[2] if quoted else re.split(r"\s#", text)[0].strip()


def of_compose(root: Node) -> list[Node]:
    """Return the `environment` of each service of a Compose file, as mappings."""
    services = root.value["services"].node.value if "services" in root.value else {}
    environments = []
    for entry in services.values() if isinstance(services, dict) else ():
        service = entry.node.value
        if isinstance(service, dict) and "environment" in service:
            environments.append(_mapping(service["environment"].node))
    return environments


def _mapping(node: Node) -> Node:
    """Return a Compose environment, which may be a list of NAME=value, as a mapping."""
    if not isinstance(node.value, list):
        return node
    entries = {}
    for item in node.value:
        name, _, value = str(item.value).partition("=")
        child = Node(value, item.line, item.column + len(name) + 1)
        entries[name] = Entry(item.line, item.column, child)
    return Node(entries, node.line, node.column)
