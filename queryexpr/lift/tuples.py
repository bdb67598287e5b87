"""Comparisons of several values at once: `(a, b) IN (SELECT …)`, `(a, b) = (1, 2)`."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.operators import MANY
from queryexpr.expression import Op, Subquery
from queryexpr.lift.reader import Reader

MIN_ROW = 2
MAX_ORDERED = 8  # values of a row that is less than another


def read_row_in(reader: Reader, node: exp.In, query: exp.Expr | None) -> Op:
    """Read `(a, b) IN …`, a query or a list of rows."""
    return _in_query(reader, node, query) if query else _in_rows(reader, node)


def read_counted(reader: Reader, node: exp.Tuple) -> Op:
    """Read the row of COUNT(DISTINCT (a, b)), which may be in a CASE there."""
    around = node.parent
    while isinstance(around, exp.Case | exp.If | exp.Paren):
        around = around.parent
    call = around.parent if isinstance(around, exp.Distinct) else None
    counts = isinstance(call, exp.Anonymous) and call.name.upper() == "COUNT"
    if not counts or reader.dialect.counts_rows != "rows" or len(node.expressions) < MIN_ROW:
        raise reader.refuse(node)
    return Op(op="row", args=reader.values(node.expressions))


def _in_query(reader: Reader, node: exp.In, query: exp.Expr) -> Op:
    """Read `(a, b) IN (SELECT …)`."""
    if not reader.dialect.reads_rows and not reader.dialect.rows_are_values:
        raise reader.refuse(node, "rows")
    right = Subquery(query=reader.query(query))
    name = "not in" if node.args.get("negate") else "in"
    return Op(op=name, args=(*reader.values(node.this.expressions), right))


def _in_rows(reader: Reader, node: exp.In) -> Op:
    """Read `(a, b) IN ((1, 2), …)` as `a = 1 AND b = 2 OR …`, which it means.

    Only columns may be on the left: they are repeated for each row.
    """
    left, rows = node.this.expressions, node.expressions
    fits = all(isinstance(row, exp.Tuple) and len(row.expressions) == len(left) for row in rows)
    fits &= bool(rows) and _reads(reader)
    if not fits or not all(isinstance(part, exp.Column) for part in left):
        raise reader.refuse(node, "rows")
    if len(rows) * len(left) > MANY:
        raise reader.wrong("too_many_terms", f"IN compares over {MANY} values of rows.", node)
    each = [
        _row(reader, left, row.expressions, _equals(reader, node, row.expressions)) for row in rows
    ]
    rows_match = Op(op="or", args=tuple(each)) if each[1:] else each[0]
    return Op(op="not", args=(rows_match,)) if node.args.get("negate") else rows_match


def read_same_row(
    reader: Reader, node: exp.Binary, left: list[exp.Expr], right: list[exp.Expr]
) -> Op:
    """Read `(a, b) = (1, 2)` as `a = 1 AND b = 2`, `<>` as its opposite, and `<` as an order."""
    fits = len(left) == len(right) > 1 and _reads(reader)
    if not fits or not isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
        raise reader.refuse(node, "rows")
    if isinstance(node, exp.EQ | exp.NEQ):
        same = _row(reader, left, right, _equals(reader, node, right))
        return same if isinstance(node, exp.EQ) else Op(op="not", args=(same,))
    if reader.dialect.rows_are_values:
        raise reader.refuse(node, "order of rows")
    if len(left) > MAX_ORDERED:
        raise reader.wrong("too_many_terms", f"Rows of over {MAX_ORDERED} values.", node)
    repeated = (*left[:-1], *right[:-1])  # in the condition that is written
    if not all(isinstance(part, exp.Column | exp.Literal | exp.Null) for part in repeated):
        raise reader.refuse(node, "rows")
    strict = "<" if isinstance(node, exp.LT | exp.LTE) else ">"
    last = strict if isinstance(node, exp.LT | exp.GT) else f"{strict}="
    return _ordered(reader, list(zip(left, right, strict=True)), strict, last)


def _ordered(reader: Reader, pairs: list[tuple[exp.Expr, exp.Expr]], strict: str, last: str) -> Op:
    """Read `(a, b) < (1, 2)` as `a < 1 OR a = 1 AND b < 2`, which it means, with nulls too."""

    def compared(op: str) -> Op:
        one, other = pairs[0]
        return Op(op=op, args=(reader.value(one), reader.value(other)))

    if not pairs[1:]:
        return compared(last)
    rest = _ordered(reader, pairs[1:], strict, last)
    return Op(op="or", args=(compared(strict), Op(op="and", args=(compared("="), rest))))


def _reads(reader: Reader) -> bool:
    return reader.dialect.reads_rows or reader.dialect.rows_are_values


def _equals(reader: Reader, node: exp.Expr, row: list[exp.Expr]) -> str:
    """Return how values of rows are compared: as values, their nulls equal each other.

    Beside a literal that is no matter in a condition that keeps rows where it is true.
    """
    if not reader.dialect.rows_are_values:
        return "="
    literal = all(isinstance(value, exp.Literal) for value in row)
    return "=" if literal and _keeps_rows(node) else "is not distinct from"


def _keeps_rows(node: exp.Expr) -> bool:
    """Is it a condition of WHERE whose null is as good as false?"""
    if node.args.get("negate") or isinstance(node, exp.NEQ):
        return False
    around = node.parent
    while isinstance(around, exp.Paren | exp.And | exp.Or):
        around = around.parent
    return isinstance(around, exp.Where)


def _row(reader: Reader, left: list[exp.Expr], row: list[exp.Expr], equals: str) -> Op:
    def same(one: exp.Expr, other: exp.Expr) -> Op:
        if equals != "=" and isinstance(other, exp.Null):
            return Op(op="is null", args=(reader.value(one),))
        return Op(op=equals, args=(reader.value(one), reader.value(other)))

    return Op(op="and", args=tuple(same(*pair) for pair in zip(left, row, strict=True)))
