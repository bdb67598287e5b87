"""Why a confirmation is stale: a part of the schema, or a meaning, that is not as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, gettext_noop

SENTENCES = {
    "table": gettext_noop("There is no table {name} any more."),
    "column": gettext_noop("There is no column {name} any more."),
    "type": gettext_noop("{name} was {before} and is {after}."),
    "meaning": gettext_noop("The definition has changed: {name} ({after})."),
    "no meaning": gettext_noop("The definition is gone: {name}."),
    "gate": gettext_noop("The query is not valid any more: {name}"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `place` is where a meaning is defined now; empty if it is gone.

    `gate`: the query does not pass the gate, or the database refuses it; `name` says why.
    """

    kind: Literal["table", "column", "type", "meaning", "gate"]
    name: str
    before: str = ""
    after: str = ""
    place: str = ""

    def __str__(self) -> str:
        """The sentence in English, for programs."""
        return self._filled(self._sentence)

    @property
    def shown(self) -> str:
        """The sentence in the reader's language."""
        return self._filled(gettext(self._sentence))

    @property
    def _sentence(self) -> str:
        gone = self.kind == "meaning" and not self.place
        return SENTENCES["no meaning" if gone else self.kind]

    def _filled(self, sentence: str) -> str:
        after = self.place or self.after or "–"
        return sentence.format(name=self.name, before=self.before or "–", after=after)
