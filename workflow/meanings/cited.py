"""The meanings that an answer rests on, each with who defined it and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext

from queryexpr.gate.operations import Used
from workflow.meanings.meanings import SourceMeanings


@dataclass(frozen=True, slots=True)
class Cited:
    """A measure or a dimension of a query. `text` says so in English, for programs and agents."""

    kind: Literal["measure", "dimension"]
    name: str
    place: str = ""
    owner: str = ""
    description: str = ""
    text: str = ""

    @property
    def label(self) -> str:
        """Its name as people write it."""
        return self.name.replace("_", " ")

    @property
    def shown(self) -> str:
        """The sentence in the reader's language."""
        if self.owner and self.place:
            sentence = gettext("{name} as {owner} defines it ({place})")
        elif self.place:
            sentence = gettext("{name} as defined in {place}")
        else:
            sentence = gettext("{name} as the schema defines it")
        return sentence.format(name=self.label, owner=self.owner, place=self.place)


def cited(used: Iterable[Used], meanings: SourceMeanings | None) -> tuple[Cited, ...]:
    """Return what an answer says of the meanings that its query has."""
    return tuple(_cited(one, meanings) for one in used)


def _cited(used: Used, meanings: SourceMeanings | None) -> Cited:
    known = getattr(meanings.config, f"{used.kind}s") if meanings else {}
    one = known.get(used.name)
    owner, about = (one.owner, one.description) if one else ("", "")
    label, place = used.name.replace("_", " "), used.place
    by = f"as {owner} defines it ({place})" if owner else f"as defined in {place}"
    text = f"{label} {by if place else 'as the schema defines it'}"
    return Cited(used.kind, used.name, place, owner, about, text)
