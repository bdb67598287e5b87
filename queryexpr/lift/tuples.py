"""Comparisons of several values at once: `(a, b) IN (SELECT …)`, `(a, b) = (1, 2)`."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.operators import MANY
from queryexpr.expression import Op, Subquery
from queryexpr.lift.reader import Reader

MAX_ORDERED = 8  # values of a row that is less than another


def read_row_in(reader: Reader, node: exp.In, query: exp.Expr | None) -> Op:
    """Read `(a, b) IN …`, a query or a list of rows."""
    return _in_query(reader, node, query) if query else _in_rows(reader, node)


def _in_query(reader: Reader, node: exp.In, query: exp.Expr) -> Op:
    """Read `(a, b) IN (SELECT …)`."""
    if not reader.dialect.reads_rows:
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
    fits &= bool(rows) and reader.dialect.reads_rows
    if not fits or not all(isinstance(part, exp.Column) for part in left):
        raise reader.refuse(node, "rows")
    if len(rows) * len(left) > MANY:
        raise reader.wrong("too_many_terms", f"IN compares over {MANY} values of rows.", node)
    each = [_row(reader, left, row.expressions) for row in rows]
    rows_match = Op(op="or", args=tuple(each)) if each[1:] else each[0]
    return Op(op="not", args=(rows_match,)) if node.args.get("negate") else rows_match


def read_same_row(
    reader: Reader, node: exp.Binary, left: list[exp.Expr], right: list[exp.Expr]
) -> Op:
    """Read `(a, b) = (1, 2)` as `a = 1 AND b = 2`, `<>` as its opposite, and `<` as an order."""
    fits = len(left) == len(right) > 1 and reader.dialect.reads_rows
    if not fits or not isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
        raise reader.refuse(node, "rows")
    if isinstance(node, exp.EQ | exp.NEQ):
        same = _row(reader, left, right)
        return same if isinstance(node, exp.EQ) else Op(op="not", args=(same,))
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


def _row(reader: Reader, left: list[exp.Expr], row: list[exp.Expr]) -> Op:
    pairs = zip(left, row, strict=True)
    return Op(
        op="and",
        args=tuple(
            Op(op="=", args=(reader.value(one), reader.value(other))) for one, other in pairs
        ),
    )
