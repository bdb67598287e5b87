"""
What a query of one dialect means in another, where that depends on the types of its values.

`/` cuts fractions off in some dialects, a cast to a whole number rounds in some, and `date - date`
is a number of days, of years or of digits. sqlglot knows types, from the schema, and not all of
these differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import cuts_fractions
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue

Change = Callable[[exp.Expr, Dialect, Dialect], exp.Expr]
_TIMES = exp.DataType.TEMPORAL_TYPES
_WHOLE = exp.DataType.INTEGER_TYPES
_FRACTIONS = exp.DataType.REAL_TYPES


def by_types(
    tree: exp.Expr, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> exp.Expr:
    """Return the tree of a query of `source` as one that means the same in `target`."""
    needs = tree.find(exp.Cast, exp.TryCast, exp.Sub, exp.Add, exp.Round) is not None
    if needs or (cuts_fractions(source) != cuts_fractions(target) and tree.find(exp.Div)):
        tree = _annotated(tree, source, catalogue)
    for change in (_boolean_cast, _whole_cast, _decimal_cast, _rounded, _joined_texts, _dates):
        tree = tree.transform(_keeping_type(change), source, target)
    return tree


def _annotated(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> exp.Expr:
    """Return a tree whose values have types."""
    tables = catalogue.tables if catalogue else ()
    schema: dict[str, object] = {
        table.name: {c.name: c.type or "unknown" for c in table.columns} for table in tables
    }
    for alias in tree.find_all(exp.Alias):
        alias.meta["own"] = True
    for named in tree.find_all(exp.TableAlias):
        named.meta["columns"] = [column.copy() for column in named.columns]
    for ordered in tree.find_all(exp.Ordered):
        ordered.meta["name"] = ordered.this.name if type(ordered.this) is exp.Column else ""
    whole = qualify(
        tree, schema=schema, dialect=source.name, expand_stars=False, quote_identifiers=False,
        identify=False, validate_qualify_columns=False, expand_alias_refs=False,
    )  # fmt: skip
    _restore_order(whole)
    typed = annotate_types(whole, schema=schema, dialect=source.name)
    for alias in list(_added(typed)):
        alias.replace(alias.this)
    _restore_columns(typed)
    return typed


def _restore_columns(tree: exp.Expr) -> None:
    """Name the columns of WITH again, where sqlglot gave the values inside these names."""
    for alias in tree.find_all(exp.TableAlias):
        if columns := alias.meta.get("columns"):
            alias.set("columns", columns)


def _restore_order(tree: exp.Expr) -> None:
    """Order by values again, where sqlglot put the names that the result has for them."""
    for ordered in tree.find_all(exp.Ordered):
        name, select = ordered.this, ordered.parent and ordered.parent.parent
        if type(name) is not exp.Column or not isinstance(select, exp.Select):
            continue
        if not name.table and name.name != ordered.meta.get("name"):
            values = (item.unalias() for item in select.selects if item.alias == name.name)
            ordered.set("this", next(values, name).copy())


def _added(tree: exp.Expr) -> Iterator[exp.Alias]:
    """Yield the aliases that sqlglot gave to columns of the result."""
    for select in tree.find_all(exp.Select):
        for item in select.expressions:
            if isinstance(item, exp.Alias) and not item.meta.get("own"):
                yield item


def _keeping_type(change: Change) -> Change:
    def changed(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
        new = change(node, source, target)
        if new is not node:
            new.type = node.type
        return new

    return changed


def _whole_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Round, or cut off, before a cast to a whole number that does the other."""
    differs = source.casts_round != target.casts_round
    if not differs or not isinstance(node, exp.Cast) or node.to.this not in _WHOLE:
        return node
    if not node.this.is_type(*_FRACTIONS):
        return node
    template = "ROUND({value}, 0)" if source.casts_round else target.truncate
    node.set("this", fill(template, target, value=node.this))
    return node


def _boolean_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a cast to or from a boolean as a comparison, where booleans are numbers."""
    if type(node) is not exp.Cast or source.affinities or not target.affinities:
        return node
    value = node.this.unnest()
    if node.to.is_type("boolean") and value.is_type(*exp.DataType.NUMERIC_TYPES):
        return exp.Paren(this=exp.NEQ(this=exp.Paren(this=value), expression=exp.convert(0)))
    is_text = node.to.is_type(*exp.DataType.TEXT_TYPES) and value.is_type("boolean")
    if is_text and source.booleans_are_words:
        template = "CASE WHEN {value} THEN 'true' WHEN NOT ({value}) THEN 'false' END"
        return fill(template, target, value=value)
    return node


def _decimal_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Give a decimal its scale: the one that the cast names, or what is usual in its dialect."""
    if not isinstance(node, exp.Cast) or node.to.this is not exp.DType.DECIMAL:
        return node
    sizes = [int(size.name) for size in node.to.expressions] or [*source.decimal]
    if not sizes:
        sizes = [*target.wide_decimal]
    elif not target.casts_to_scale:
        plain = exp.Cast(this=node.this, to=exp.DataType.build("decimal"))
        scale = exp.Literal.number(sizes[1] if sizes[1:] else 0)
        return exp.Round(this=plain, decimals=scale)
    params = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in sizes]
    node.set("to", exp.DataType(this=exp.DType.DECIMAL, expressions=params, nested=False))
    return node


def _rounded(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Round a double as a decimal, where only that has places."""
    places = isinstance(node, exp.Round) and node.args.get("decimals")
    if places and target.rounds_decimals and node.this.is_type(*exp.DataType.FLOAT_TYPES):
        node.set("this", exp.cast(node.this, "decimal"))
    return node


def _joined_texts(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return `text + text` as the texts that are joined."""
    if not source.plus_joins or target.plus_joins or not isinstance(node, exp.Add):
        return node
    if not any(side.unnest().is_type(*exp.DataType.TEXT_TYPES) for side in (node.left, node.right)):
        return node
    if not target.pipes_join:
        return exp.Anonymous(this="CONCAT", expressions=[node.left, node.right])
    return exp.DPipe(this=node.left, expression=node.right)


def _dates(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return `date - date`, and `date + 7`, as the days that they mean."""
    if not isinstance(node, exp.Add | exp.Sub):
        return node
    left, right = node.this.unnest(), node.expression.unnest()
    if not left.is_type(*_TIMES) or source.date_numbers == target.date_numbers == "days":
        return node
    if isinstance(node, exp.Sub) and right.is_type(*_TIMES):
        days = left.is_type("date") and right.is_type("date")
        if source.date_numbers != "days" or not days:
            raise _differs(source, target)
        return fill(target.days, target, late=left, early=right)
    if right.is_type(*_WHOLE):
        if source.date_numbers != "days" or not left.is_type("date"):
            raise _differs(source, target)
        number = exp.Neg(this=exp.Paren(this=right)) if isinstance(node, exp.Sub) else right
        template = target.add.get("day") or target.add[""]
        return fill(template, target, unit="day", value=left, number=number)
    return node


def _differs(source: Dialect, target: Dialect) -> Refused:
    message = (
        f"A date minus or plus a value means something else in {target.title} than in"
        f" {source.title}: use a function that names the unit."
    )
    return Refused(Issue("dialect", message))
