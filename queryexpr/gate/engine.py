"""
What the worker does, by name. `answer` runs an operation here; `run` takes and returns JSON.

Everything that parses, checks and writes queries is reached through here, so that one process can
do it under a deadline, and a caller's own process has none of it in its memory.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from queryexpr.check.check import check
from queryexpr.check.checker import Checked
from queryexpr.clauses.clauses import clauses as split
from queryexpr.clauses.clauses import compose as joined
from queryexpr.compare import same
from queryexpr.dialects.all import DIALECTS
from queryexpr.document.profiles import reply_schema
from queryexpr.document.read import read
from queryexpr.document.simple import simple_schema
from queryexpr.gate.definitions import define, faults
from queryexpr.gate.judge import judge_ir, judge_sql
from queryexpr.gate.literals import texts_of
from queryexpr.gate.operations import (
    Agreement,
    Clauses,
    Context,
    Definitions,
    Document,
    Judgement,
    Operation,
    Tables,
    Texts,
    as_json,
)
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import lift
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.prune import prune
from queryexpr.schema.render import to_ddl, to_json
from queryexpr.worlds.search import TODAY, tell_apart
from queryexpr.worlds.world import Found

T = TypeVar("T")
MAX_SECONDS = 10.0  # of a search for a small world: the caller's deadline is usually sooner


def schema(schema: Any, dialect: str) -> Tables:
    """Return the tables of a schema, which is DDL or `{"tables": …}`, and their issues."""
    catalogue, issues = catalogue_of(schema, dialect)
    return Tables(tuple(to_json(catalogue)["tables"]), issues)


def definitions(documents: list[Any]) -> Definitions:
    """Return what is wrong with each document's meanings, in its tables if it has some."""
    return Definitions(tuple(map(faults, documents)))


def sql(sql: str, source: str, target: str, schema: Any = None) -> Judgement:
    """Judge SQL; see judge.judge_sql."""
    catalogue = catalogue_of(schema, source)[0] if schema is not None else None
    return judge_sql(sql, DIALECTS[source], DIALECTS[target], catalogue)


def ir(ir: Any, target: str, schema: Any = None) -> Judgement:
    """Judge a query expression; see judge.judge_ir."""
    catalogue = catalogue_of(schema, target)[0] if schema is not None else None
    return judge_ir(ir, DIALECTS[target], catalogue)


def clauses(ir: Any, target: str, schema: Any) -> Clauses:
    """Return a valid query expression's clauses as SQL; see clauses.clauses."""
    catalogue = catalogue_of(schema, target)[0]
    return Clauses(split(read(ir), DIALECTS[target], catalogue))


def compose(clauses: dict[str, Any], target: str, schema: Any) -> Judgement:
    """Judge the query that edited clauses make."""
    document = joined(clauses, DIALECTS[target]).as_dict()
    return ir(document, target, schema)


def agreement(one: Any, other: Any, dialect: str, schema: Any) -> Agreement:
    """Compare two valid query expressions by their form. Each may also be SQL of `dialect`."""
    catalogue = catalogue_of(schema, dialect)[0]
    return Agreement(same(*(_checked(query, dialect, catalogue) for query in (one, other))))


def texts(ir: Any, target: str, schema: Any) -> Texts:
    """Return the texts that a valid query expression compares with columns."""
    catalogue = catalogue_of(schema, target)[0]
    return Texts(texts_of(_checked(ir, target, catalogue), DIALECTS[target], catalogue))


def small_world(
    one: Any,
    other: Any,
    dialect: str,
    schema: Any,
    seconds: float,
    must_show: bool,
    today: str,
) -> Found:
    """Look for a world on which two valid queries differ; see operations.small_world."""
    catalogue = catalogue_of(schema, dialect)[0]
    first, second = (_checked(query, dialect, catalogue) for query in (one, other))
    return tell_apart(
        first.expression, second.expression, DIALECTS[dialect], catalogue,
        seconds=min(seconds, MAX_SECONDS), must_show=must_show,
        today=datetime.date.fromisoformat(today) if today else TODAY,
    )  # fmt: skip


def _checked(query: Any, dialect: str, catalogue: Catalogue) -> Checked:
    """Check a query expression, or SQL of `dialect`. A text in double quotes is no column."""
    quoted: set[int] = set()
    if isinstance(query, str):
        lifted = lift(query, DIALECTS[dialect])
        expression, quoted = lifted.expression, lifted.quoted
    else:
        expression = read(query)
    source = DIALECTS.get(expression.dialect or dialect, DIALECTS[dialect])
    return check(expression, source, catalogue, strict_groups=False, quoted=quoted)


def context(schema: Any, dialect: str, question: str, budget: int, form: str) -> Context:
    """Return what a prompt says of a schema.

    `budget` is in characters of DDL. `form` is how the model's reply is constrained: a profile of
    the query expression, `simple`, or empty.
    """
    whole, _ = catalogue_of(schema, dialect)
    catalogue, dropped = prune(whole, question, budget)
    ddl = to_ddl(catalogue, DIALECTS[dialect], comments=True)
    narrowed = replace(catalogue, meanings=whole.meanings)
    return Context(ddl, tuple(dropped), _reply(form, narrowed))


def _reply(form: str, catalogue: Catalogue) -> Document | None:
    if form == "simple":
        return simple_schema(catalogue)
    return reply_schema(form, catalogue) if form in ("openai-strict", "grammar") else None


def catalogue_of(schema: Any, dialect: str) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the tables of a schema, as DDL of `dialect` or `{"tables": …}`. Raises Refused.

    The latter may have `meanings`; definitions that are wrong are left out, each with an issue.
    """
    if isinstance(schema, str):
        return _of_ddl(schema, dialect)
    return _of_json(json.dumps(schema))


@lru_cache(maxsize=32)
def _of_ddl(text: str, dialect: str) -> tuple[Catalogue, tuple[Issue, ...]]:
    return read_ddl(text, DIALECTS[dialect])


@lru_cache(maxsize=32)
def _of_json(text: str) -> tuple[Catalogue, tuple[Issue, ...]]:
    document = json.loads(text)
    meanings = document.pop("meanings", None) if isinstance(document, dict) else None
    catalogue, issues = read_tables(document)
    if meanings is None:
        return catalogue, issues
    defined, wrong = define(catalogue, meanings)
    return defined, (*issues, *wrong)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "schema": schema,
    "definitions": definitions,
    "sql": sql,
    "ir": ir,
    "agreement": agreement,
    "clauses": clauses,
    "compose": compose,
    "context": context,
    "small_world": small_world,
    "texts": texts,
}
TOO_LARGE = Issue("too_large", "The query takes too much memory.")


def answer(operation: Operation[T]) -> T:
    """Do an operation in this process. Raises Refused, unless a refusal is a judgement."""
    try:
        result: T = OPERATIONS[operation.name](**operation.arguments)
    except Refused as refused:
        return operation.refusal(refused.issues)
    return result


def run(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do an operation for another process. A refusal returns as `{"refused": [issue, …]}`."""
    try:
        result: dict[str, Any] = as_json(OPERATIONS[name](**arguments))
    except Refused as refused:
        return {"refused": as_json(refused.issues)}
    except MemoryError:
        return {"refused": as_json((TOO_LARGE,))}
    return result
