"""A task on a source, as it travels to the process that touches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflow.sources.identity import Identity

Task = Literal["schema", "run", "explain", "several"]


@dataclass(frozen=True, slots=True)
class Job:
    """`place` is where the source is, and `portal` the portal's own database, or None."""

    task: Task
    dialect: str
    place: Mapping[str, Any]
    tables: tuple[str, ...]
    seconds: float
    rows: int
    portal: Identity | None
    sql: str = ""
    values: tuple[tuple[str, str], ...] = ()  # the tables and columns whose values are read
    queries: tuple[str, ...] = ()

    @classmethod
    def of(cls, message: dict[str, Any]) -> Job:
        """Return the job in a JSON message."""
        portal = message["portal"]
        return cls(
            **{
                **message,
                "tables": tuple(message["tables"]),
                "values": tuple((table, column) for table, column in message["values"]),
                "queries": tuple(message["queries"]),
                "portal": portal and Identity(**portal),
            }
        )
