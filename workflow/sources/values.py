"""
The values of columns that an operator allows to be shown to local models: the most frequent texts.

They are read in the process that touches a source, each column over a connection of its own and by
a query that anyone may run there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from queryexpr.gate.operations import Document
from workflow.sources.engines import ENGINES, named
from workflow.sources.failures import Failure, TooSlow, Unfit
from workflow.sources.job import Job
from workflow.sources.result.table import Table

MAX_VALUES, MAX_LENGTH = 20, 40  # of a column, and characters of one
MAX_ROWS = 100_000  # of a table, among which they are counted
SECONDS = 5.0  # for all columns of a source
_READ = 3 * MAX_VALUES  # some may be too long

_QUERY = (
    "SELECT v FROM (SELECT t.{} AS v FROM {} t LIMIT {}) s"
    " WHERE v IS NOT NULL GROUP BY v ORDER BY COUNT(*) DESC, v LIMIT {}"
)


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """The values of a column, the most frequent first; none if they could not be read.

    `schema` is that of the table, where tables have one, and `fault` the reason for having none.
    """

    schema: str
    table: str
    column: str
    values: tuple[str, ...] = ()
    fault: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"


def read_values(job: Job, run: Callable[[Job], Table]) -> list[ColumnValues]:
    """Return the values of the job's columns, read by `run`. Raises Unfit."""
    end = time.monotonic() + min(job.seconds, SECONDS)
    return [_column(job, table, column, end, run) for table, column in job.values]


def _column(
    job: Job, table: str, column: str, end: float, run: Callable[[Job], Table]
) -> ColumnValues:
    where = named(table, job.dialect)
    left = end - time.monotonic()
    sql = filled(_QUERY, where, column, job.dialect, MAX_ROWS, _READ)
    query = replace(job, sql=sql, rows=_READ, seconds=left)
    try:
        if left <= 0:
            raise TooSlow("There is no time left to read them")
        return ColumnValues(*where, column, _fitting(run(query)))
    except Unfit:
        raise
    except Failure as failure:
        return ColumnValues(*where, column, fault=failure.message or "It takes too long")


def filled(query: str, table: tuple[str, str], column: str, dialect: str, *limits: int) -> str:
    """Return a query about a column of a table, whose names and `limits` it has as `{}`."""
    mark = ENGINES[dialect].quote
    parts = [part.replace(mark, mark * 2) for part in (column, *table) if part]
    name, *path = (f"{mark}{part}{mark}" for part in parts)
    return query.format(name, ".".join(path), *limits)


def _fitting(table: Table) -> tuple[str, ...]:
    """Return the texts that a prompt can have as they are."""
    if table.kinds[0] not in ("text", ""):
        return ()
    return tuple(cell for (cell,) in table.rows if isinstance(cell, str) and _fits(cell))[
        :MAX_VALUES
    ]


def _fits(text: str) -> bool:
    """Is it short, on one line, and no binary value?"""
    is_plain = text.isprintable() and " ".join(text.split()) == text and text[:2] != "\\x"
    return 0 < len(text) <= MAX_LENGTH and is_plain


def with_values(schema: Document, columns: Iterable[ColumnValues]) -> Document:
    """Return a schema as JSON with the values of `columns`, for a model that may see them."""
    known = {(one.schema, one.table, one.column): [*one.values] for one in columns}
    return {**schema, "tables": [_table(table, known) for table in schema["tables"]]}


def _table(table: Document, known: dict[tuple[str, str, str], list[str]]) -> Document:
    place = (table.get("schema", ""), table["name"])
    columns = [
        {**column, "examples": known.get((*place, column["name"]), [])}
        for column in table["columns"]
    ]
    return {**table, "columns": columns}
