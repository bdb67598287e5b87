"""The meanings in use, as rows with their places, for the admin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from workflow.meanings.meanings import Meanings, SourceMeanings
from workflow.meanings.schema import SourceConfig


class Row(NamedTuple):
    """One definition: what it is, what it says, and the line of the file that says so."""

    source: str
    part: str
    name: str
    text: str
    owner: str
    place: str


def rows(meanings: Meanings) -> list[Row]:
    """Return all definitions, in the file's order of sources and in the order of their kinds."""
    return [row for source in meanings.all.values() for row in _rows(source)]


def _rows(source: SourceMeanings) -> Iterator[Row]:
    for part in SourceConfig.model_fields:
        value = getattr(source.config, part)
        items: Any = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, one in items:
            fields = one.model_dump(exclude_defaults=True) if hasattr(one, "model_dump") else one
            owner = fields.pop("owner", "") if isinstance(fields, dict) else ""
            name = key if isinstance(key, str) else ""
            yield Row(source.source, part, name, _text(fields), owner, source.place(part, key))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)
