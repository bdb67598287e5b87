"""The schema of a source as people may ask about it: with its meanings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from queryexpr.gate.operations import Document, check_meanings
from queryexpr.issues import Issue
from workflow.meanings.current import current
from workflow.meanings.never import allowed
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from workflow.meanings.meanings import SourceMeanings


async def meanings_of(source: str) -> SourceMeanings | None:
    """Return the meanings of a source. The first time, another thread reads the file."""
    if current.is_read:
        return current.of(source)
    return await asyncio.to_thread(current.of, source)


def with_meanings(schema: Document, meanings: SourceMeanings | None) -> Document:
    """Return the schema of a source, with what is defined there, without what must not be asked."""
    if meanings is None:
        return schema
    return {**allowed(schema, meanings), "meanings": meanings.document}


async def misfits(schema: Document, meanings: SourceMeanings | None) -> tuple[Issue, ...]:
    """Return a warning for each definition that the schema does not have, with its place."""
    if meanings is None:
        return ()
    (issues,) = (await sandbox.run(check_meanings([schema]))).issues
    return tuple(_placed(issue, meanings) for issue in issues)


def _placed(issue: Issue, meanings: SourceMeanings) -> Issue:
    _, _, kind, name, *_ = [*issue.pointer.split("/"), "", "", ""]
    place = meanings.place(kind, int(name) if name.isdecimal() else name)
    return replace(issue, message=f"{place}: {issue.message}", severity="warning")
