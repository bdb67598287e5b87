"""
What a query may name: tables, their columns and keys. It comes from a schema. Only `examples` are
data, where an operator allows that.

Names are looked up in letters of either case, and written as the schema spells them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from queryexpr.schema.meanings import Meanings

Family = Literal["number", "text", "time", "boolean", ""]  # "" where the type is not known


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is the schema's own word, such as `VARCHAR(20)`; `quoted`: its name was in quotes.

    `values` are the only ones that a CHECK or an ENUM allows, if there is one; `examples` are some
    that rows have.
    """

    name: str
    type: str = ""
    nullable: bool = True
    primary_key: bool = False
    comment: str = ""
    quoted: bool = False
    values: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def family(self) -> Family:
        """The kind of values in the column, as far as its type shows it."""
        return family(self.type)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of the table that has it hold values of `references` of `table`, in that order.

    `place` is where a join declares it; empty for a key of the database.
    """

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True)
class Table:
    """A table or a view. `unique_keys` are those besides its primary key."""

    name: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    schema: str = ""
    comment: str = ""
    quoted: bool = False
    database: str = ""
    unique_keys: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def path(self) -> tuple[str, str, str]:
        """Its database, schema and name, in small letters: what makes it one table."""
        return self.database.lower(), self.schema.lower(), self.name.lower()

    @property
    def full(self) -> str:
        """Its name with its schema and database, as a query's `TableName.name`."""
        return ".".join(filter(None, (self.database, self.schema, self.name)))

    @cached_property
    def primary_key(self) -> tuple[str, ...]:
        """The names of its columns; empty where it has none."""
        return tuple(column.name for column in self.columns if column.primary_key)

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {column.name.lower(): column for column in self.columns}

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or else in letters of either case."""
        exact = (column for column in self.columns if column.name == name)
        return next(exact, None) or self._columns.get(name.lower())


@dataclass(frozen=True)
class Catalogue:
    """The tables of a schema. `meanings` are a Meanings, or None if nothing is defined."""

    tables: tuple[Table, ...] = field(default=())
    meanings: Meanings | None = field(default=None, compare=False)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        backwards = self.tables[::-1]  # where two have one name, it is the first's
        named = {table.name.lower(): table for table in backwards}
        named |= {t.name.lower(): t for t in backwards if not (t.schema or t.database)}
        full = {f"{t.schema}.{t.name}".lower(): t for t in backwards if t.schema}
        whole = {".".join(t.path): t for t in backwards if t.database}
        return named | full | whole | _spelled(backwards)

    def table(
        self, name: str, schema: str | None = None, database: str | None = None
    ) -> Table | None:
        """Return the table of that name, or else in letters of either case."""
        place = f"{database}.{schema or ''}" if database else schema
        full = f"{place}.{name}" if place else name
        return self._tables.get(full) or self._tables.get(full.lower())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The tables' names."""
        return tuple(table.name for table in self.tables)

    @cached_property
    def quoted(self) -> frozenset[str]:
        """The names that the schema has in quotes: their letters' case is theirs."""
        columns = {c.name for table in self.tables for c in table.columns if c.quoted}
        return frozenset(columns | {table.name for table in self.tables if table.quoted})

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The names of tables and columns, as the schema spells them."""
        columns = (column.name for table in self.tables for column in table.columns)
        return frozenset((*columns, *self.names))

    @cached_property
    def types(self) -> dict[str, str]:
        """The types, in small letters, of columns whose name has the same type in each table."""
        types: dict[str, set[str]] = {}
        for table in self.tables:
            for column in table.columns:
                types.setdefault(column.name.lower(), set()).add(column.type.lower())
        return {name: next(iter(found)) for name, found in types.items() if len(found) == 1}


def _spelled(tables: tuple[Table, ...]) -> dict[str, Table]:
    """Return the tables whose name was in quotes by its spelling, with and without its schema."""
    quoted = [table for table in tables if table.quoted]
    return {t.name: t for t in quoted} | {t.full: t for t in quoted}


_FAMILIES: tuple[tuple[Family, tuple[str, ...]], ...] = (
    ("boolean", ("bool", "bit")),
    ("time", ("date", "time", "year", "interval")),
    ("number", ("int", "num", "dec", "real", "double", "float", "money", "serial", "fixed")),
    ("text", ("char", "text", "clob", "string", "uuid", "enum", "json", "xml")),
)


def family(type_name: str) -> Family:
    """Return the kind of values that a type of SQL holds; empty where it is not known."""
    word = type_name.lower()
    if "[" in word or word.startswith(("array", "struct", "point", "json")) or "range" in word:
        return ""
    return next((kind for kind, parts in _FAMILIES if any(part in word for part in parts)), "")
