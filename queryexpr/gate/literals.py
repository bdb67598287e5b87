"""
The texts that a checked query compares with columns of tables, each with a query that asks whether
a row has it.

`status = 'paid'`, IN, `<>`, patterns, and `LOWER(status) = 'paid'`. A column of a query in FROM or
WITH is the table's, if that query only passes it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from queryexpr.check.check import check
from queryexpr.check.checker import Checked
from queryexpr.check.scope import Scope
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.operators import PATTERNS
from queryexpr.expression import (
    Column,
    Derived,
    Function,
    Item,
    Op,
    QueryExpression,
    Select,
    TableName,
    Values,
)
from queryexpr.gate.operations import Text, Wrap
from queryexpr.issues import Refused
from queryexpr.schema.catalogue import Catalogue, Table
from queryexpr.translate.compile import compile_sql, in_dialect
from queryexpr.walk import walk

MAX_TEXTS = 16  # of a query
MAX_DEPTH = 8  # of queries in FROM
_WRAPS: Mapping[str, Wrap] = {"lower": "lower", "upper": "upper", "trim": "trim"}
_EQUAL = {"=", "is not distinct from"}
_UNEQUAL = {"<>", "is distinct from"}
_SIDES = 2  # a pattern with a third operand has an escape of its own


@dataclass(frozen=True, slots=True)
class _Test:
    """A comparison of a column with texts, each with its JSON Pointer."""

    subject: Any
    op: str
    texts: tuple[tuple[str, str], ...]
    pointer: str
    negated: bool = False


def texts_of(checked: Checked, dialect: Dialect, catalogue: Catalogue) -> tuple[Text, ...]:
    """Return the texts of a valid query, in its order, with queries in `dialect`."""
    scopes = {id(node): scope for node, scope, _ in checked.blocks}
    ctes = {one.name.lower(): one.query for node, _, _ in checked.blocks for one in node.with_}
    ctes |= {one.name.lower(): one.query for one in checked.expression.query.with_}
    found: list[Text] = []
    for node, scope, pointer in checked.blocks:
        for test in _tests(node, pointer):
            origin = _origin(test.subject, scope, scopes, ctes)
            if origin:
                found += _texts(test, *origin, checked.expression, dialect, catalogue)
            if len(found) >= MAX_TEXTS:
                return tuple(found[:MAX_TEXTS])
    return tuple(found)


def _tests(node: Select, pointer: str) -> Iterator[_Test]:
    parts: list[tuple[Any, str]] = [
        (join.on, f"{pointer}/joins/{at}/on") for at, join in enumerate(node.joins)
    ]
    for name in ("where", "having", "qualify", "select"):
        parts.append((getattr(node, name), f"{pointer}/{name}"))
    for value, place in parts:
        for inner, at in walk(value, place):
            if isinstance(inner, Op) and len(inner.args) == _SIDES and (test := _test(inner, at)):
                yield test


def _test(node: Op, at: str) -> _Test | None:
    left, right = node.args
    if node.op in ("in", "not in") and isinstance(right, Values):
        texts = tuple(
            (one, f"{at}/args/1/list/{n}") for n, one in enumerate(right.values) if _is_text(one)
        )
        return _Test(left, "=", texts, at, node.op == "not in")
    if node.op in PATTERNS and _is_text(right):
        positive = node.op.replace("not ", "")
        return _Test(left, positive, ((right, f"{at}/args/1"),), at, positive != node.op)
    if node.op in _EQUAL | _UNEQUAL:
        for text, subject, place in ((right, left, 1), (left, right, 0)):
            if _is_text(text):
                found = ((text, f"{at}/args/{place}"),)
                return _Test(subject, "=", found, at, node.op in _UNEQUAL)
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _unwrapped(subject: Any) -> tuple[Wrap, Any]:
    """Return the function around a column, if it is one that only changes its letters."""
    if isinstance(subject, Function) and len(subject.args) == 1 and subject.fn in _WRAPS:
        return _WRAPS[subject.fn], subject.args[0]
    return "", subject


def _origin(
    subject: Any, scope: Scope, scopes: Mapping[int, Scope], ctes: Mapping[str, Any]
) -> tuple[Wrap, Table, str] | None:
    """Return the table and the column that a subject is of."""
    wrap, column = _unwrapped(subject)
    for _ in range(MAX_DEPTH):
        if not isinstance(column, Column):
            return None
        matches = scope.find(column.column, column.table)
        if len(matches) != 1:
            return None
        source, output = matches[0]
        if source.table:
            known = source.table.column(output.name)
            return (wrap, source.table, known.name) if known else None
        inner = source.node.query if isinstance(source.node, Derived) else None
        if isinstance(source.node, TableName):
            inner = ctes.get(source.node.table.lower())
        if not isinstance(inner, Select):
            return None
        column = _passed_on(inner, output.name)
        scope = scopes.get(id(inner), scope)
    return None


def _passed_on(query: Select, name: str) -> Any:
    for item in query.select:
        own = item.alias or str(getattr(item.expr, "column", ""))
        if own.lower() == name.lower():
            return item.expr
    return None


def _texts(
    test: _Test,
    wrap: Wrap,
    table: Table,
    column: str,
    expression: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue,
) -> Iterator[Text]:
    known = table.column(column)
    if known is None or known.family in ("time", "boolean"):
        return
    for text, pointer in test.texts:
        sql = ""
        if known.family != "number":
            sql = _asking(test, wrap, table, column, text, expression.dialect, dialect, catalogue)
        yield Text(
            table.schema, table.name, column, text, pointer, test.op != "=", test.negated, wrap,
            test.pointer, known.family == "number", sql,
        )  # fmt: skip


def _asking(
    test: _Test,
    wrap: Wrap,
    table: Table,
    column: str,
    text: str,
    written: str | None,
    dialect: Dialect,
    catalogue: Catalogue,
) -> str:
    """Return a query that has a row if one of the table has the text; empty if it is refused."""
    value: Any = Column(column=column, table=table.name)
    value = Function(fn=wrap, args=(value,)) if wrap else value
    name = TableName(table=table.name, schema_=table.schema or None,
                     database=table.database or None)  # fmt: skip
    where = Op(op=test.op, args=(value, text))
    query = Select(from_=name, where=where, select=(Item(expr=1, alias="found"),), limit=1)
    asking = QueryExpression(dialect=written, query=query)
    try:
        checked = check(asking, dialect, catalogue, strict_groups=False)
        if not checked.valid:
            return ""
        return compile_sql(in_dialect(checked.expression, dialect, catalogue), dialect, catalogue)
    except (Refused, RecursionError):
        return ""
