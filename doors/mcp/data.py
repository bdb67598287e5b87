"""Tools about data sources: which there are, and questions to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from doors.mcp.tool import Word
from workflow import agents
from workflow.bodies import BuildIR, Question

if TYPE_CHECKING:
    from doors.mcp.tool import Caller
    from workflow.pipeline.steps import Progress


class ListDataSources(msgspec.Struct, forbid_unknown_fields=True):
    pass


class AskDataSource(msgspec.Struct, forbid_unknown_fields=True):
    source: Annotated[Word, Meta(description="The name of the data source.", min_length=1)]
    question: Annotated[Question, Meta(description="The question, in any language.")]
    model: Annotated[Word, Meta(description="The ID of a chat model. Empty: the default.")] = ""
    run: Annotated[bool, Meta(description="Also run the query. Needs a permission.")] = False


async def list_data_sources(arguments: ListDataSources, caller: Caller) -> dict[str, Any]:
    """List the databases that you may ask, with the tables that can be asked now. The resources
    have their columns.
    """
    seen = agents.visible_sources(caller.principal.access)
    return {"sources": await asyncio.gather(*map(agents.describe, seen.values()))}


async def ask_data_source(arguments: AskDataSource, caller: Caller) -> dict[str, Any]:
    """Ask a database a question in plain language. A model writes a query expression, which is
    checked and compiled to SQL. Only with `run` it is run, on a connection that cannot write, and
    `result` has the rows. `outcome` is ok, invalid, ambiguous or unanswerable.
    """

    async def report(progress: Progress) -> None:
        await caller.report(f"{progress.step}, attempt {progress.attempt}")

    body = BuildIR(arguments.question, model=arguments.model or None)
    return await agents.ask_source(
        arguments.source, body, caller.principal, caller.call, report, run=arguments.run
    )
