"""Definitions against the tables of a schema: what does not fit is left out, with an issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Item, Join, QueryExpression, Select, TableName
from queryexpr.issues import Issue, Refused, did_you_mean, nearest
from queryexpr.meaning.attach import with_meanings
from queryexpr.meaning.read import read_meanings
from queryexpr.schema.catalogue import Catalogue, Table
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.meanings import Definition, Meanings, Relation
from queryexpr.shapes import pointer_to


def define(catalogue: Catalogue, document: Any) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the catalogue with what `document` defines, and issues about what is left out.

    Pointers of issues lead into the schema, where the document is `meanings`. Raises Refused.
    """
    try:
        meanings, issues = read_meanings(document)
    except Refused as refused:
        raise Refused(*map(_below, refused.issues)) from None
    fitting, wrong = fit(catalogue, meanings)
    return with_meanings(catalogue, fitting), tuple(map(_below, (*issues, *wrong)))


def faults(document: Any) -> tuple[Issue, ...]:
    """Return what is wrong with `meanings` of a document, in its `tables` if it has some."""
    try:
        if document.get("tables"):
            return define(read_tables({"tables": document["tables"]})[0], document["meanings"])[1]
        return tuple(map(_below, read_meanings(document["meanings"])[1]))
    except Refused as refused:
        return refused.issues


def _below(issue: Issue) -> Issue:
    return replace(issue, severity="warning", pointer=f"/meanings{issue.pointer}")


def fit(catalogue: Catalogue, meanings: Meanings) -> tuple[Meanings, list[Issue]]:
    """Return the meanings that the tables have, and issues about the others."""
    dialect = DIALECTS[meanings.dialect]
    wrong: dict[str, list[Issue]] = {}
    for kind, definitions in (("measures", meanings.measures), ("dimensions", meanings.dimensions)):
        for key, definition in definitions.items():
            at = pointer_to((kind, definition.name))
            wrong[f"{kind}/{key}"] = [*_definition(definition, dialect, catalogue, at)]
    joins = [[*_join(join, catalogue, n)] for n, join in enumerate(meanings.joins)]
    kept = replace(
        meanings,
        measures=_kept("measures", meanings.measures, wrong),
        dimensions=_kept("dimensions", meanings.dimensions, wrong),
        joins=tuple(j for j, found in zip(meanings.joins, joins, strict=True) if not found),
    )
    return kept, [issue for found in (*wrong.values(), *joins) for issue in found]


def _kept(
    kind: str, definitions: Mapping[str, Definition], wrong: dict[str, list[Issue]]
) -> dict[str, Definition]:
    return {key: one for key, one in definitions.items() if not wrong[f"{kind}/{key}"]}


def _definition(
    definition: Definition, dialect: Dialect, catalogue: Catalogue, at: str
) -> Iterator[Issue]:
    """Yield what a check of a query with the definition finds."""
    for issue in check(query_of(definition, dialect), dialect, catalogue).issues:
        if issue.severity == "error":
            yield replace(issue, pointer=f"{at}/expr", fix=())


def query_of(definition: Definition, dialect: Dialect) -> QueryExpression:
    """Return a query that shows the definition's value, over all of its tables."""
    first, *others = (TableName(table=table) for table in definition.tables)
    joins = tuple(Join(join="cross", source=other) for other in others)
    select = (Item(expr=definition.expr),)
    return QueryExpression(
        dialect=dialect.name, query=Select(from_=first, joins=joins, select=select)
    )


def _join(relation: Relation, catalogue: Catalogue, number: int) -> Iterator[Issue]:
    columns = zip(*relation.pairs, strict=True)
    for side, named in zip(("left", "right"), columns, strict=True):
        name = getattr(relation, side)
        at = pointer_to(("joins", number, side))
        table = catalogue.table(name)
        if table is None:
            near = nearest(name, catalogue.names)
            message = f"The schema has no table {name!r}.{did_you_mean(near)}"
            yield Issue("unknown_table", message, pointer=at, near=near)
        else:
            yield from _columns(table, named, pointer_to(("joins", number, "on")))


def _columns(table: Table, names: tuple[str, ...], at: str) -> Iterator[Issue]:
    for name in names:
        if table.column(name) is None:
            near = nearest(name, [column.name for column in table.columns])
            message = f"{table.name!r} has no column {name!r}.{did_you_mean(near)}"
            yield Issue("unknown_column", message, pointer=at, near=near)
