"""
A tree of sqlglot's whose values have types: those of the schema, and what is computed of them.

Whether a number is exact matters: `ROUND(2.5)` of a double is 2 in Postgres, and 3 of a decimal.
sqlglot takes literals and averages for doubles in every dialect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.optimizer.qualify import qualify

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import grammar
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.changes import bare

_FLOATS = exp.DataType.FLOAT_TYPES


def annotated(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> exp.Expr:
    """Return the tree of a query of `source` with types at its values."""
    tables = catalogue.tables if catalogue else ()
    schema: dict[str, object] = {
        table.name: {c.name: _type(c.type, source) for c in table.columns} for table in tables
    }
    for alias in tree.find_all(exp.Alias):
        alias.meta["own"] = True
    for named in tree.find_all(exp.TableAlias):
        named.meta["columns"] = [column.copy() for column in named.columns]
    for ordered in tree.find_all(exp.Ordered):
        by = ordered.this
        ordered.meta["name"] = by.name if type(by) is exp.Column and not by.table else ""
    _hide_numbers(tree)
    whole = _qualified(tree, schema, source)
    _restore_numbers(whole)
    _restore_order(whole)
    typed = annotate_types(
        whole, schema=schema, dialect=source.name, expression_metadata=_metadata(source)
    )
    for alias in list(_added(typed)):
        alias.replace(alias.this)
    _restore_columns(typed)
    return typed


def _type(name: str, source: Dialect) -> str:
    """Return the type of a column: sqlglot takes MySQL's TIMESTAMP for one with a zone."""
    plain = name.lower().startswith("timestamp") and source.whole_seconds
    return "datetime" if plain else name or "unknown"


def _qualified(tree: exp.Expr, schema: dict[str, object], source: Dialect) -> exp.Expr:
    """Return the tree with the tables of its columns; without a schema, as far as they are clear.

    A query in a condition may name columns of the query around it: only a schema says which.
    """
    try:
        return qualify(
            tree if schema else tree.copy(), schema=schema, dialect=source.name,
            expand_stars=False, quote_identifiers=False, identify=False,
            validate_qualify_columns=False, expand_alias_refs=False,
        )  # fmt: skip
    except OptimizeError:
        if schema:
            raise
        return tree


def is_double(node: exp.Expr) -> bool:
    """Is the number one with a binary fraction, and not exact?"""
    return bool(node.is_type(*_FLOATS))


def _metadata(source: Dialect) -> dict[Any, Any]:
    """Return sqlglot's rules of types, with those of numbers that are exact in `source`."""
    rules: dict[Any, Any] = dict(grammar(source).EXPRESSION_METADATA)
    rules[exp.Round] = rules[exp.Ceil] = rules[exp.Floor] = {"annotator": _as_operand}
    rules |= {kind: {"annotator": _combined} for kind in (exp.Add, exp.Sub, exp.Mul, exp.Mod)}
    if source.exact_numbers:
        rules[exp.Literal] = {"annotator": _literal(source)}
    if source.exact_averages:
        rules[exp.Avg] = {"annotator": _as_operand}
        rules[exp.Div] = {"annotator": _quotient(source)}
    return rules


def _literal(source: Dialect) -> Any:
    def annotate(self: TypeAnnotator, node: exp.Literal) -> exp.Literal:
        plain = self._annotate_literal(node)
        exact = source.exact_exponents or "e" not in node.name.lower()
        if not node.is_string and not node.is_int and exact:
            self._set_type(plain, exp.DType.DECIMAL)
        return plain

    return annotate


def _as_operand(self: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    """Take a number for a double if its operand is one, and for a decimal otherwise."""
    self._set_type(node, exp.DType.DOUBLE if is_double(node.this) else exp.DType.DECIMAL)
    return node


def _combined(self: TypeAnnotator, node: exp.Binary) -> exp.Binary:
    """Take what is computed with a double for one, also with DECIMAL(10, 2)."""
    self._annotate_binary(node)
    if node.is_type(exp.DType.DECIMAL) and any(map(is_double, (node.left, node.right))):
        self._set_type(node, exp.DType.DOUBLE)
    return node


def _quotient(source: Dialect) -> Any:
    def annotate(self: TypeAnnotator, node: exp.Div) -> exp.Div:
        sides = (bare(node.left), bare(node.right))
        whole = all(side.is_type(*exp.DataType.INTEGER_TYPES) for side in sides)
        if any(map(is_double, sides)):
            self._set_type(node, exp.DType.DOUBLE)
        elif whole and node.args.get("typed"):
            self._set_type(node, exp.DType.BIGINT)
        elif all(side.is_type(*exp.DataType.NUMERIC_TYPES) for side in sides):
            self._set_type(node, exp.DType.DECIMAL)
        return node

    return annotate


def _restore_columns(tree: exp.Expr) -> None:
    """Name the columns of WITH again, where sqlglot gave the values inside these names."""
    for alias in tree.find_all(exp.TableAlias):
        if columns := alias.meta.get("columns"):
            alias.set("columns", columns)


def _hide_numbers(tree: exp.Expr) -> None:
    """Keep sqlglot from counting columns for ORDER BY 3 beside a star: a star is one item to it."""
    for ordered in tree.find_all(exp.Ordered):
        number, select = ordered.this, ordered.parent and ordered.parent.parent
        is_number = isinstance(number, exp.Literal) and number.is_int
        if is_number and isinstance(select, exp.Select) and select.is_star:
            ordered.meta["number"] = True
            ordered.set("this", exp.Paren(this=number))


def _restore_numbers(tree: exp.Expr) -> None:
    for ordered in tree.find_all(exp.Ordered):
        if ordered.meta.pop("number", False):
            ordered.set("this", ordered.this.unnest())


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
