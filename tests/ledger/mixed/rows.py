"""The rows of a portal's ledger, as these tests need them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from tests.support.portal import Portal
from tests.support.servers import databases

NAMES = ("request", "at", "took", "person", "groups", "worker", "outcome", "code", "sent", "input",
         "output", "images", "estimated")  # fmt: skip


class Row(NamedTuple):
    """A row. `at` is Unix time."""

    request: str
    at: float
    took: int
    person: int
    groups: str
    worker: str
    outcome: str
    code: str
    sent: int
    input: int
    output: int
    images: int
    estimated: str

    @property
    def tokens(self) -> int:
        return self.input + self.output

    @property
    def end(self) -> float:
        return self.at + self.took / 1000

    @property
    def process(self) -> int:
        return int(self.worker.split("-")[1], 16)


def rows_of(portal: Portal) -> list[Row]:
    columns = ", ".join(f'"{name}"' for name in NAMES)
    rows = databases.rows(portal, f"SELECT {columns} FROM ledger_call")
    return [Row(*values)._replace(at=_time(values[1])) for values in rows]


def _time(value: datetime | str) -> float:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
