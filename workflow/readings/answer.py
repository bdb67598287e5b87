"""The readings of an answer: the query expression of a request, and the SQL of a second model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.asking import style_of
from workflow.basis import basis_of, is_demo
from workflow.readings.readings import Reading
from workflow.readings.search import told_apart

if TYPE_CHECKING:
    from registry.entities import Resolution
    from workflow.basis import Basis
    from workflow.pipeline.write import Written
    from workflow.readings.readings import Readings
    from workflow.subject import SchemaSubject

MIN_WORLDS = 100  # fewer say too little: a schema is very large, or the machine is busy


@dataclass(frozen=True, slots=True)
class Authors:
    """The models that wrote an answer's SQL and the query expression that came with the request.

    None for one that is not known, or not asked.
    """

    sql: Resolution | None
    ir: Resolution | None

    def of(self, written: Written) -> Resolution | None:
        """Return who wrote the SQL of an answer, or the demonstration model that it rests on."""
        own = self.ir if written.source == "compiled" else self.sql
        return next((one for one in (own, self.ir) if one and is_demo(one)), own)


async def readings_of(
    written: Written, authors: Authors, subject: SchemaSubject
) -> Readings | None:
    """Return what tells two queries apart that differ in their form; None if there are no two.

    What a demonstration model wrote is rarely right: no search is made for it.
    """
    compiled, judgement = written.compiled, written.result.judgement
    if written.source != "model" or written.agreement != "different" or compiled is None:
        return None
    if any(author and is_demo(author) for author in (authors.ir, authors.sql)):
        return None
    return await told_apart(
        (compiled.ir or {}, judgement.ir or {}),
        (
            Reading(_label(authors.ir, "ir"), compiled.sql or ""),
            Reading(_label(authors.sql, "sql"), judgement.sql or ""),
        ),
        subject,
    )


def _label(author: Resolution | None, otherwise: str) -> str:
    return author.id if author else otherwise


def basis_of_sql(written: Written, authors: Authors, readings: Readings | None) -> Basis | None:
    """Return the basis of SQL: who wrote it, and whether another model's query says the same."""
    asked, of_ir = authors.sql, authors.ir
    if written.source == "compiled" or asked is None:
        return basis_of(of_ir)
    if style_of(asked).is_told and of_ir and is_demo(of_ir):
        return "demo"  # its prompt has that query, which it may repeat
    alike = written.agreement == "same" or _none_found(readings)
    return basis_of(asked, of_ir if alike and not style_of(asked).is_told else None)


def _none_found(readings: Readings | None) -> bool:
    """Did enough small worlds not tell the two queries apart?"""
    if readings is None or readings.outcome != "no_difference_found":
        return False
    return readings.worlds >= MIN_WORLDS
