"""
What the worker does, by name: JSON in, JSON out.

Everything that parses, checks and writes queries is reached through here, so that one process can
do it under a deadline, and the portal's own has none of it in its memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from queryexpr.check.check import check
from queryexpr.clauses.clauses import clauses as split
from queryexpr.clauses.clauses import compose as joined
from queryexpr.compare import same
from queryexpr.dialects.all import DIALECTS
from queryexpr.document.profiles import reply_schema
from queryexpr.document.read import read
from queryexpr.document.simple import simple_schema
from queryexpr.gate.judge import judge_ir, judge_sql
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import lift
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.prune import prune
from queryexpr.schema.render import to_ddl, to_json

Answer = dict[str, Any]


def schema(schema: Any, dialect: str) -> Answer:
    """Return what a schema has: `{tables, issues}`. `schema` is DDL or `{"tables": …}`."""
    catalogue, issues = catalogue_of(schema, dialect)
    return {**to_json(catalogue), "issues": _issues(issues)}


def sql(sql: str, source: str, target: str, schema: Any = None) -> Answer:
    """Judge SQL; see judge.judge_sql."""
    catalogue = catalogue_of(schema, source)[0] if schema is not None else None
    return judge_sql(sql, DIALECTS[source], DIALECTS[target], catalogue).as_dict()


def ir(ir: Any, target: str, schema: Any = None) -> Answer:
    """Judge a query expression; see judge.judge_ir."""
    catalogue = catalogue_of(schema, target)[0] if schema is not None else None
    return judge_ir(ir, DIALECTS[target], catalogue).as_dict()


def clauses(ir: Any, target: str, schema: Any) -> Answer:
    """Return `{"clauses": …}`: a valid query expression's clauses as SQL; see query.clauses."""
    catalogue = catalogue_of(schema, target)[0]
    return {"clauses": split(read(ir), DIALECTS[target], catalogue)}


def compose(clauses: dict[str, Any], target: str, schema: Any) -> Answer:
    """Judge the query that edited clauses make."""
    document = joined(clauses, DIALECTS[target]).as_dict()
    return ir(document, target, schema)


def agreement(one: Any, other: Any, dialect: str, schema: Any) -> Answer:
    """Return `{"same": …}`: do two valid query expressions ask the same, as far as form tells?

    Each may be SQL of `dialect` as well.
    """
    catalogue, found = catalogue_of(schema, dialect)[0], DIALECTS[dialect]
    queries = [lift(q, found).expression if isinstance(q, str) else read(q) for q in (one, other)]
    checked = [check(query, found, catalogue) for query in queries]
    return {"same": same(*checked)}


def context(schema: Any, dialect: str, question: str, budget: int, form: str) -> Answer:
    """Return what a prompt says of a schema: `{ddl, dropped, reply}`.

    `budget` is in characters of DDL. `form` is how the model's reply is constrained: a profile of
    the query expression, `simple`, or empty; `reply` is the JSON Schema for it, or null.
    """
    whole, _ = catalogue_of(schema, dialect)
    catalogue, dropped = prune(whole, question, budget)
    ddl = to_ddl(catalogue, DIALECTS[dialect], comments=True)
    return {"ddl": ddl, "dropped": [*dropped], "reply": _reply(form, catalogue)}


def _reply(form: str, catalogue: Catalogue) -> Answer | None:
    if form == "simple":
        return simple_schema(catalogue)
    return reply_schema(form, catalogue) if form in ("openai-strict", "grammar") else None


def catalogue_of(schema: Any, dialect: str) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the tables of a schema, as DDL of `dialect` or `{"tables": …}`. Raises Refused."""
    if isinstance(schema, str):
        return _of_ddl(schema, dialect)
    return _of_json(json.dumps(schema))


@lru_cache(maxsize=32)
def _of_ddl(text: str, dialect: str) -> tuple[Catalogue, tuple[Issue, ...]]:
    return read_ddl(text, DIALECTS[dialect])


@lru_cache(maxsize=32)
def _of_json(text: str) -> tuple[Catalogue, tuple[Issue, ...]]:
    return read_tables(json.loads(text))


def _issues(issues: tuple[Issue, ...]) -> list[Answer]:
    return [issue.as_dict() for issue in issues]


OPERATIONS: dict[str, Callable[..., Answer]] = {
    "schema": schema,
    "sql": sql,
    "ir": ir,
    "agreement": agreement,
    "clauses": clauses,
    "compose": compose,
    "context": context,
}


def run(name: str, arguments: Answer) -> Answer:
    """Do one operation. What is refused returns as `{"refused": [issue, …]}`."""
    try:
        return OPERATIONS[name](**arguments)
    except Refused as refused:
        return {"refused": _issues(refused.issues)}
    except MemoryError:
        return {"refused": [Issue("too_large", "The query takes too much memory.").as_dict()]}
