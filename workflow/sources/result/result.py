"""What goes into a run, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.sources.result.table import Cell


@dataclass(frozen=True, slots=True)
class Judged:
    """SQL of `dialect` that the gate has written. `tables` are those that it reads."""

    sql: str
    dialect: str
    tables: tuple[str, ...]

    @classmethod
    def of(cls, judgement: Mapping[str, Any], dialect: str) -> Judged:
        """Return the SQL of a judgement, as the gate answers it. Raises ValueError if not valid."""
        if judgement.get("valid") is not True or not judgement.get("sql"):
            raise ValueError("Only a query that passed the gate can be run.")
        return cls(judgement["sql"], dialect, tuple(judgement["tables"]))


@dataclass(frozen=True, slots=True)
class Result:
    """A table. `kinds` says of each column: number, text, time, boolean, or nothing if unknown.

    Cells are what JSON has; a number that JSON's readers would round is text, of kind number.
    `truncated`: there were more rows, or cells were cut. None of it may enter a prompt.
    """

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    milliseconds: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Result:
        """Return the table in a worker's answer."""
        rows = tuple(tuple(row) for row in answer["rows"])
        return cls(tuple(answer["columns"]), tuple(answer["kinds"]), rows, answer["truncated"],
                   answer["milliseconds"])  # fmt: skip
