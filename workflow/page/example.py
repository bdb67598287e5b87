"""An example that needs no model: tables, and questions whose SQL people prepared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "example.yaml"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question, and SQL that answers it."""

    ask: str
    sql: str


@dataclass(frozen=True, slots=True)
class Example:
    """Tables, and questions about them. `ddl` and all SQL are of `dialect`."""

    title: str
    dialect: str
    ddl: str
    questions: tuple[Prepared, ...]


@cache
def example() -> Example:
    """Return the example of the file."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=Example)
