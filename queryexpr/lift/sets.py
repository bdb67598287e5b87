"""
A call in SELECT that makes rows → a source in FROM: `SELECT id, unnest(a) FROM t`.

It means `SELECT id, x FROM t CROSS JOIN UNNEST(a) AS u (x)`: rows without elements go in both.
That holds where no rows are counted or numbered before there are more of them.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.expression import Aggregate, Column, Select, Window
from queryexpr.issues import Refused
from queryexpr.lift.reader import Reader
from queryexpr.walk import walk

SOURCE, VALUE, PLACE = "unnested", "unnested_value", "unnested_place"
_REMEDY = "Write it in FROM: FROM t CROSS JOIN UNNEST(a) AS u (x)."


def with_elements(reader: Reader, node: exp.Select) -> exp.Expr | None:
    """Move the one call in SELECT that makes rows to FROM, and return it. Raises Refused."""
    items = [item for item in node.expressions if _makes_rows(reader, item.unalias())]
    if not items:
        return None
    item = items[0]
    call: exp.Expr = item.unalias()
    _check(reader, node, items)
    column = exp.column(VALUE, table=SOURCE)
    if isinstance(item, exp.Alias):
        item.set("this", column)
    else:
        item.replace(exp.Alias(this=column, alias=exp.to_identifier(_called(reader, call))))
    _add(node, _source(call, _sorted(node, call, item)))
    return call


def _called(reader: Reader, call: exp.Expr) -> str:
    """Return the name that the column has without an alias."""
    if reader.dialect.calls_columns:
        return call.name.lower()
    return call.sql(reader.dialect.name, normalize_functions="lower")


def _sorted(node: exp.Select, call: exp.Expr, item: exp.Expr) -> bool:
    """Sort the elements of a row as they are in it, where the query sorts by something else."""
    order = node.args.get("order")
    if order is None or node.args.get("distinct") or node.args.get("group"):
        return False
    if call.name.upper() != "UNNEST":
        return False
    names = {key.this.name.lower() for key in order.expressions}
    if item.alias.lower() in names or any(
        isinstance(k.this, exp.Literal) for k in order.expressions
    ):
        return False
    order.append("expressions", exp.Ordered(this=exp.column(PLACE, table=SOURCE)))
    return True


def check_elements(reader: Reader, select: Select, call: exp.Expr | None) -> None:
    """Refuse aggregates and windows that are computed before the call makes rows."""
    if call is None or _is_grouped(select):
        return
    parts = (*(item.expr for item in select.select), *(sort.by for sort in select.order_by))
    counts = any(isinstance(node, Aggregate | Window) for node, _ in walk(parts))
    if counts or select.group_by or select.having is not None or select.qualify is not None:
        raise _refused(reader, call, "Its rows are made after groups, aggregates and windows.")


def _is_grouped(select: Select) -> bool:
    """Is the column with the elements one that the rows are grouped by?"""
    for number, item in enumerate(select.select, 1):
        if getattr(item.expr, "table", None) == SOURCE:
            keys = [_key(key) for key in select.group_by]
            named = (item.alias or "").lower() in keys
            return (number in keys or named) and not select.grouping_sets
    return False


def _key(key: object) -> object:
    """Return the name or the number of a group that may be a column of the result."""
    is_name = isinstance(key, Column) and key.table is None
    return key.column.lower() if is_name and isinstance(key, Column) else key


def _makes_rows(reader: Reader, node: exp.Expr) -> bool:
    name = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    dialect = reader.dialect
    counts = dialect.series == "table" and name in dialect.series_read
    unnests = name == "UNNEST" and len(node.expressions) == 1
    makes = counts or unnests or name in dialect.row_calls
    return dialect.unnest == "table" and makes


def _check(reader: Reader, node: exp.Select, items: list[exp.Expr]) -> None:
    """Refuse what is not the same with the call in FROM."""
    call, distinct = items[0].unalias(), node.args.get("distinct")
    if items[1:]:
        raise _refused(reader, call, "Two calls in SELECT make rows.")
    if distinct and distinct.args.get("on"):
        raise _refused(reader, call, "Its rows are made after DISTINCT ON.")
    if any(isinstance(item, exp.Star) for item in node.expressions):
        raise _refused(reader, call, "The star would show its rows twice.")
    if SOURCE in reader.sql.lower():
        raise _refused(reader, call, f"The name {SOURCE!r} is taken.")


def _refused(reader: Reader, call: exp.Expr, why: str) -> Refused:
    message = f"{call.name.upper()} in SELECT is not read here. {why} {_REMEDY}"
    return reader.wrong("not_supported", message, call)


def _source(call: exp.Expr, placed: bool) -> exp.Expr:
    alias = exp.TableAlias(this=exp.to_identifier(SOURCE), columns=[exp.to_identifier(VALUE)])
    if call.name.upper() == "UNNEST":
        offset = exp.to_identifier(PLACE) if placed else None
        return exp.Unnest(expressions=call.expressions, alias=alias, offset=offset)
    return exp.Table(this=call.copy(), alias=alias)


def _add(node: exp.Select, source: exp.Expr) -> None:
    if node.args.get("from_") is None:
        node.set("from_", exp.From(this=source))
        return
    join = exp.Join(this=source, kind="CROSS")
    join.meta["comma"] = True  # it sees all the tables before it
    node.append("joins", join)
