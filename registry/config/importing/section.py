"""A mapping of a foreign file: readers take what they know; the rest is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import Problem
from core.text import quote
from core.yaml.tree import Node, to_data
from registry.config.importing.advice import advice_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.tree import Entry


class Report:
    """What could not be imported, and what was assumed, each with its place in the file."""

    def __init__(self) -> None:
        self.notes: list[Problem] = []

    def note(self, place: Node | Entry, message: str) -> None:
        note = Problem(place.line, place.column, message)
        if note not in self.notes:
            self.notes.append(note)


class Section:
    """The mapping `node`, called `name` in messages. A node of another kind is reported."""

    def __init__(self, node: Node, name: str, report: Report) -> None:
        self.node, self.name, self.report = node, name, report
        self.entries: dict[str, Entry] = {}
        if isinstance(node.value, dict):
            self.entries = dict(node.value)
        elif node.value is not None:
            report.note(node, f"'{name}' is not imported: it is not a mapping.")

    def take(self, *keys: str) -> Node | None:
        """Return the value of the first of `keys` that is set, and take all of them."""
        entries = [self.entries.pop(key, None) for key in keys]
        values = (entry.node for entry in entries if entry and entry.node.value is not None)
        return next(values, None)

    def text(self, *keys: str) -> str:
        """Take a scalar as text; empty if there is none. A list or a mapping is reported."""
        return as_text(self.take(*keys), self.report)

    def number(self, *keys: str) -> float | int | None:
        """Take a number, which may be written as text. Something else is reported."""
        node = self.take(*keys)
        if node is None:
            return None
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return node.value
        try:
            value = float(str(node.value))
        except ValueError:
            self.report.note(node, f"'{self.name}.{keys[0]}' is not imported: it is not a number.")
            return None
        return int(value) if value.is_integer() else value

    def data(self, *keys: str) -> Any:
        """Take a value of any kind as plain data, or None."""
        node = self.take(*keys)
        return None if node is None else to_data(node)

    def section(self, key: str) -> Section:
        """Take a mapping; an empty one if there is none."""
        node = self.take(key)
        return Section(node or Node({}, self.node.line, self.node.column), key, self.report)

    def items(self, key: str) -> Iterator[Node]:
        """Take a list. A single value is a list of one."""
        node = self.take(key)
        if node is not None:
            yield from node.value if isinstance(node.value, list) else [node]

    def finish(self) -> None:
        """Report every key that was not taken."""
        for key, entry in self.entries.items():
            where = f"{self.name}.{key}" if self.name else key
            self.report.note(entry, f"{quote(where, 80)} is not imported. {advice_on(key)}")
        self.entries = {}


def as_text(node: Node | None, report: Report) -> str:
    """Return a scalar as text; empty for None. A list or a mapping is reported."""
    if node is None or node.value is None:
        return ""
    if isinstance(node.value, dict | list):
        report.note(node, "This is not imported: it must be text.")
        return ""
    return str(node.value).strip()
