"""
Query expression → SQL, in any of the dialects.

A portable query, and one that goes back to the dialect that it was lifted from, is written
directly. One that was lifted from another dialect is translated first.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder, lacks
from queryexpr.build.emit import emit
from queryexpr.build.queries import QUERIES
from queryexpr.build.values import VALUES
from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import QueryExpression
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.having import has_grouped_values, with_conditions_of_rows
from queryexpr.translate.limited import has_limited_lists, without_limited_lists
from queryexpr.translate.merged import merges, with_columns
from queryexpr.translate.qualify import qualifies, without_qualify
from queryexpr.translate.sides import has_withs_in_sides, without_withs_in_sides
from queryexpr.translate.texts.extremes import has_extremes, without_extremes
from queryexpr.translate.texts.ordered import has_ordered_texts, without_ordered_texts
from queryexpr.translate.translate import translate


def compile_sql(
    expression: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue | None = None,
    *,
    pretty: bool = False,
) -> str:
    """Return the SQL of a checked query. Raises Refused if the dialect cannot express it."""
    final = in_dialect(expression, dialect, catalogue)
    builder = builder_of(final, dialect, catalogue)
    return emit(_with_dual(builder.query(final.query), dialect), dialect, pretty=pretty)


def builder_of(
    expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None
) -> Builder:
    """Return what writes a query of `dialect`, and its names."""
    native = expression.dialect == dialect.name
    return Builder(dialect, catalogue, VALUES, QUERIES, expression.quoted, native=native)


def _with_dual(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Write FROM DUAL where there is no FROM, for a dialect that needs it."""
    for select in tree.find_all(exp.Select) if dialect.needs_dual else ():
        if not select.args.get("from_"):
            select.set("from_", exp.From(this=exp.table_("DUAL")))
    return tree


def in_dialect(
    expression: QueryExpression, dialect: Dialect, catalogue: Catalogue | None = None
) -> QueryExpression:
    """Return the query as one that `dialect` understands. Raises Refused if it cannot."""
    source = DIALECTS.get(expression.dialect or dialect.name, dialect)
    if not (dialect.qualify and source.qualify) and qualifies(expression.query):
        expression = _unqualified(expression, source, dialect, catalogue)
    if source is not dialect:
        if has_extremes(expression.query, source, dialect):
            query = without_extremes(expression.query, source, dialect, catalogue)
            expression = expression.model_copy(update={"query": query})
        if merges(expression.query):
            expression = with_columns(expression, source, catalogue)
        expression = translate(expression, source, dialect, catalogue)
    if not dialect.limited_lists and has_limited_lists(expression.query):
        query = without_limited_lists(expression.query, dialect, catalogue)
        expression = expression.model_copy(update={"query": query})
    if not dialect.with_in_sets and has_withs_in_sides(expression.query):
        query = without_withs_in_sides(expression.query)
        expression = expression.model_copy(update={"query": query})
    if not dialect.having_sees_columns and has_grouped_values(expression.query):
        query = with_conditions_of_rows(expression.query, dialect)
        expression = expression.model_copy(update={"query": query})
    if not dialect.ordered_texts and has_ordered_texts(expression.query):
        query = without_ordered_texts(expression.query, dialect, catalogue)
        expression = expression.model_copy(update={"query": query})
    return expression


def _unqualified(
    expression: QueryExpression, source: Dialect, dialect: Dialect, catalogue: Catalogue | None
) -> QueryExpression:
    """Return the query without QUALIFY; each star is the columns that it means."""
    named = check(expression, source, catalogue, strict_groups=False, expand_stars=True)
    if not named.valid:
        raise lacks(dialect, "QUALIFY with *, whose columns are not known")
    query = without_qualify(named.expression.query, dialect)
    return named.expression.model_copy(update={"query": query})
