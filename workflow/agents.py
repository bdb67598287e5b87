"""
What agents get of the workflow: queries judged, data sources listed and asked. All is plain JSON.

An agent passes what it reads to a model that the portal does not know. A source whose schema stays
in the house is therefore not there for agents.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from core.errors import PortalError
from core.text import did_you_mean, quote
from queryexpr.dialects.all import DEFAULT
from queryexpr.gate.operations import Document, Schema, as_json, check_ir, check_sql
from workflow.bodies import BuildIR, Compare
from workflow.confirming.place import with_confirmed
from workflow.doubts.doubt import doubt
from workflow.meanings.cited import cited
from workflow.meanings.known import meanings_of, with_meanings
from workflow.readings.compare import compared
from workflow.running import judged_by_source, may_run, run_ir
from workflow.sandbox import sandbox
from workflow.service import build_ir
from workflow.sources.fitting import known_tables
from workflow.sources.loaded import sources
from workflow.sources.reading import read_schema_of
from workflow.sources.run import PERMISSION
from workflow.subject import read_dialect, read_subject

if TYPE_CHECKING:
    from core.access import Access
    from core.auth.principals import Principal
    from core.http.call import Call
    from queryexpr.gate.operations import Judgement, Operation
    from workflow.asker import Report
    from workflow.sources.result.result import Result
    from workflow.sources.result.table import Cell
    from workflow.sources.source import Source

    Rows = tuple[tuple[Cell, ...], ...]

BOTH = "Give a schema or a source, not both."
MAX_ROWS = 200
MAX_TEXT = 1000  # characters of a cell
MAX_CHARACTERS = 40_000  # of all cells: some agents refuse answers of more than 25,000 tokens


def visible_sources(access: Access) -> dict[str, Source]:
    """Return the sources for agents of those who have `access`, by name."""
    seen = sources().visible(access)
    return {source.name: source for source in seen if not source.local_only}


def get_source(name: str, access: Access) -> Source:
    """Return a source. Raises PortalError `not_found`, also if it is for others, or not for agents.

    Someone who sees it on the pages learns why it is not here.
    """
    seen = visible_sources(access)
    if name in seen:
        return seen[name]
    if name in {source.name for source in sources().visible(access)}:
        message = f"The schema of {quote(name)} stays in the house: ask it on the page /workflow."
        raise PortalError("permission_denied", message, param="source")
    message = f"There is no data source {quote(name)} for you.{did_you_mean(name, seen)}"
    raise PortalError("not_found", message, param="source")


async def describe(source: Source) -> dict[str, Any]:
    """Return the public fields of a source, with the tables that can be asked now.

    `left_out` has the listed ones that cannot, and `note` why there is none at all.
    """
    try:
        tables, note = known_tables(source, await _schema_of(source)), ""
    except PortalError as error:
        tables, note = [], error.message
    return {
        "name": source.name,
        "title": source.title,
        "dialect": source.dialect,
        "tables": tables,
        "left_out": [table for table in source.tables if table not in tables],
        "note": note,
        "runs_queries": source.run,
    }


async def source_schema(name: str, access: Access) -> Document:
    """Return `{"tables": […]}` of a source, with `meanings` if it has some. Raises PortalError."""
    return await _schema_of(get_source(name, access))


async def _schema_of(source: Source) -> Document:
    known = await read_schema_of(source)
    return with_meanings(known.document, await meanings_of(source.name))


def expression_schema() -> Document:
    """Return the JSON Schema of query expressions."""
    from queryexpr.document.profiles import schema  # classes that only this needs

    return schema("canonical")


async def judge_sql(
    sql: str, dialect: str, target: str, schema: str, source: str, access: Access
) -> Document:
    """Return the judgement of SQL of `dialect`, written for `target`, by default the same.

    Its names are checked if there is a schema: DDL, or the name of a source.
    """
    names, default = await _names(schema, source, dialect or target, access)
    own = read_dialect(dialect) if dialect else default
    operation = check_sql(sql, own, read_dialect(target) if target else own, names)
    return await _judged(operation, source)


async def judge_ir(ir: Document, target: str, schema: str, source: str, access: Access) -> Document:
    """Return the judgement of a query expression, compiled to SQL of `target`."""
    names, default = await _names(schema, source, target, access)
    return await _judged(check_ir(ir, default, names), source)


async def _names(
    schema: str, source: str, dialect: str, access: Access
) -> tuple[Schema | None, str]:
    """Return the schema whose names a query may use, and the dialect. Raises PortalError."""
    if schema and source:
        raise PortalError("invalid_request", BOTH, param="source")
    if not schema and not source:
        return None, read_dialect(dialect) if dialect else DEFAULT.name
    given: Schema = {"source": get_source(source, access).name} if source else schema
    subject = await read_subject(given, None if source else dialect or None, access)
    return subject.schema, read_dialect(dialect) if dialect else subject.dialect


async def _judged(operation: Operation[Judgement], source: str) -> Document:
    judgement = await sandbox.run(operation)
    meanings = cited(judgement.meanings, await meanings_of(source) if source else None)
    return {**as_json(judgement), "meanings": as_json(meanings)}


async def compare_queries(body: Compare, source: str, access: Access) -> Document:
    """Return the small world that tells two queries apart, or that none was found."""
    if source:
        if body.schema:
            raise PortalError("invalid_request", BOTH, param="source")
        body = structs.replace(body, schema={"source": get_source(source, access).name})
    subject = await read_subject(body.schema, body.dialect, access)
    return dict(as_json(await compared(body, subject)))


async def ask_source(
    name: str, body: BuildIR, principal: Principal, call: Call, report: Report, *, run: bool
) -> Document:
    """Return the query that answers a question about a source, and with `run` also its rows.

    Who may not run queries is refused before a model is asked. Raises PortalError.
    """
    source = get_source(name, principal.access)
    if run:
        await _check_may_run(source, principal)
    subject = await read_subject({"source": source.name}, None, principal.access)
    subject = subject.without_values()  # the answer, which could quote one, is for other models
    subject = await judged_by_source(subject, principal)
    subject = await with_confirmed(subject, principal)
    answer = await build_ir(body, subject, principal.access, call, report)
    document = {**as_json(answer), "source": source.name, "result": None}
    document["attempts"] = len(answer.attempts)  # replies word for word are not for other models
    if run and answer.valid and answer.ir is not None:
        result = await run_ir(source.name, answer.ir, principal)
        document["result"] = cut(result)
        if not result.rows:
            document["doubts"].append(as_json(doubt("empty")))
    return document


def cut(result: Result) -> Document:
    """Return as much of a result as an agent's model can read, and a note if that is not all."""
    rows = _readable(result.rows[:MAX_ROWS])
    cut = replace(result, rows=rows, truncated=result.truncated or rows != result.rows)
    note = f"This is not all: {len(rows)} rows. Ask for fewer rows, or for shorter columns."
    return {**as_json(cut), "note": note if cut.truncated else ""}


def _readable(rows: Rows) -> Rows:
    """Return the first of `rows`, at least one, with long texts cut."""
    kept: list[tuple[Cell, ...]] = []
    left = MAX_CHARACTERS
    for row in rows:
        short = tuple(_short(cell) for cell in row)
        left -= sum(len(str(cell)) for cell in short)
        if left < 0 and kept:
            break
        kept.append(short)
    return tuple(kept)


def _short(cell: Cell) -> Cell:
    is_long = isinstance(cell, str) and len(cell) > MAX_TEXT
    return f"{str(cell)[:MAX_TEXT]}…" if is_long else cell


async def _check_may_run(source: Source, principal: Principal) -> None:
    if not source.run:
        message = f"No queries are run on {source.name}. Ask without `run`."
        raise PortalError("permission_denied", message, param="run")
    if await may_run(source.name, principal) is None:
        message = f"Running queries needs the permission {PERMISSION}. Ask without `run`."
        raise PortalError("permission_denied", message, param="run")
