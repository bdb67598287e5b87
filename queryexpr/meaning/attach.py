"""Meanings in the schema that they are about."""

from __future__ import annotations

from dataclasses import replace

from queryexpr.schema.catalogue import Catalogue, ForeignKey, Table
from queryexpr.schema.meanings import Meanings, Relation


def with_meanings(catalogue: Catalogue, meanings: Meanings) -> Catalogue:
    """Return the catalogue with `meanings`. Their joins are foreign keys of its tables."""
    relations = [one for join in meanings.joins for one in (join, join.reversed())]
    tables = tuple(_linked(table, catalogue, relations) for table in catalogue.tables)
    return replace(catalogue, tables=tables, meanings=meanings)


def _linked(table: Table, catalogue: Catalogue, relations: list[Relation]) -> Table:
    """Return the table with a key for each join in which its row has one row of the other."""
    own = [r for r in relations if r.relationship != "one_to_many"]
    declared = [_key(r) for r in own if catalogue.table(r.left) is table]
    if not declared:
        return table
    known = {_form(key) for key in declared}
    kept = [key for key in table.foreign_keys if _form(key) not in known]
    return replace(table, foreign_keys=(*kept, *declared))


def _key(relation: Relation) -> ForeignKey:
    columns, references = zip(*relation.pairs, strict=True)
    return ForeignKey(columns, relation.right, references, relation.place or "the meanings")


def _form(key: ForeignKey) -> tuple[str, frozenset[tuple[str, str]]]:
    pairs = zip(key.columns, key.references, strict=False)
    return key.table.lower(), frozenset((one.lower(), other.lower()) for one, other in pairs)
