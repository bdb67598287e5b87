"""
The file of meanings → Meanings, or ConfigError with every mistake and its place.

    meanings:
      sales:                       # a data source
        measures:
          net_revenue: SUM(orders.total)

Its SQL is read in a process of the gate: `gate` takes meanings and returns what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from core.errors import ConfigError, Problem
from core.text import did_you_mean, quote
from core.yaml.errors import Mistake
from core.yaml.sections import Sections, read_sections
from core.yaml.tree import Node, Path, place, problem_at
from queryexpr.gate.operations import Definitions, Document
from registry.config.load import revision_of
from workflow.meanings.meanings import Meanings, SourceMeanings
from workflow.meanings.names import misnamed
from workflow.meanings.places import place_of
from workflow.meanings.schema import SourceConfig, in_full, misshapen
from workflow.sources.source import Source

Gate = Callable[[list[Document]], Definitions]
KEY = "meanings"
_NONE = "No meanings are listed. List some, or delete the file."
_FORM = "source: {measures: …}"


def load(
    source: bytes,
    sources: Mapping[str, Source],
    gate: Gate,
    schemas: Mapping[str, Document] | None = None,
    file: str = "meanings.yaml",
) -> Meanings:
    """Return the meanings in `source`. Raises ConfigError, which names `file`.

    `schemas` are those of sources that are known: names of tables and columns are checked there.
    """
    try:
        sections = read_sections(source, KEY, _NONE, _FORM)
        known = _read(sections, sources, file)
        _check(known, sections.root, source.decode("utf-8-sig"), gate, schemas or {})
    except ConfigError as error:
        raise ConfigError(error.problems, file) from None
    return Meanings(known, revision_of(source), file)


def _read(
    sections: Sections, sources: Mapping[str, Source], file: str
) -> dict[str, SourceMeanings]:
    root, sections_by_name, problems = sections
    known: dict[str, SourceMeanings] = {}
    for name, section in sections_by_name.items():
        full, source = in_full(section), sources.get(name)
        mistakes = misshapen(full)
        if source is None:
            message = f"There is no data source {quote(name)}.{did_you_mean(name, sources)}"
            mistakes.append(Mistake((), message, at_key=True))
        elif not mistakes:
            config = SourceConfig.model_validate(full)
            mistakes += misnamed(config, source)
            lines = _lines(root, name)
            known[name] = SourceMeanings(name, source.dialect, config, file, lines)
        problems += [
            problem_at(root, (KEY, name, *path), message, at_key)
            for path, message, at_key in mistakes
        ]
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return known


def _lines(root: Node, name: str) -> dict[Path, int]:
    """Return the lines of the parts of a section, two levels deep."""
    section = root.value[KEY].node.value[name].node
    return {path: place(root, (KEY, name, *path), at_key=True)[0] for path in _paths(section)}


def _paths(section: Node) -> Iterator[Path]:
    for kind, entry in section.value.items():
        inner = entry.node.value
        if isinstance(inner, dict | list):
            keys: Any = inner if isinstance(inner, dict) else range(len(inner))
            yield from ((kind, key) for key in keys)


def _check(
    known: dict[str, SourceMeanings],
    root: Node,
    text: str,
    gate: Gate,
    schemas: Mapping[str, Document],
) -> None:
    """Raise ConfigError for what the gate finds wrong."""
    if not known:
        return
    documents = [
        {"meanings": one.document, "tables": schemas.get(name, {}).get("tables")}
        for name, one in known.items()
    ]
    found = gate(documents).issues
    problems = [
        Problem(*place_of(issue, root, (KEY, name), text), issue.message)
        for name, issues in zip(known, found, strict=True)
        for issue in issues
    ]
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
