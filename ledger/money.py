"""Sums of money, in parts of a currency's unit. Nine million units do not fit into 64 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Sum

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

MAX = 2**63 - 1
GIGA = 10**9

if TYPE_CHECKING:
    _Field = models.BigIntegerField[int, int]
else:
    _Field = models.BigIntegerField


class Amount(_Field):
    """A column of any number of parts: exact in Postgres, in SQLite rounded to 15 digits."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "numeric(40, 0)" if _has_numeric(connection) else super().db_type(connection)

    def from_db_value(self, value: Any, *_: object) -> int | None:
        return None if value is None else int(value)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        return None if value is None else fitting(int(value), connection)


def fitting(value: int, connection: BaseDatabaseWrapper) -> int | float:
    """Return a number as the driver of the database takes it."""
    return value if value <= MAX or _has_numeric(connection) else float(value)


def sum_of(column: str, connection: BaseDatabaseWrapper) -> str:
    """Return the SQL of the sum of a column; SQLite's own function raises if 64 bits are few."""
    if _has_numeric(connection):
        return f"sum({column})"
    less = f"{column} - {column} / {GIGA} * {GIGA}"
    rest = f"CASE typeof({column}) WHEN 'integer' THEN {less} ELSE 0 END"
    return f"(sum(CAST({column} / {GIGA} AS INTEGER)) * {GIGA} + sum({rest}))"


class AmountSum(Sum):
    """The sum of a column of money, as an integer."""

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        (column,) = self.get_source_expressions()[:1]
        return sum_of(compiler.compile(column)[0], connection), []

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        return [_to_integer]


def sum_by(name: str) -> Sum:
    """Return the sum of a column of counts, or of that of money."""
    return AmountSum(name) if name == "cost" else Sum(name)


def _to_integer(value: Any, *_: object) -> int | None:
    return None if value is None else int(value)


def _has_numeric(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"
