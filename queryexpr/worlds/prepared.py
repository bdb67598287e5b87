"""Two queries, written for one engine in memory."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from queryexpr.check.check import check
from queryexpr.check.checker import Checked
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.duckdb import DUCKDB
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.expression import QueryExpression, Series
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.compile import in_dialect
from queryexpr.translate.flat import flat_sql
from queryexpr.walk import walk
from queryexpr.worlds.clock import fixed
from queryexpr.worlds.ties import without_order


@dataclass(frozen=True, slots=True)
class Query:
    """A query as an engine runs it. `checked` is that, with the columns in place of stars.

    `loose` is the query with ties broken at random, None if it has none; `ordered` says whether
    the order of its rows means anything.
    """

    sql: str
    loose: str | None
    ordered: bool
    checked: Checked


def prepared(
    queries: tuple[QueryExpression, QueryExpression],
    dialect: Dialect,
    catalogue: Catalogue,
    today: datetime.date,
    engine: Dialect,
) -> tuple[Query, Query]:
    """Return the two queries for `engine`, SQLITE or DUCKDB. Raises Refused if it lacks a part.

    Where both are of its own dialect they are run as they are, else they are translated.
    """
    one, other = (_prepared(query, dialect, catalogue, today, engine) for query in queries)
    return one, other


def engines(dialect: Dialect) -> tuple[Dialect, ...]:
    """Return the engines to try, the best first."""
    return (DUCKDB, SQLITE) if dialect is DUCKDB else (SQLITE, DUCKDB)


def _prepared(
    query: QueryExpression,
    dialect: Dialect,
    catalogue: Catalogue,
    today: datetime.date,
    engine: Dialect,
) -> Query:
    final = fixed(in_dialect(_placed(query, dialect, catalogue), engine, catalogue), today)
    if engine is DUCKDB:
        _check_bounded(final)
    checked = check(final, engine, catalogue, strict_groups=False, expand_stars=True)
    if not checked.valid:
        raise Refused(*checked.issues)
    loose = without_order(final)
    return Query(
        flat_sql(final, engine, catalogue),
        flat_sql(loose, engine, catalogue) if loose else None,
        bool(final.query.order_by),
        checked,
    )


def _check_bounded(query: QueryExpression) -> None:
    """Raise Refused for what may not end: DuckDB has no limit on the steps of a query."""
    for node, _ in walk(query.query, subqueries=True):
        if isinstance(node, Series) or getattr(node, "recursive", False):
            message = "DuckDB runs no recursion and no series here, as they may be endless."
            raise Refused(Issue("worlds", message))


def _placed(query: QueryExpression, dialect: Dialect, catalogue: Catalogue) -> QueryExpression:
    """Return a portable query as one of `dialect`, in whose words it is meant."""
    if query.dialect is not None:
        return query
    return in_dialect(query, dialect, catalogue).model_copy(update={"dialect": dialect.name})
