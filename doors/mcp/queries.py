"""Tools about queries: SQL and query expressions are judged in the gate. No model is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from doors.mcp.tool import Word
from workflow.agents import compare_queries, judge_ir, judge_sql
from workflow.bodies import Compare

if TYPE_CHECKING:
    from doors.mcp.tool import Caller

SQL = Annotated[str, Meta(description="One query: a SELECT.", min_length=1)]
Expression = Annotated[
    dict[str, Any],
    Meta(description='{"query": {…}}, as the resource aimodels://query-expression describes it.'),
]
Dialect = Annotated[
    Word,
    Meta(description="sqlite, postgres, mysql, … Empty: the data source's, or sqlite."),
]
Target = Annotated[Word, Meta(description="The dialect to write. Empty: the same dialect.")]
DDL = Annotated[str, Meta(description="CREATE TABLE statements, to check names and types.")]
SourceName = Annotated[
    Word, Meta(description="A data source whose schema is used, instead of `schema`.")
]


class CheckSQL(msgspec.Struct, forbid_unknown_fields=True):
    sql: SQL
    dialect: Dialect = ""
    target: Target = ""
    schema: DDL = ""
    source: SourceName = ""


class LiftSQL(msgspec.Struct, forbid_unknown_fields=True):
    sql: SQL
    dialect: Dialect = ""
    schema: DDL = ""
    source: SourceName = ""


class CompileQuery(msgspec.Struct, forbid_unknown_fields=True):
    query: Expression
    dialect: Dialect = ""
    schema: DDL = ""
    source: SourceName = ""


class CompareSQL(msgspec.Struct, forbid_unknown_fields=True):
    one: SQL
    other: SQL
    dialect: Dialect = ""
    schema: DDL = ""
    source: SourceName = ""


async def check_sql(arguments: CheckSQL, caller: Caller) -> dict[str, Any]:
    """Check SQL without running it: is it one query that only reads, do its names and types exist?
    Returns issues with remedies, an explanation in English, and the SQL written again for the
    target dialect.
    """
    a = arguments
    judged = await judge_sql(
        a.sql, a.dialect, a.target, a.schema, a.source, caller.principal.access
    )
    return {key: value for key, value in judged.items() if key != "ir"}


async def compare_sql(arguments: CompareSQL, caller: Caller) -> dict[str, Any]:
    """Look for a tiny database on which two queries return different rows, and return its rows,
    both results and a sentence that says what decides. No row of a data source is read. That none
    was found does not mean that the queries are equal.
    """
    a = arguments
    body = Compare(a.one, a.other, a.schema or None, a.dialect or None)
    return await compare_queries(body, a.source, caller.principal.access)


async def lift_sql(arguments: LiftSQL, caller: Caller) -> dict[str, Any]:
    """Turn SQL into a query expression: the query as JSON (`ir`), which has no way to express a
    write.
    """
    a = arguments
    return await judge_sql(a.sql, a.dialect, "", a.schema, a.source, caller.principal.access)


async def compile_query(arguments: CompileQuery, caller: Caller) -> dict[str, Any]:
    """Check a query expression and compile it to SQL of a dialect. Nothing is run."""
    a = arguments
    return await judge_ir(a.query, a.dialect, a.schema, a.source, caller.principal.access)
