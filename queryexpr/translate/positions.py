"""
ORDER BY the number of a column, as ORDER BY the column.

Where a dialect has no NULLS LAST, a value in front says where nulls are, and it needs the column.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import nulls_first, plain_grammar


def order_by_values(tree: exp.Expr, target: Dialect) -> None:
    """Replace the numbers of columns in ORDER BY, as far as something else says which they are."""
    if plain_grammar(target).generator_class.NULL_ORDERING_SUPPORTED:
        return
    for order in tree.find_all(exp.Order):
        if isinstance(order.parent, exp.Query):
            for sort in order.find_all(exp.Ordered):
                _replace(sort, order.parent)


def place_nulls(tree: exp.Expr, target: Dialect) -> None:
    """Say by a value where the nulls of a window with a frame are: sqlglot leaves that out."""
    if plain_grammar(target).generator_class.NULL_ORDERING_SUPPORTED:
        return
    for window in tree.find_all(exp.Window):
        order, spec = window.args.get("order"), window.args.get("spec")
        if order and spec and not _counts_values(spec):
            sorts = [one for sort in order.expressions for one in _placed(sort, target)]
            order.set("expressions", sorts)


def _counts_values(spec: exp.WindowSpec) -> bool:
    """Is a bound of the frame a number that is added to the value, which has to be the only one?"""
    bounds = (spec.args.get(key) for key in ("start", "end"))
    return spec.args.get("kind") == "RANGE" and any(isinstance(b, exp.Expr) for b in bounds)


def _placed(sort: exp.Ordered, target: Dialect) -> list[exp.Ordered]:
    down = bool(sort.args.get("desc"))
    first = bool(sort.args.get("nulls_first"))
    plain = sort.copy()
    plain.set("nulls_first", nulls_first(target, down))
    if first == nulls_first(target, down):
        return [plain]
    is_null = exp.Is(this=sort.this.copy(), expression=exp.null())
    one, zero = exp.Literal.number(1), exp.Literal.number(0)
    null = exp.Case(ifs=[exp.If(this=is_null, true=one)], default=zero)
    known = exp.Ordered(this=null, desc=first or None, nulls_first=nulls_first(target, first))
    return [known, plain]


def _replace(sort: exp.Ordered, query: exp.Query) -> None:
    if not isinstance(sort.this, exp.Literal) or not sort.this.is_int:
        return
    number = int(sort.this.name)
    items = query.selects[:number]
    if len(items) == number and not any(item.is_star for item in items):
        sort.set("this", _value(items[-1], query) or sort.this)


def _value(item: exp.Expr, query: exp.Query) -> exp.Expr | None:
    """Return what orders as the item does; nothing if only its number says which it is."""
    value = item.unalias()
    if not isinstance(query, exp.Select):
        return exp.column(item.output_name, quoted=True) if item.output_name else None
    is_plain = isinstance(value, exp.Column)
    if isinstance(value, exp.Literal) or (query.args.get("distinct") and not is_plain):
        return None
    return None if _names_results(value, query) else value.copy()


def _names_results(value: exp.Expr, query: exp.Select) -> bool:
    """Would a column of it be taken for a result that has the same name, and is another value?"""
    results = {one.alias.lower() for one in query.selects if one.alias}
    return any(not c.table and c.name.lower() in results for c in value.find_all(exp.Column))
