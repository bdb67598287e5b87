"""Expressions of definitions: SQL of a dialect, or values of a query expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from queryexpr.dialects.dialect import Dialect
from queryexpr.document.read import read
from queryexpr.expression import Aggregate, Column, Native, Op, Select, Star, Subquery, Window
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import Lifted, lift, located
from queryexpr.walk import conjuncts, walk

_VALUE, _CONDITION = "SELECT ", "SELECT 1 WHERE "
_ONE = "Write one expression here, without SELECT and FROM."
_NO_TABLE = "Give the column {name!r} its table: table.{name}."
_NO_COLUMNS = "It names no column, so it has no table. COUNT needs a column, such as a key."
_NOT_HERE = "A definition has neither queries, windows nor stars."
_NO_JOIN = "Compare columns of {left!r} and {right!r} with =; AND connects several."


def value(text: Any, dialect: Dialect) -> Any:
    """Return the value that SQL, or a part of a query expression, is. Raises Refused."""
    if not isinstance(text, str):
        return _document(text)
    return _lifted(_VALUE, text, dialect).select[0].expr


def condition(text: Any, dialect: Dialect) -> Any:
    """Return the condition that SQL, or a part of a query expression, is. Raises Refused."""
    return _lifted(_CONDITION, text, dialect).where if isinstance(text, str) else _document(text)


def _document(document: Any) -> Any:
    """Return a value of a query expression; pointers of issues begin at it."""
    try:
        query: Any = read({"query": {"select": [{"expr": document}]}}).query
        return query.select[0].expr
    except Refused as refused:
        issues = (replace(i, pointer=i.pointer.removeprefix(_AT)) for i in refused.issues)
        raise Refused(*issues) from None


_AT = "/query/select/0/expr"


def _lifted(before: str, text: str, dialect: Dialect) -> Select:
    try:
        lifted = lift(before + text, dialect)
        query: Any = lifted.expression.query
        if not isinstance(query, Select) or not _is_bare(query):
            raise Refused(Issue("shape", _ONE, line=1, column=1 + len(before)))
        _check(query, lifted, dialect)
    except Refused as refused:
        raise Refused(*(_moved(issue, len(before)) for issue in refused.issues)) from None
    return query


def _is_bare(query: Select) -> bool:
    """Has it one value, and a condition at most?"""
    item = query.select[0]
    return query == Select(select=(item,), where=query.where) and item.alias is None


def _check(query: Select, lifted: Lifted, dialect: Dialect) -> None:
    """Raise Refused for what is in the expression and may not be, with its place."""
    wrong = [
        *faults(query.select[0].expr, _AT),
        *faults(query.where, "/query/where"),
    ]
    if wrong:
        raise Refused(*(replace(i, pointer="") for i in located(tuple(wrong), lifted, dialect)))


def _moved(issue: Issue, before: int) -> Issue:
    """Return the issue with its place in the expression."""
    if issue.line != 1 or issue.column is None:
        return issue
    return replace(issue, column=max(issue.column - before, 1))


def faults(expr: Any, pointer: str = "") -> Iterator[Issue]:
    """Yield an issue for each part that a definition may not have."""
    for node, at in walk(expr, pointer):
        if isinstance(node, Subquery | Window | Star):
            yield Issue("shape", _NOT_HERE, pointer=at)
        elif isinstance(node, Column) and node.table is None:
            yield Issue("shape", _NO_TABLE.format(name=node.column), pointer=at)


def tables_of(*exprs: Any) -> tuple[str, ...]:
    """Return the tables of the columns, each once. Raises Refused if there is none."""
    nodes = (node for expr in exprs for node, _ in walk(expr))
    named = [node.table for node in nodes if isinstance(node, Column) and node.table]
    tables = {table.lower(): table for table in reversed(named)}
    if not tables:
        raise Refused(Issue("shape", _NO_COLUMNS))
    return tuple(dict.fromkeys(tables[table.lower()] for table in named))


def aggregates(expr: Any) -> list[Aggregate]:
    return [node for node, _ in walk(expr) if isinstance(node, Aggregate)]


def pairs_of(on: Any, left: str, right: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of two tables that a condition compares. Raises Refused."""
    return tuple(_pair(part, left, right) for part, _ in conjuncts(on, ""))


def _pair(part: Any, left: str, right: str) -> tuple[str, str]:
    if isinstance(part, Op) and part.op == "=":
        named = {(a.table or "").lower(): a.column for a in part.args if isinstance(a, Column)}
        if named.keys() == {left.lower(), right.lower()}:
            return named[left.lower()], named[right.lower()]
    raise Refused(Issue("shape", _NO_JOIN.format(left=left, right=right)))


def is_native(expr: Any) -> bool:
    """Is a part of it only known in one dialect?"""
    nodes = (node for node, _ in walk(expr))
    return any(
        isinstance(node, Native) or (isinstance(node, Op) and "native" in node.op) for node in nodes
    )
