"""The result of a query."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.sources.result.table import Table


@dataclass(frozen=True, slots=True)
class Result(Table):
    """A table, and how long the database took. None of it may enter a prompt."""

    milliseconds: int
