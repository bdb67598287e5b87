"""Our own questions over our own tables: what `manage.py sql eval` asks models."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "questions.yaml"


@dataclass(frozen=True, slots=True)
class Data:
    """Tables of SQLite, and the rows in them."""

    ddl: str
    rows: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and SQL that answers it; None if the tables cannot. `ordered`: order counts."""

    ask: str
    schema: str  # the name of its Data
    sql: str | None = None
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Questions:
    schemas: dict[str, Data]
    questions: tuple[Question, ...]


@cache
def questions() -> Questions:
    """Return the questions of the file."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=Questions)


@cache
def questions_digest() -> str:
    return hashlib.sha256(FILE.read_bytes()).hexdigest()
