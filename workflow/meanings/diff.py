"""What an edit of the file of meanings changes. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from workflow.meanings.meanings import Meanings, SourceMeanings
from workflow.meanings.schema import SourceConfig

Kind = Literal["added", "removed", "changed"]
_DECIDING = ("expr:", "filter:", "on:", "relationship:")  # fields of a definition
SIGNS: dict[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}


class Change(NamedTuple):
    """One definition that an edit changes. `details` has the fields, before and after."""

    kind: Kind
    source: str
    part: str  # measures, joins, …
    name: str
    place: str
    details: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Does it change what a query gives, and not only what is said of it?"""
        return (
            self.part == "codes"
            or self.kind == "removed"
            or any(detail.startswith(_DECIDING) for detail in self.details)
        )

    def __str__(self) -> str:
        line = f"{SIGNS[self.kind]} {self.source}: {self.part} {self.name}  ({self.place})"
        return "\n    ".join([line, *self.details])


def changes(old: Meanings, new: Meanings) -> list[Change]:
    """Return what an edit from `old` to `new` changes."""
    return [
        change
        for source in dict.fromkeys([*old.all, *new.all])
        for change in _of_source(source, old.of(source), new.of(source))
    ]


def _of_source(
    source: str, old: SourceMeanings | None, new: SourceMeanings | None
) -> Iterator[Change]:
    for part in SourceConfig.model_fields:
        before, after = _parts(old, part), _parts(new, part)
        for name in dict.fromkeys([*before, *after]):
            if before.get(name) == after.get(name):
                continue
            kind: Kind = "changed" if name in before and name in after else "added"
            kind = "removed" if name not in after else kind
            known, value = (old, before[name]) if kind == "removed" else (new, after[name])
            assert known is not None
            details = _details(before[name], value) if kind == "changed" else ()
            yield Change(
                kind, source, part, name, known.place(part, _key(known, part, name)), details
            )


def _parts(meanings: SourceMeanings | None, part: str) -> dict[str, Any]:
    """Return the definitions of a kind by name; those of lists by what they are about."""
    value = getattr(meanings.config, part) if meanings else {}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return {_title(one): one.model_dump() for one in value}


def _plain(one: Any) -> Any:
    return one.model_dump() if hasattr(one, "model_dump") else one


def _title(one: Any) -> str:
    if hasattr(one, "on"):
        return f"{one.left} → {one.right}"
    return ", ".join((*one.tables, *one.columns, *one.topics))


def _key(meanings: SourceMeanings, part: str, name: str) -> str | int:
    value = getattr(meanings.config, part)
    if isinstance(value, Mapping):
        return name
    return next(number for number, one in enumerate(value) if _title(one) == name)


def _details(before: Any, after: Any) -> tuple[str, ...]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return (f"{_text(before)} → {_text(after)}",)
    names = dict.fromkeys([*before, *after])
    return tuple(
        f"{name}: {_text(before.get(name))} → {_text(after.get(name))}"
        for name in names
        if before.get(name) != after.get(name)
    )


def _text(value: Any) -> str:
    if isinstance(value, str) or not value:
        return value or "–"
    return json.dumps(value, ensure_ascii=False)
