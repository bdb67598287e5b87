"""
Query expression → SQL, in any of the dialects.

A portable query, and one that goes back to the dialect that it was lifted from, is written
directly. One that was lifted from another dialect is translated first.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder
from queryexpr.build.emit import emit
from queryexpr.build.queries import QUERIES
from queryexpr.build.values import VALUES
from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import QueryExpression
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.translate import translate


def compile_sql(
    expression: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue | None = None,
    *,
    pretty: bool = False,
) -> str:
    """Return the SQL of a checked query. Raises Refused if the dialect cannot express it."""
    builder = Builder(dialect, catalogue, VALUES, QUERIES)
    query = in_dialect(expression, dialect, catalogue).query
    return emit(_with_dual(builder.query(query), dialect), dialect, pretty=pretty)


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
    return expression if source is dialect else translate(expression, source, dialect, catalogue)
