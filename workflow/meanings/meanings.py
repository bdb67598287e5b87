"""What the words of a business mean in the data sources: one version of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.yaml.tree import Path
from queryexpr.gate.operations import Document
from workflow.meanings.schema import SourceConfig


@dataclass(frozen=True, slots=True)
class SourceMeanings:
    """The meanings of one source. `lines` has the line of each part of the file, by its path."""

    source: str
    dialect: str
    config: SourceConfig
    file: str = "meanings.yaml"
    lines: Mapping[Path, int] = field(default_factory=dict)

    def place(self, *path: str | int) -> str:
        """Return where a part is, such as `meanings.yaml:12`."""
        return f"{self.file}:{self.lines.get(path, 0)}"

    def without_local(self) -> SourceMeanings:
        """Return these meanings without values that only local models may see."""
        values = {name: one for name, one in self.config.values.items() if not one.local}
        return replace(self, config=self.config.model_copy(update={"values": values}))

    @property
    def document(self) -> Document:
        """The measures, dimensions and joins as the gate takes them."""
        config = self.config
        measures = {
            name: {"expr": one.expr, "filter": one.filter, "place": self.place("measures", name)}
            for name, one in config.measures.items()
        }
        dimensions = {
            name: {"expr": one.expr, "place": self.place("dimensions", name)}
            for name, one in config.dimensions.items()
        }
        joins = [
            {**join.model_dump(), "place": self.place("joins", number)}
            for number, join in enumerate(config.joins)
        ]
        return {
            "dialect": self.dialect,
            "measures": _plain(measures),
            "dimensions": _plain(dimensions),
            "joins": _plain(joins),
            "hides": any(one.columns for one in config.never),
        }


@dataclass(frozen=True, slots=True)
class Meanings:
    """The meanings of all sources, by their name. `revision` identifies the file's content."""

    all: Mapping[str, SourceMeanings] = field(default_factory=dict)
    revision: str = ""
    file: str = ""

    def of(self, source: str) -> SourceMeanings | None:
        return self.all.get(source)


def _plain(value: Any) -> Any:
    """Return a value of the file as JSON has it: tuples are lists."""
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items()}
    return [_plain(child) for child in value] if isinstance(value, list | tuple) else value
