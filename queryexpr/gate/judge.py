"""
The gate: what a query must pass before it is called valid, in this order.

1. Its size, before anything is parsed.
2. One statement, and that a query (`lift`).
3. Only what the query expression can say: no writes, no locks, no settings, no variables, and no
   function that is not in a list (`lift`).
4. Its tables and columns are in the schema; aggregates and groups make sense (`check`).
5. It is written again from the query expression: no text of the caller's or the model's survives,
   and no comment (`compile_sql`).
6. What was written reads back as what was checked (`check_written`).
7. A real engine takes it, on an empty database (`bind`).

All of it is one function, from text to a Judgement, which `worker` calls under a deadline. The
gate is a second wall; the first is a connection that cannot write.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from queryexpr.check.check import check
from queryexpr.check.checker import Checked
from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.document.read import read
from queryexpr.explain.explain import explain
from queryexpr.expression import QueryExpression
from queryexpr.gate.bind import bind
from queryexpr.gate.operations import Judgement
from queryexpr.gate.readback import check_written
from queryexpr.gate.used import used
from queryexpr.issues import Issue, Refused, errors
from queryexpr.lift.lift import Lifted, Unlisted, lift, located
from queryexpr.lift.reader import TOO_DEEP
from queryexpr.lint.lint import lint
from queryexpr.lint.translated import translated
from queryexpr.lint.versions import versions
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.compile import builder_of, compile_sql, in_dialect

MAX_BYTES = 64 * 1024  # bytes of a query expression
MAX_ISSUES = 50


def judge(
    query: Any,
    target: Dialect,
    catalogue: Catalogue | None = None,
    *,
    source: Dialect | None = None,
) -> Judgement:
    """Judge a query, and write it as SQL of `target`.

    `query` is a query expression as parsed JSON, or SQL of `source`, by default of `target`.
    """
    if isinstance(query, str):
        return judge_sql(query, source or target, target, catalogue)
    return judge_ir(query, target, catalogue)


def judge_sql(
    sql: str, source: Dialect, target: Dialect, catalogue: Catalogue | None = None
) -> Judgement:
    """Judge SQL of `source`, and write it again for `target`.

    A column outside of GROUP BY is an error where `target` does not take it, else a warning.
    """
    try:
        lifted = lift(sql, source)
        checked = _checked(lifted, source, target, catalogue)
    except Unlisted as refused:
        return Judgement(issues=_with_others(refused, source, target, catalogue))
    except Refused as refused:
        return Judgement(issues=refused.issues)
    except RecursionError:
        return Judgement(issues=(TOO_DEEP,))
    judged = _judge(checked, target, catalogue)
    return replace(judged, issues=located(judged.issues, lifted, source))


def _checked(
    lifted: Lifted, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> Checked:
    strict = target.groups_are_strict
    return check(lifted.expression, source, catalogue, quoted=lifted.quoted, strict_groups=strict)


def _with_others(
    refused: Unlisted, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> tuple[Issue, ...]:
    """Return the issues of a query with functions that may not be called, and its others.

    There is no query expression of it, into which pointers and fixes could lead.
    """
    try:
        checked = _checked(refused.lifted, source, target, catalogue)
    except (Refused, RecursionError):
        return refused.issues
    calls = [issue.pointer for issue in checked.issues if issue.code == "function"]
    found = located(checked.issues, refused.lifted, source)
    others = (
        replace(issue, pointer="", fix=())
        for issue in found
        if issue.code != "function"  # which may be an aggregate
        and not (issue.code == "group_by" and any(c.startswith(issue.pointer) for c in calls))
    )
    return (*refused.issues, *others)[:MAX_ISSUES]


def judge_ir(document: Any, target: Dialect, catalogue: Catalogue | None = None) -> Judgement:
    """Judge a query expression, as parsed JSON, and write it as SQL of `target`.

    One that was not lifted must name each column in GROUP BY, whatever `target` takes.
    """
    try:
        _check_size(document)
        expression = read(document)
        source = _source(expression, target)
        strict = target.groups_are_strict or expression.dialect is None
        checked = check(expression, source, catalogue, strict_groups=strict)
    except Refused as refused:
        return Judgement(issues=refused.issues)
    except RecursionError:
        return Judgement(issues=(TOO_DEEP,))
    return _judge(checked, target, catalogue)


def _check_size(document: Any) -> None:
    try:
        size = len(json.dumps(document, ensure_ascii=False).encode())
    except (UnicodeEncodeError, ValueError):
        raise Refused(Issue("shape", "The query expression is no JSON of whole text.")) from None
    if size > MAX_BYTES:
        raise Refused(Issue("too_long", f"The query expression has over {MAX_BYTES:,} bytes."))


def _source(expression: QueryExpression, target: Dialect) -> Dialect:
    if expression.dialect is None:
        return target
    if expression.dialect not in DIALECTS:
        message = f"{expression.dialect[:40]!r} is not one of {', '.join(DIALECTS)}."
        raise Refused(Issue("dialect", message, pointer="/dialect"))
    return DIALECTS[expression.dialect]


def _judge(checked: Checked, target: Dialect, catalogue: Catalogue | None) -> Judgement:
    """Write, bind and explain a query whose names were checked."""
    read = Judgement(
        issues=checked.issues[:MAX_ISSUES],
        ir=checked.expression.as_dict(),
        tables=_tables(checked),
        columns=_columns(checked, target, catalogue),
    )
    if not checked.valid:
        return read
    try:
        final = in_dialect(checked.expression, target, catalogue)
        sql = compile_sql(final, target, catalogue, pretty=True)
        check_written(sql, final, checked.expression, target, catalogue)
        binding, bind_issues = bind(final, target, catalogue) if catalogue else ("", ())
        explanation = tuple(explain(checked))
    except Refused as refused:
        return replace(read, issues=(*read.issues, *refused.issues))
    except RecursionError:
        return replace(read, issues=(*read.issues, TOO_DEEP))
    issues = (*read.issues, *bind_issues)
    if errors(issues):
        return replace(read, issues=issues, binding=binding)
    issues += lint(checked, catalogue)
    if errors(issues):  # of declared joins
        return replace(read, issues=issues, binding=binding)
    source = DIALECTS.get(checked.expression.dialect or target.name, target)
    issues += tuple(versions(checked, source, target))
    if source is not target:
        issues += translated(checked, source, target, catalogue)
    return replace(
        read, valid=True, issues=issues, sql=sql, explanation=explanation, binding=binding,
        meanings=used(checked, catalogue),
    )  # fmt: skip


def _columns(
    checked: Checked, target: Dialect, catalogue: Catalogue | None
) -> tuple[str, ...] | None:
    """Return the names of the result's columns, as the database of `target` calls them."""
    if checked.columns is None:
        return None
    builder = builder_of(checked.expression, target, catalogue)
    return tuple(builder.called(column.name) for column in checked.columns)


def _tables(checked: Checked) -> tuple[str, ...]:
    """Return the tables of the schema that the query reads, each once."""
    sources = (source for _, scope, _ in checked.blocks for source in scope.sources.values())
    return tuple(dict.fromkeys(source.table.name for source in sources if source.table))
