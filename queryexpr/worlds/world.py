"""What is found: a world, what both queries return on it, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

Value = None | int | float | str
Row = tuple[Value, ...]
World = dict[str, list[Row]]  # the rows of tables, by their whole names
Key = tuple[str, str]  # a table's whole name, and a column as the schema spells it


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table, or of a result. `name` is the table's; empty for a result."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A world on which two queries differ: in their rows, or in the order of these.

    Columns that neither query reads, and no key needs, are left out. `sentence` says what decides.
    With `shown`, both results have a row that is not null.
    """

    tables: tuple[Rows, ...]
    results: tuple[Rows, Rows]
    sentence: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The end of a search: an example, or None.

    `sentence` is the example's; else it says that no difference was found, or why it could not be
    looked for. `worlds` is how many were tried, and `engine` the database that ran them. With
    `searched`, both queries ran on them.
    """

    example: Example | None
    sentence: str
    worlds: int = 0
    engine: str = ""
    searched: bool = False
