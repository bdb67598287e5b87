"""
The answer that a page shows and an Inquiry stores.

A stored answer has a version. One without a version is from before there were any: the fields of
both models' answers lie side by side in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from queryexpr.gate.operations import as_json
from workflow.answers import Answer, IRAnswer, SQLAnswer
from workflow.doubts.doubt import Doubt, Kind, doubt
from workflow.near.issues import CODES
from workflow.page.failure import Failure

VERSION = 1
Stored = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OldDoubt:
    """A doubt as answers stored it beside the models' own."""

    kind: Kind
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryAnswer:
    """The answer to a question: a query expression and, if that is valid, SQL of a second model.

    `no_writer` is the reason for having no second model. `clauses` are those of the query, as SQL.
    `failure` is the reason for having no answer at all.
    """

    dialect: str
    built: IRAnswer
    written: SQLAnswer | None = None
    no_writer: str = ""
    clauses: dict[str, str] = field(default_factory=dict)
    doubts: tuple[OldDoubt | str, ...] = ()  # of answers that did not have their own
    failure: Failure | None = None

    @property
    def final(self) -> Answer:
        return self.written or self.built

    @property
    def shown_doubts(self) -> tuple[Doubt | str, ...]:
        """The doubts that the page shows; a sentence about its basis has that of a demo model."""
        own = [one for one in self.final.doubts if one.kind != "demo"]
        old = (
            one if isinstance(one, str) else doubt(one.kind, one.name, one.place)
            for one in self.doubts
        )
        return (*own, *old)

    @property
    def sql(self) -> str:
        if self.written:
            return self.written.sql or ""
        return self.built.sql_preview.sql if self.built.sql_preview else ""


def to_stored(answer: InquiryAnswer) -> Stored:
    """Return an answer as Inquiry.answer has it.

    It has the names of columns whose values models saw, but no value, nor what rows have. Nor does
    it have the name of who confirmed a query: it is read again, for those who may see it.
    """
    stored: Stored = {"version": VERSION, **as_json(answer)}
    for part in filter(None, (stored["built"], stored["written"])):
        part["values"] = dict.fromkeys(part.get("values", ()), ())
        for judged in (part, *part.get("attempts", ())):
            judged["issues"] = [one for one in judged.get("issues", ()) if one["code"] not in CODES]
        if part.get("confirmed"):
            part["confirmed"] |= {"by": "", "text": ""}
    return stored


def from_stored(stored: Stored) -> InquiryAnswer:
    """Return the answer of Inquiry.answer, of any version."""
    return msgspec.convert(stored if "version" in stored else _upgraded(stored), InquiryAnswer)


def _upgraded(stored: Stored) -> Stored:
    """Return an answer without a version as version 1 has it.

    Fields of the SQL's answer are at the top level, or those of the query expression's again.
    """
    return {
        "dialect": stored["dialect"],
        "built": stored["built"],
        "written": stored if "agreement" in stored else None,
        "no_writer": stored.get("no_writer", ""),
        "clauses": stored.get("clauses", {}),
    }
