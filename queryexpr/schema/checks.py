"""
What every schema is checked for, whatever it is read from.

A second table or column of the same name is an error, and the first stays. A foreign key that names
what does not exist is a warning, and is left out. So a catalogue has no loose ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from queryexpr.issues import Issue, Refused, did_you_mean, errors, nearest
from queryexpr.schema.catalogue import Catalogue, Column, ForeignKey, Table

MAX_BYTES = 512 * 1024  # of CREATE TABLE statements
MAX_TABLES = 2_000
MAX_COLUMNS = 20_000
MAX_ISSUES = 50  # a longer list helps no one
MAX_NAME_LENGTH = 128  # characters
Path = tuple[int | str, ...]  # into the JSON: ("tables", 0, "columns", 2)
At = Callable[[Path], dict[str, Any]]  # an Issue's arguments that say where that is
NameKey = Callable[[Table | Column], str]
# Control characters, line separators, marks that turn the direction of text, halves of characters
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def fault(name: str) -> str:
    """Return why `name` cannot be a name; empty if it can."""
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        return f"A name has 1 to {MAX_NAME_LENGTH} characters, not {len(name)}."
    return "A name has no control characters." if _UNFIT.search(name) else ""


def check_size(tables: int, columns: int) -> None:
    """Raise Refused for a schema that is too large."""
    for count, most, what in (
        (tables, MAX_TABLES, "tables"),
        (columns, MAX_COLUMNS, "columns"),
    ):
        if count > most:
            message = f"The schema has {count:,} {what}; {most:,} are allowed. Give a part of it."
            raise Refused(Issue("schema_too_large", message))


def check_bytes(text: str) -> None:
    """Raise Refused for CREATE TABLE statements that are too long."""
    size = len(text.encode(errors="replace"))
    if size > MAX_BYTES:
        message = f"The schema has {size:,} bytes; {MAX_BYTES:,} are allowed. Leave out the data."
        raise Refused(Issue("schema_too_large", message))


def check_counts(value: object) -> None:
    """Raise Refused for a schema as JSON that is too large, whatever else is wrong with it."""
    tables = value.get("tables") if isinstance(value, dict) else None
    if not isinstance(tables, list):
        return
    columns = (table.get("columns") for table in tables if isinstance(table, dict))
    check_size(len(tables), sum(len(listed) for listed in columns if isinstance(listed, list)))


def checked(
    tables: Sequence[Table], at: At, key: NameKey = lambda named: named.name.lower()
) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the tables as a catalogue, and what is wrong with them.

    Two tables, or columns, are one if `key` is the same of both. Raises Refused if none is left.
    """
    check_size(len(tables), sum(len(table.columns) for table in tables))
    issues: list[Issue] = []
    kept = list(_distinct(tables, at, issues, key))
    whole = Catalogue(tuple(table for _, table in kept))
    if not kept:
        raise Refused(NO_TABLES, *errors(issues)[:MAX_ISSUES])
    linked = (replace(t, foreign_keys=tuple(_keys(whole, i, t, at, issues))) for i, t in kept)
    catalogue = Catalogue(tuple(linked))
    # Errors come first, so that no number of warnings hides one.
    ordered = sorted(issues, key=lambda issue: issue.severity != "error")
    return catalogue, tuple(ordered[:MAX_ISSUES])


NO_TABLES = Issue(
    "no_tables",
    "No table was found. Give the tables that questions are about, each with its columns, such as"
    " CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
)


def spelled(catalogue: Catalogue, table: Table) -> str:
    """Return the name that finds `table`: with its schema if the bare one finds another."""
    if catalogue.table(table.name) is table or not (table.schema or table.database):
        return table.name
    if catalogue.table(table.name, table.schema) is table or not table.database:
        return f"{table.schema}.{table.name}"
    return f"{table.database}.{table.schema}.{table.name}"


def _distinct(
    tables: Sequence[Table], at: At, issues: list[Issue], key: NameKey
) -> Iterator[tuple[int, Table]]:
    seen: set[tuple[str, str, str]] = set()
    for index, table in enumerate(tables):
        here: Path = ("tables", index)
        columns = tuple(_distinct_columns(table, here, at, issues, key))
        path = (*table.path[:2], key(table))
        if path in seen:
            message = f"Table '{table.name}' is defined twice. Remove one of the two."
            issues.append(Issue("duplicate_table", message, **at(here)))
        elif not columns:
            message = f"Table '{table.name}' lists no columns. Write them with their types."
            issues.append(Issue("no_columns", message, **at(here)))
        else:
            seen.add(path)
            yield index, replace(table, columns=columns, unique_keys=tuple(_unique(table)))


def _unique(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the unique keys whose columns the table has, as it spells them."""
    for key in dict.fromkeys(table.unique_keys):
        columns = [table.column(name) for name in key]
        if columns and all(columns):
            yield tuple(column.name for column in columns if column)


def _distinct_columns(
    table: Table, here: Path, at: At, issues: list[Issue], key: NameKey
) -> Iterator[Column]:
    seen: set[str] = set()
    for index, column in enumerate(table.columns):
        if key(column) in seen:
            message = f"Table '{table.name}' has a second column '{column.name}'. Remove one."
            issues.append(Issue("duplicate_column", message, **at((*here, "columns", index))))
            continue
        seen.add(key(column))
        yield replace(column, nullable=False) if column.primary_key else column


def _keys(
    whole: Catalogue, index: int, table: Table, at: At, issues: list[Issue]
) -> Iterator[ForeignKey]:
    for number, key in enumerate(table.foreign_keys):
        target = _target(whole, table, key.table)
        wrong = _wrong(whole, table, key, target)
        if target and not wrong:
            yield _resolved(whole, table, key, target)
            continue
        message = f"A foreign key of '{table.name}' is left out: {wrong}"
        here: Path = ("tables", index, "foreign_keys", number)
        issues.append(Issue("foreign_key_ignored", message, "warning", **at(here)))


def _target(whole: Catalogue, table: Table, name: str) -> Table | None:
    """Find the table that a key names: near by, as it is named, or where no schema is known."""
    near = whole.table(name, table.schema, table.database)
    beside = whole.table(f"{table.database}.{name}") if table.database else None
    bare = whole.table(name.rpartition(".")[2])
    unplaced = bare if bare and not (bare.schema or bare.database) else None
    return near or beside or whole.table(name) or unplaced


def _wrong(whole: Catalogue, table: Table, key: ForeignKey, target: Table | None) -> str:
    if target is None:
        # Comparing with every name of a large schema, for each key, would take seconds.
        near = nearest(key.table, whole.names) if len(whole.names) <= 100 else ()
        return f"there is no table '{key.table}'.{did_you_mean(near)}"
    if missing := _missing(table, key.columns):
        return f"'{table.name}' has no column '{missing}'."
    if missing := _missing(target, key.references):
        return f"'{target.name}' has no column '{missing}'."
    if len(key.references or target.primary_key) != len(key.columns):
        return f"'{target.name}' has another number of key columns than the foreign key."
    return ""


def _missing(table: Table, names: Iterable[str]) -> str:
    return next((name for name in names if table.column(name) is None), "")


def _resolved(whole: Catalogue, table: Table, key: ForeignKey, target: Table) -> ForeignKey:
    columns, references = (
        tuple(column.name for name in names if (column := of.column(name)))
        for of, names in ((table, key.columns), (target, key.references or target.primary_key))
    )
    return ForeignKey(columns, spelled(whole, target), references)
